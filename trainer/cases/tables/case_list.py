"""The list of cases: state, sample, counts and when each was last open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainer.cases.database.transactions import StoreConnection
from trainer.cases.records import Case
from trainer.cases.tables.case_records import Cases
from trainer.cases.tables.details import CaseDetails, Details
from trainer.cases.tables.places import Places
from trainer.cases.tables.reviews import active
from trainer.cases.tables.sign_offs import CaseState

# Counted, not read: hundreds of cases must come at once.
_COUNTS = (
    "SELECT c.id, "  # noqa: S608
    "(SELECT s.kind FROM sign_offs s WHERE s.case_id = c.id ORDER BY s.id DESC LIMIT 1), "
    "coalesce((SELECT max(r.images) FROM runs r WHERE r.case_id = c.id), 0), "
    "(SELECT count(*) FROM (SELECT DISTINCT v.image, v.number FROM reviews v "
    f"WHERE v.case_id = c.id AND {active('v')})), "
    "(SELECT group_concat(model, ', ') FROM (SELECT DISTINCT r.model FROM runs r "
    "WHERE r.case_id = c.id ORDER BY r.model)) FROM cases c"
)


@dataclass(frozen=True)
class CaseListRow:
    """A case in the list.

    Attributes:
        images: of the run over most of them.
        reviewed: cells that a person touched, those cleared again included.
        models: names of the models that ran over it, with commas.
        opened: when it was last open in a window, ISO 8601 in UTC; empty: never.
    """

    case: Case
    details: CaseDetails
    state: CaseState
    images: int
    reviewed: int
    models: str
    opened: str

    @property
    def is_missing(self) -> bool:
        """Whether its folder is not there (any more); asks the disk."""
        return not self.case.root.is_dir()

    def matches(self, text: str) -> bool:
        """Return whether every word of a text is in one of its own, whatever the letters' case."""
        details = self.details
        place = (self.case.name, str(self.case.root), self.models)
        stain = details.stain or self.case.profile.stain
        own = (details.sample, details.patient, stain, details.reader, details.notes)
        whole = "\n".join((*place, *own)).casefold()
        return all(word in whole for word in text.casefold().split())


class CaseList:
    """The cases of a store as a person looks for them. Methods raise StoreError."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def rows(self) -> list[CaseListRow]:
        """Return every case, the one that was open last first, then the newest."""
        details, opened = Details(self._db).all_newest(), Places(self._db).all_opened()
        counts = {row[0]: row[1:] for row in self._db.rows(_COUNTS)}
        rows = [
            _row_of(case, details.get(case.id), opened.get(case.id, ""), counts[case.id])
            for case in Cases(self._db).list_all()
            if case.id in counts
        ]
        return sorted(rows, key=lambda row: (row.opened, row.case.id), reverse=True)

    def row(self, case_id: int) -> CaseListRow:
        """Return one case. Raises StoreError if there is none."""
        place = Places(self._db).get(case_id)
        (counts,) = self._db.rows(f"{_COUNTS} WHERE c.id = ?", case_id) or [(0, None, 0, 0, "")]
        case, details = Cases(self._db).get(case_id), Details(self._db).get(case_id)
        return _row_of(case, details, place.opened if place else "", counts[1:])


def _row_of(
    case: Case, details: CaseDetails | None, opened: str, counts: tuple[Any, ...]
) -> CaseListRow:
    kind, images, reviewed, models = counts
    state = CaseState.IN_REVIEW if kind or reviewed else CaseState.NEW
    if kind == "signed":
        state = CaseState.SIGNED
    found = details or CaseDetails()
    return CaseListRow(case, found, state, images, reviewed, models or "", opened)
