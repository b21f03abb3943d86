"""What the window reads from the store: the runs of a folder and what they said.

Functions of an open store; they run on the thread that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from leukogui.case.cells import Judged
from trainer.cases.records import Case, Run
from trainer.cases.store import CaseStore

PAGE = 1000


def find_case(store: CaseStore, root: Path) -> Case | None:
    """The case of a folder, or None; nothing is made."""
    folder = root.resolve()
    return next((case for case in store.cases() if case.root == folder), None)


def shown_runs(store: CaseStore, root: Path) -> list[Run]:
    """Runs whose predictions count together: those of the newest run's model, oldest first.

    Runs over a selection add to the run over the whole folder; runs of another model or
    precision do not mix with them.
    """
    case = find_case(store, root)
    runs = store.runs(case.id) if case is not None else []
    return [run for run in runs if count_together(run, runs[-1])]


def news(
    store: CaseStore, runs: Sequence[Run], marks: dict[int, int]
) -> Iterator[list[tuple[str, Judged]]]:
    """What the runs have said since it was last asked, a page at a time.

    Args:
        runs: those that are shown, oldest first.
        marks: the last row that was read, by the run's number; kept up to date. A run that
            is not shown any more is forgotten, and read from its beginning if it comes back.
    """
    for gone in marks.keys() - {run.id for run in runs}:
        del marks[gone]
    for run in runs:
        while page := store.predictions_after(run.id, marks.get(run.id, 0), most=PAGE):
            marks[run.id] = page[-1][0]
            yield [(each.image, Judged.of(each, run.id)) for _, each in page]


def count_together(one: Run | None, other: Run | None) -> bool:
    """Whether what two runs said is shown together: one model at one precision."""
    return _key(one) == _key(other)


def _key(run: Run | None) -> tuple[str, str] | None:
    return (run.model_sha256, run.precision) if run is not None else None
