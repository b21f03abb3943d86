"""The lab's reference library: cells that it keeps to compare others with.

An entry of the audit trail is all that is stored of a reference, and the trail's hashes guard it;
the picture lies in a folder beside the store, under its hash. So a reference outlives the folder
of its case.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer.atomic_files import sha256_of, write_bytes
from trainer.cases.database.transactions import StoreConnection
from trainer.domain import CellId, Window
from trainer.errors import StoreError

ADDED, REMOVED = "reference added", "reference removed"
FOLDER_NAME = "references"


@dataclass(frozen=True)
class NewReference:
    """A cell that a person adds.

    Attributes:
        label: its class.
        picture: bytes of a PNG, of the cell with its surroundings.
        window: what of it the network is shown; the cell is in its middle.
        source: lab, scanner or stain; empty where that is not known.
    """

    cell: CellId
    label: str
    picture: bytes
    window: Window
    source: str = ""


@dataclass(frozen=True)
class Reference:
    """A cell of the library.

    Attributes:
        id: number of the entry in the audit trail that added it.
        case, case_name: of the cell; the folder may be gone.
        reader: who added it.
        time: when, ISO 8601 in UTC.
        picture: PNG file.
        sha256: of that file.
    """

    id: int
    label: str
    cell: CellId
    case: int
    case_name: str
    source: str
    reader: str
    time: str
    picture: Path
    sha256: str
    window: Window

    @property
    def is_intact(self) -> bool:
        """Whether the picture is there and as it was added; reads all of it."""
        try:
            return sha256_of(self.picture) == self.sha256
        except OSError:
            return False


class References:
    """The reference library. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    @property
    def folder(self) -> Path:
        """Folder of the pictures; it need not exist."""
        return self._db.path.parent / FOLDER_NAME

    def add(self, case_id: int, new: NewReference, *, reader: str) -> bool:
        """Add a cell, and return whether anything changed; a signed case gives its cells as well.

        A cell that is there with another class, or another picture, gets the new one.

        Raises:
            ValueError: it has no label or no picture, or nobody adds it.
        """
        if not (new.label and new.picture and reader.strip()):
            raise ValueError("Invalid reference. Expected a label, a picture and a reader.")
        sha256 = hashlib.sha256(new.picture).hexdigest()
        rows = self._db.rows("SELECT name FROM cases WHERE id = ?", case_id)
        before = self._find(case_id, new.cell)
        if before is not None and (before.label, before.sha256) == (new.label, sha256):
            return False
        with self._db.entry(ADDED, needed=len(new.picture)) as entry:
            # Before the entry is there: an entry without its picture would be a loss.
            write_bytes(self.folder / f"{sha256}.png", new.picture)
            entry.body = {
                **{"case": case_id, "case_name": rows[0][0], "reader": reader.strip(), "rows": 1},
                **{"image": new.cell.image, "number": new.cell.number, "label": new.label},
                **{"source": new.source, "picture": sha256, "window": asdict(new.window)},
                "replaces": before.id if before is not None else 0,
            }
        if before is not None:
            self._delete_unused(before.sha256)
        return True

    def remove(self, reference_id: int, *, reader: str) -> bool:
        """Take a cell out of the library, and delete its picture; False where it is not there.

        Raises:
            ValueError: nobody removes it.
        """
        if not reader.strip():
            raise ValueError("Invalid removal. Expected a reader.")
        found = {each.id: each for each in self.list()}.get(reference_id)
        if found is None:
            return False
        with self._db.entry(REMOVED) as entry:
            entry.body = {
                **{"case": found.case, "reader": reader.strip(), "rows": 1},
                **{"image": found.cell.image, "number": found.cell.number, "label": found.label},
                "reference": reference_id,
            }
        self._delete_unused(found.sha256)
        return True

    def list(self) -> list[Reference]:
        """Return the cells of the library, oldest first."""
        query = "SELECT seq, time, kind, body FROM audit WHERE kind IN (?, ?) ORDER BY seq"
        found: dict[int, Reference] = {}
        for seq, time, kind, text in self._db.rows(query, ADDED, REMOVED):
            facts = _parse(seq, text)
            found.pop(facts["replaces" if kind == ADDED else "reference"], None)
            if kind == ADDED:
                found[seq] = self._reference_of(seq, time, facts)
        return [*found.values()]

    def count_by_label(self) -> dict[str, int]:
        """Return how many cells there are of each class."""
        return dict(Counter(each.label for each in self.list()))

    def _find(self, case_id: int, cell: CellId) -> Reference | None:
        same = (each for each in self.list() if (each.case, each.cell) == (case_id, cell))
        return next(same, None)

    def _reference_of(self, seq: int, time: str, facts: Mapping[str, Any]) -> Reference:
        return Reference(
            id=seq,
            label=facts["label"],
            cell=CellId(facts["image"], facts["number"]),
            case=facts["case"],
            case_name=facts["case_name"],
            source=facts["source"],
            reader=facts["reader"],
            time=time,
            picture=self.folder / f"{facts['picture']}.png",
            sha256=facts["picture"],
            window=Window(**facts["window"]),
        )

    def _delete_unused(self, sha256: str) -> None:
        if all(each.sha256 != sha256 for each in self.list()):
            # A file that cannot be deleted now is in nobody's way.
            with contextlib.suppress(OSError):
                (self.folder / f"{sha256}.png").unlink()


def _parse(seq: int, text: str) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = {"replaces": 0, "reference": 0} | json.loads(text)
        return facts
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"Entry {seq} of the audit trail, a reference cell, cannot be read.",
            "Check the store: it may have been changed by another program.",
        ) from error
