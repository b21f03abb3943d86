"""Queries of the window to the store: the runs of a folder and their results.

They run on the thread that holds the open store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from leukogui.case.cells import CellResult
from trainer.cases.current_runs import current_runs_of
from trainer.cases.records import Run
from trainer.cases.store import CaseStore
from trainer.domain import CellId

PAGE_LENGTH = 1000


def find_current_runs(store: CaseStore, root: Path) -> list[Run]:
    """Find the runs of a folder whose predictions count together, oldest first."""
    case = store.cases.find(root)
    return current_runs_of(store.runs.list_of_case(case.id)) if case is not None else []


def read_new_results(
    store: CaseStore, runs: Sequence[Run], cursors: dict[int, int]
) -> Iterator[list[tuple[CellId, CellResult]]]:
    """Read the results of runs since the last call, a page at a time.

    Args:
        store: of the case.
        runs: the current ones, oldest first.
        cursors: the last row that was read, by the run's number; updated. A run that is not
            current any more is forgotten, and read from its beginning if it comes back.
    """
    for gone in cursors.keys() - {run.id for run in runs}:
        del cursors[gone]
    for run in runs:
        while page := store.predictions.list_after(
            run.id, cursors.get(run.id, 0), limit=PAGE_LENGTH
        ):
            cursors[run.id] = page[-1][0]
            yield [(CellId(each.image), CellResult.of(each, run.id)) for _, each in page]
