"""Current runs of a case, those of one model; and of each image the newest results."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import groupby

from trainer.cases.database.column_values import to_column
from trainer.cases.records import Run, SearchedField
from trainer.cases.store import CaseStore
from trainer.domain import Prediction

CurrentResult = Prediction | SearchedField


def same_model(one: Run | None, other: Run | None) -> bool:
    """Return whether predictions of two runs belong together: one model at one precision."""
    return _model_key(one) == _model_key(other)


def _model_key(run: Run | None) -> tuple[str, str] | None:
    return (run.model_sha256, run.precision) if run is not None else None


def current_runs_of(runs: Sequence[Run]) -> list[Run]:
    """Return the runs of a case that count together with the newest, oldest first.

    Runs over a selection add to the run over the whole folder; runs of another model or
    precision do not mix with them.
    """
    return [run for run in runs if same_model(run, runs[-1])]


def current_predictions(store: CaseStore, runs: Sequence[Run]) -> Iterator[tuple[Run, Prediction]]:
    """Yield the newest prediction of each cell, as `current_results`."""
    for run, result in current_results(store, runs):
        if isinstance(result, Prediction):
            yield run, result


def current_results(store: CaseStore, runs: Sequence[Run]) -> Iterator[tuple[Run, CurrentResult]]:
    """Yield the searched fields and the predictions that count, by image, in bounded memory.

    Of each image those of the newest run that holds it: a field, then its cells by number,
    without the ones that a person has removed since.

    Args:
        runs: oldest first. Heat maps are left out.
    """
    if not runs:
        return
    gone, is_outside = (
        store.cells.gone(runs[-1].case_id),
        store.details.outside_images(runs[-1].case_id),
    )
    streams = [_keyed_results(store, run, age) for age, run in enumerate(reversed(runs))]
    merged = heapq.merge(*streams, key=lambda found: found[:3])
    for _, same in groupby(merged, key=lambda found: found[0]):
        newest = None
        for _, age, _, run, result in same:
            newest = age if newest is None else newest
            is_gone = isinstance(result, Prediction) and result.cell_id in gone
            if age == newest and not is_gone and not is_outside(result.image):
                yield run, result


def _keyed_results(
    store: CaseStore, run: Run, age: int
) -> Iterator[tuple[bytes, int, int, Run, CurrentResult]]:
    """Yield a run's results in the store's order, with their key; age 0 is the newest run."""
    fields = ((to_column(each.image), age, -1, run, each) for each in store.fields.stream(run.id))
    cells = (
        (to_column(each.image), age, each.number, run, each)
        for each in store.predictions.stream(run.id, heat=False)
    )
    merged: Iterator[tuple[bytes, int, int, Run, CurrentResult]] = heapq.merge(
        fields, cells, key=lambda found: found[:3]
    )
    return merged
