"""The edition of the program: all of it, or the reader, which brings nothing to train with.

The reader classifies, explains, reviews, adapts a head and reports; it is a third as large. What a
bundle holds is what decides, so no file can claim another edition than the one that is there.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from trainer.errors import UserError

FULL, READER = "full", "reader"
_HINT = (
    "This is the reader edition. Install the full edition in its place; cases, reviews and models "
    "stay as they are."
)


def edition() -> str:
    """`FULL` where networks can be trained, `READER` where not."""
    return FULL if has_package("keras") else READER


@cache
def has_package(name: str) -> bool:
    """Whether a package can be imported; nothing is."""
    return find_spec(name) is not None


def require_package(name: str, purpose: str) -> None:
    """Refuse work that needs a package which this edition leaves out.

    Args:
        purpose: what needs it, as the start of a sentence: "Training a network".

    Raises:
        UserError: it is not there.
    """
    if not has_package(name):
        raise UserError(f"{purpose} is not possible in this edition of the program.", _HINT)
