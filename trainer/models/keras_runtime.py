"""Keras without what its import brings along for nothing.

Keras imports Matplotlib and scikit-learn where they are installed, for galleries and wrappers
that are not used here; that takes a quarter of the time. It does without them where they are
missing, so while it is imported they are made to look missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NEEDLESS = ("matplotlib", "sklearn")


def load_keras() -> Any:
    """The `keras` module; the first import of it should be by this."""
    with _missing(*_NEEDLESS):
        import keras

    return keras


@contextmanager
def _missing(*names: str) -> Iterator[None]:
    """Packages that were not imported yet cannot be, meanwhile."""
    hidden = [name for name in names if name not in sys.modules]
    # None in sys.modules makes the import fail, whatever is installed.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
