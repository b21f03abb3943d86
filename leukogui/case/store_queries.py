"""What the window reads from the store: the runs of a folder and what they said.

Functions of an open store; they run on the thread that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from leukogui.case.cells import CellResult
from trainer.cases.current_runs import current_runs_of
from trainer.cases.records import Run
from trainer.cases.store import CaseStore

PAGE_LENGTH = 1000


def find_current_runs(store: CaseStore, root: Path) -> list[Run]:
    """Runs of a folder whose predictions count together, oldest first."""
    case = store.cases.find(root)
    return current_runs_of(store.runs.list_of_case(case.id)) if case is not None else []


def read_new_results(
    store: CaseStore, runs: Sequence[Run], cursors: dict[int, int]
) -> Iterator[list[tuple[str, CellResult]]]:
    """What the runs have said since it was last asked, a page at a time.

    Args:
        runs: those that are shown, oldest first.
        cursors: the last row that was read, by the run's number; kept up to date. A run that
            is not shown any more is forgotten, and read from its beginning if it comes back.
    """
    for gone in cursors.keys() - {run.id for run in runs}:
        del cursors[gone]
    for run in runs:
        while page := store.predictions.list_after(
            run.id, cursors.get(run.id, 0), limit=PAGE_LENGTH
        ):
            cursors[run.id] = page[-1][0]
            yield [(each.image, CellResult.of(each, run.id)) for _, each in page]
