"""Name the cells of a case to label first: one of each group of like cells.

The groups are those of k-means over the stored features; of each group the cell nearest to its
centre is named. Cells near to the decision boundary ("least sure first") are no better in the mean
and far worse in some draws; from about 50 labelled cells on the order hardly matters.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cases.records import Origin
from trainer.domain import Decision, Prediction, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.inference.feature_distance import decode_embedding
from trainer.jobs.common.case.reader import CaseReader, open_case_reader
from trainer.protocol.adaptation_requests import SuggestRequest
from trainer.protocol.events import Emit, Result

_STARTS = 4  # of k-means, of which the best counts
_SEED = 0
_MOST_CELLS = 20_000  # of more, evenly spread ones are taken


@dataclass(frozen=True, eq=False)
class _Candidates:
    """Cells that nobody reviewed, with their features, float32 (N, K).

    Attributes:
        cells: how many cells the case has, reviewed ones among them.
    """

    predictions: list[Prediction]
    pooled: NDArray[np.float32]
    cells: int


def run(request: SuggestRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Name the cells to label first (see `SuggestRequest`).

    Returns:
        `cells`: image, number and predicted label of each, those first that stand for most
        others, with that number as `like`; fewer where the case has fewer that nobody reviewed.

    Raises:
        UserError: the folder was not classified, or no features were stored.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned true.
    """
    with open_case_reader(request.folder, request.run, request.data_dir) as reader:
        found = _read_candidates(reader, should_stop)
    chosen = _choose(found, request.count)
    cells: list[dict[str, object]] = [
        {
            "image": found.predictions[row].image,
            "number": found.predictions[row].number,
            "label": found.predictions[row].label,
            "decision": found.predictions[row].decision.value,
            "like": size,
        }
        for row, size in chosen
    ]
    emit(Result({"text": _format(found, chosen, request.folder)}))
    return {"cells": cells}


def _read_candidates(reader: CaseReader, should_stop: ShouldStop) -> _Candidates:
    store, case = reader.store, reader.case
    cells, found = 0, []
    for run_of_cell, prediction in reader.predictions_of_runs():
        if should_stop():
            raise Cancelled
        if prediction.decision is Decision.FAILED:
            continue
        cells += 1
        cell = (run_of_cell.id, prediction.image, prediction.number)
        if store.verdicts.get(case.id, *cell).origin is not Origin.REVIEW:
            found.append((cell, prediction))
    if not cells:
        raise UserError(f"No cell of {reader.root} could be read.", "Classify other images.")
    some = found[:: max(1, -(-len(found) // _MOST_CELLS))]
    pairs = [(prediction, store.features.get(*cell)) for cell, prediction in some]
    stored = [(prediction, features) for prediction, features in pairs if features]
    if (some and not stored) or len({len(features) for _, features in stored}) > 1:
        raise UserError(
            f"The features of the cells of {reader.root} were not stored, or are of several "
            "networks.",
            "Classify the folder again.",
        )
    predictions = [prediction for prediction, _ in stored]
    if not predictions:
        return _Candidates([], np.empty((0, 0), np.float32), cells)
    pooled = decode_embedding([features for _, features in stored]).astype(np.float32)
    return _Candidates(predictions, pooled, cells)


def _choose(found: _Candidates, count: int) -> list[tuple[int, int]]:
    """Rows of the cells to label first, each with the size of its group; largest first."""
    if len(found.predictions) <= count:
        return [(row, 1) for row in range(len(found.predictions))]
    centres, member = _cluster(found.pooled, count)
    sizes = np.bincount(member, minlength=len(centres))
    pairs = zip(choose_nearest(found.pooled, centres), sizes.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _cluster(
    pooled: NDArray[np.float32], count: int
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    # Here, because it takes long to import.
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        # Fewer different cells than groups: some groups stay empty.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = KMeans(count, n_init=_STARTS, random_state=_SEED).fit(pooled)
    return fitted.cluster_centers_.astype(np.float32), fitted.labels_.astype(np.intp)


def choose_nearest(pooled: NDArray[np.float32], centres: NDArray[np.float32]) -> list[int]:
    """Choose for each centre the nearest row, (N, K) to (C, K); no row twice.

    Args:
        pooled: N at least C.
    """
    squares = np.square(pooled).sum(axis=1)[None] - 2 * centres @ pooled.T
    chosen: list[int] = []
    for row in range(len(centres)):
        squares[row, chosen] = np.inf
        chosen.append(int(np.argmin(squares[row])))
    return chosen


def _format(found: _Candidates, chosen: Sequence[tuple[int, int]], folder: str) -> str:
    if not chosen:
        return f"Every cell of {folder} was reviewed."
    lines = [
        f"{len(chosen)} of {found.cells} cells to label first, one of each group of like cells:"
    ]
    for row, size in chosen:
        prediction = found.predictions[row]
        name = f"{prediction.image} {prediction.cell_id.letters}".rstrip()
        lines.append(f"  {size:>5} like it  {prediction.label:<16} {name}")
    lines.append("From about 50 labelled cells on, which ones they are hardly matters.")
    return "\n".join(lines)
