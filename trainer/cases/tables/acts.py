"""Acts: the entries of the audit trail as a person reads them, of a case or of one cell."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from trainer.cases.database.column_values import to_column
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.tables.references import ADDED, REMOVED
from trainer.domain import CellId

PROGRAM_KINDS = ("predictions", "cells found", "run started", "run resumed", "run ended")
"""What the program does by itself, or because a person started a run."""
_TABLES_OF_PERSONS = ("reviews", "cells", "details", "sign_offs")
_PERSON = ", ".join(
    f"(SELECT t.reviewer FROM {table} t WHERE t.case_id = :case AND t.entry = a.seq LIMIT 1)"  # noqa: S608
    for table in _TABLES_OF_PERSONS
)
_PERSON += ", json_extract(a.body, '$.reader')"
_LABEL = (
    "(SELECT CASE WHEN count(DISTINCT label) = 1 THEN min(label) END FROM reviews t "
    "WHERE t.case_id = :case AND t.entry = a.seq)"
)
_NOTE = (
    "(SELECT CASE WHEN count(DISTINCT note) = 1 THEN min(note) END FROM reviews t "
    "WHERE t.case_id = :case AND t.entry = a.seq)"
)
_REASON = "(SELECT reason FROM sign_offs t WHERE t.case_id = :case AND t.entry = a.seq)"
# The case of an entry is in its body, under the key of its kind.
_OF_CASE = (
    "(json_extract(a.body, '$.case') = :case OR json_extract(a.body, '$.case_id') = :case "
    "OR (a.kind IN ('case created', 'case moved', 'profile set', 'content set') "
    "AND json_extract(a.body, '$.id') = :case) "
    "OR (a.kind = 'predictions' AND json_extract(a.body, '$.run') IN "
    "(SELECT id FROM runs WHERE case_id = :case)))"
)
_ENTRIES_OF_CELL = " UNION ".join(
    f"SELECT t.entry FROM {table} t WHERE t.case_id = :case "  # noqa: S608
    "AND t.image = CAST(:image AS TEXT) AND t.number = :number"
    for table in ("reviews", "cells", "readings")
)
_OF_REFERENCE = (
    f"(a.kind IN ('{ADDED}', '{REMOVED}') AND json_extract(a.body, '$.case') = :case "
    "AND json_extract(a.body, '$.image') = CAST(:image AS TEXT) "
    "AND json_extract(a.body, '$.number') = :number)"
)
_OF_CELL = (
    f"(a.seq IN ({_ENTRIES_OF_CELL}) OR {_OF_REFERENCE} OR a.seq IN (SELECT u.entry FROM undos u "  # noqa: S608
    f"WHERE u.case_id = :case AND u.target IN ({_ENTRIES_OF_CELL})) "
    "OR a.seq IN (SELECT p.entry FROM predictions p JOIN runs r ON r.id = p.run_id "
    "WHERE r.case_id = :case AND p.image = CAST(:image AS TEXT) AND p.number = :number) "
    "OR (a.kind IN ('signed', 'reopened') AND json_extract(a.body, '$.case') = :case))"
)


@dataclass(frozen=True)
class Act:
    """One entry of the audit trail.

    Attributes:
        seq: its number in the trail.
        time: ISO 8601 in UTC.
        kind: as stored: "review", "undo", "signed", ...
        person: who acted; empty for the program, and where nobody gave a name.
        rows: how many cells, predictions or labels it wrote.
        label: that a review gave, where it gave all its cells the same.
        note: of a review, likewise.
        reason: of a sign-off or reopening.
        facts: of the entry's body.
    """

    seq: int
    time: str
    software: str
    kind: str
    person: str
    rows: int
    label: str | None
    reason: str
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_of_program(self) -> bool:
        """Whether the program did it."""
        return self.kind in PROGRAM_KINDS


class Acts:
    """What was done with cases. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def list_of_case(self, case_id: int, *, after: int = 0) -> list[Act]:
        """Return what was done with a case, oldest first.

        Args:
            after: only what is newer than this number in the trail.
        """
        return self._read(_OF_CASE, {"case": case_id, "after": after})

    def list_of_cell(self, case_id: int, cell: CellId) -> list[Act]:
        """Return what was done with one cell, oldest first: predictions, reviews, undos, ..."""
        image = to_column(cell.image)
        values = {"case": case_id, "after": 0, "image": image, "number": cell.number}
        return self._read(_OF_CELL, values)

    def _read(self, condition: str, values: dict[str, Any]) -> list[Act]:
        query = (
            f"SELECT a.seq, a.time, a.software, a.kind, coalesce({_PERSON}, ''), "  # noqa: S608
            f"{_LABEL}, coalesce({_REASON}, ''), coalesce({_NOTE}, ''), a.body FROM audit a "
            f"WHERE a.seq > :after AND {condition} ORDER BY a.seq"
        )
        with self._db.translate_errors():
            return [_act_of_row(row) for row in self._db.connection.execute(query, values)]


def _act_of_row(row: tuple[Any, ...]) -> Act:
    seq, time, software, kind, person, label, reason, note, body = row
    facts = json.loads(body)
    rows = int(facts.get("rows", 0))
    return Act(seq, time, software, kind, person, rows, label, reason, note, facts)
