"""Queries of the window about cases: the open one's state, what keeps it unsigned, the list.

They run on the thread that holds the open store.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.cases.case_signature import count_cells, first_missing
from trainer.cases.records import Case, Run
from trainer.cases.store import CaseStore
from trainer.cases.tables.acts import Act
from trainer.cases.tables.case_list import CaseListRow
from trainer.cases.tables.sign_offs import CellCounts, Requirement, SignOff
from trainer.domain import CellId


@dataclass(frozen=True)
class CaseRecord:
    """What the store holds of a case beside its cells.

    Attributes:
        sign_off: the newest act of signing or reopening; None: there was none.
    """

    row: CaseListRow
    sign_off: SignOff | None = None

    @property
    def is_signed(self) -> bool:
        """Whether the case takes no more writing."""
        return self.sign_off is not None and self.sign_off.is_signed


@dataclass(frozen=True)
class SignOffQuestion:
    """What a person must know before they sign.

    Attributes:
        missing: the first cell that keeps the case from being signed; None: nothing does.
    """

    counts: CellCounts
    requirement: Requirement
    missing: CellId | None


def read_record(store: CaseStore, root: Path) -> CaseRecord | None:
    """Read what is known of the case of a folder; None where it is no case yet."""
    case = store.cases.find(root)
    if case is None:
        return None
    return CaseRecord(store.case_list.row(case.id), store.sign_offs.newest(case.id))


def read_question(
    store: CaseStore, root: Path, requirement: str, *, count_edge_cells: bool
) -> SignOffQuestion:
    """Count the cells of a case by what they rest on."""
    case, wanted = store.cases.find(root), Requirement(requirement)
    if case is None:
        return SignOffQuestion(CellCounts(), wanted, None)
    counts = count_cells(store, case.id, count_edge_cells=count_edge_cells)
    if not counts.missing(wanted):
        return SignOffQuestion(counts, wanted, None)
    missing = first_missing(store, case.id, wanted, count_edge_cells=count_edge_cells)
    return SignOffQuestion(counts, wanted, missing)


def read_cases(store: CaseStore) -> list[tuple[CaseListRow, bool]]:
    """Read every case, each with whether its folder is missing."""
    return [(row, row.is_missing) for row in store.case_list.rows()]


def find_moved(store: CaseStore, root: Path) -> Case | None:
    """Find the case that lay elsewhere and is in this folder now; None where there is none."""
    return store.cases.find_moved(root)


def read_acts(store: CaseStore, root: Path, cell: CellId | None) -> list[Act]:
    """Read what was done with a case, or with one of its cells, oldest first."""
    case = store.cases.find(root)
    if case is None:
        return []
    if cell is not None:
        return store.acts.list_of_cell(case.id, cell)
    return store.acts.list_of_case(case.id)


@dataclass(frozen=True)
class RunRow:
    """A run with the name and folder of its case."""

    run: Run
    case: str
    root: Path


def read_runs_by_model(store: CaseStore) -> dict[str, list[RunRow]]:
    """Read every run of every case, by the id of its model, oldest first."""
    found: dict[str, list[RunRow]] = {}
    for case in store.cases.list_all():
        for run in store.runs.list_of_case(case.id):
            found.setdefault(run.model, []).append(RunRow(run, case.name, case.root))
    return found
