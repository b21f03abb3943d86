"""Table of case details: what a lab keeps of a case beside its images; rows are appended.

Of the rows of a case the newest counts; the others show who wrote what before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from trainer.cases.database.column_values import canonical_json, to_column
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.tables.membership import outside_images
from trainer.cases.tables.reviews import digest_rows

COLUMNS = "case_id, details, reviewer, software, time"
_INSERT = f"INSERT INTO details (entry, {COLUMNS}) VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?)"  # noqa: S608


@dataclass(frozen=True)
class CaseDetails:
    """What a lab keeps of a case.

    Attributes:
        sample: its number in the lab, never a person's name.
        patient: a pseudonym, by which cases of one patient are found.
        earlier_case: number of an earlier case of the same patient, to which this one is
            compared.
        stain: its name; empty where it is that of the source.
        magnification: of the objective, such as 100; None: not known.
        pixel_size: micrometres a pixel; None: not known.
        reader: who is to review.
        notes: free text.
        folders: further folders of images, relative to the case's, with forward slashes.
    """

    sample: str = ""
    patient: str = ""
    earlier_case: int | None = None
    stain: str = ""
    magnification: float | None = None
    pixel_size: float | None = None
    reader: str = ""
    notes: str = ""
    folders: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the values by their names, as JSON has them."""
        return asdict(self) | {"folders": list(self.folders)}


_NAMES = {field.name for field in fields(CaseDetails)}


class Details:
    """Table of case details. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def get(self, case_id: int) -> CaseDetails:
        """Return the details of a case; empty ones where none were set."""
        query = "SELECT details FROM details WHERE case_id = ? ORDER BY id DESC LIMIT 1"
        rows = self._db.rows(query, case_id)
        return _parse_details(rows[0][0]) if rows else CaseDetails()

    def outside_images(self, case_id: int) -> Callable[[str], bool]:
        """Return what decides whether an image lies in a folder that was taken out of a case."""
        return outside_images(self._db, case_id)

    def all_newest(self) -> dict[int, CaseDetails]:
        """Return the details of every case that has some, by the number of the case."""
        query = "SELECT case_id, details FROM details ORDER BY id"
        return {number: _parse_details(text) for number, text in self._db.rows(query)}

    def set(self, case_id: int, details: CaseDetails, *, reviewer: str = "") -> CaseDetails:
        """Set the details of a case; return them.

        Raises:
            SignedCaseError: the case was signed.
        """
        with self._db.entry("details set", case_id=case_id) as entry:
            text = canonical_json(details.to_json())
            row: tuple[Any, ...] = (case_id, text, reviewer, entry.software, entry.time)
            bound = (*row[:2], to_column(reviewer), *row[3:])
            self._db.connection.execute(_INSERT, (entry.seq, *bound))
            entry.body = {"case": case_id, "sha256": digest_rows([row])}
        return details


def _parse_details(text: str) -> CaseDetails:
    # What a newer version of this program may have added is left out.
    values = {name: value for name, value in json.loads(text).items() if name in _NAMES}
    return CaseDetails(**values | {"folders": tuple(values.get("folders", ()))})
