"""Current runs of a case, those of one model; and of each image the newest prediction."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import groupby

from trainer.cases.encoding import to_column
from trainer.cases.records import Run
from trainer.cases.store import CaseStore
from trainer.domain import Prediction


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
    """Yield the newest prediction of each image, by image, in bounded memory.

    Args:
        runs: oldest first. Heat maps are left out.
    """
    streams = [_keyed_predictions(store, run, age) for age, run in enumerate(reversed(runs))]
    merged = heapq.merge(*streams, key=lambda found: found[:2])
    for _, same in groupby(merged, key=lambda found: found[0]):
        _, _, run, prediction = next(same)
        yield run, prediction


def _keyed_predictions(
    store: CaseStore, run: Run, age: int
) -> Iterator[tuple[bytes, int, Run, Prediction]]:
    """Yield predictions in the store's order, with their key; age 0 is the newest run."""
    for each in store.predictions.stream(run.id, heat=False):
        yield to_column(each.image), age, run, each
