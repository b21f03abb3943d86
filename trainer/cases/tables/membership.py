"""Which images belong to a case: a further folder that was taken out leaves its rows behind."""

from __future__ import annotations

import json
from collections.abc import Callable

from trainer.cases.database.transactions import StoreConnection

_NEWEST = "SELECT details FROM details WHERE case_id = ? ORDER BY id DESC LIMIT 1"
_OUTER = "../"


def outside_images(db: StoreConnection, case_id: int) -> Callable[[str], bool]:
    """Return what decides whether an image lies in no folder of a case, by its name there.

    Only further folders have names that lead out of the case's own (see `case_folders`).
    """
    rows = db.rows(_NEWEST, case_id)
    folders = json.loads(rows[0][0]).get("folders", ()) if rows else ()
    inside = tuple(f"{folder}/" for folder in folders)
    return lambda image: image.startswith(_OUTER) and not image.startswith(inside)
