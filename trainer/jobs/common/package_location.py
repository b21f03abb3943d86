"""Where a new model package goes."""

from __future__ import annotations

import re
from pathlib import Path

from trainer.errors import UserError
from trainer.file_names import escape_file_name
from trainer.models.package.card import MODEL_ID
from trainer.models.package.registry import Registry


def choose_folder(name: str, out: str | None, registry: Registry) -> Path:
    """Return the folder of a new package: as requested, else among the user's models.

    Raises:
        UserError: no model can be called that.
    """
    if not re.fullmatch(MODEL_ID, name):
        raise UserError(
            f"A model cannot be called “{name}”.",
            "An id has up to 64 small letters, digits, points, lines and underlines.",
        )
    return Path(out) if out else registry.user / escape_file_name(name)


def refuse_existing(folder: Path) -> None:
    """Refuse a folder that is there already.

    Raises:
        UserError: it is.
    """
    if folder.exists():
        raise UserError(
            f"There is already something in {folder}.", "Choose another --out or --name."
        )
