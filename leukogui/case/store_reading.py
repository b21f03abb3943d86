"""What the window reads from the store: the runs of a folder and what they said.

Functions of an open store; they run on the thread that holds it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
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
    return [run for run in runs if _same_model(run, runs[-1])]


def pages(store: CaseStore, run: Run) -> Iterator[list[tuple[str, Judged]]]:
    """What a run said, a page at a time."""
    found = (
        (each.image, Judged.of(each, run.id)) for each in store.predictions(run.id, heat=False)
    )
    while page := list(itertools.islice(found, PAGE)):
        yield page


def fresh(
    store: CaseStore, run: Run, known: set[str], most: int = 4 * PAGE
) -> list[tuple[str, Judged]]:
    """What a run said that is not among `known` images yet, at most `most`; adds to `known`."""
    new = [image for image in store.done(run.id) if image not in known][:most]
    found: list[tuple[str, Judged]] = []
    for image in new:
        prediction = store.prediction(run.id, image)
        if prediction is not None:
            found.append((image, Judged.of(prediction, run.id)))
    known.update(new)
    return found


def _same_model(run: Run, newest: Run) -> bool:
    return (run.model_sha256, run.precision) == (newest.model_sha256, newest.precision)
