"""Name the cells of a case to label first: one of each group of like cells.

The groups are those of k-means over the stored features; of each group the cell nearest to its
centre is named. Cells near to the decision boundary ("least sure first") are no better in the mean
and far worse in some draws; from about 50 labelled cells on the order hardly matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cases.records import Origin
from trainer.domain import Decision, Prediction, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.inference.feature_distance import decode_embedding
from trainer.jobs.common.case_reader import CaseReader, open_case_reader
from trainer.protocol.adaptation_requests import SuggestRequest
from trainer.protocol.events import Emit, Result

_STARTS = 4  # of k-means, of which the best counts
_SEED = 0


@dataclass(frozen=True, eq=False)
class _Candidates:
    """Cells of a case with their features, float32 (N, K), and whether each was reviewed."""

    predictions: list[Prediction]
    pooled: NDArray[np.float32]
    reviewed: NDArray[np.bool_]


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
    predictions: list[Prediction] = []
    stored: list[bytes] = []
    reviewed: list[bool] = []
    store, case = reader.store, reader.case
    for run_of_cell, prediction in reader.predictions_of_runs():
        if should_stop():
            raise Cancelled
        features = store.features.get(run_of_cell.id, prediction.image, prediction.number)
        if features is None or prediction.decision is Decision.FAILED:
            continue
        verdict = store.verdicts.get(case.id, run_of_cell.id, prediction.image, prediction.number)
        predictions.append(prediction)
        stored.append(features)
        reviewed.append(verdict.origin is Origin.REVIEW)
    if not stored or len({len(each) for each in stored}) > 1:
        raise UserError(
            f"The features of the cells of {reader.root} were not stored, or are of several "
            "networks.",
            "Classify the folder again.",
        )
    pooled = decode_embedding(stored).astype(np.float32)
    return _Candidates(predictions, pooled, np.array(reviewed, dtype=bool))


def _choose(found: _Candidates, count: int) -> list[tuple[int, int]]:
    """Rows of cells that nobody reviewed, each with the size of its group; largest first."""
    open_rows = np.flatnonzero(~found.reviewed)
    if len(open_rows) <= count:
        return [(int(row), 1) for row in open_rows]
    centres, member = _cluster(found.pooled[open_rows], count)
    rows = choose_nearest(found.pooled[open_rows], centres)
    sizes = np.bincount(member, minlength=len(centres))
    chosen = [(int(open_rows[row]), int(sizes[index])) for index, row in enumerate(rows)]
    return sorted(chosen, key=lambda pair: (-pair[1], pair[0]))


def _cluster(
    pooled: NDArray[np.float32], count: int
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    # Here, because it takes long to import.
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
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
        f"{len(chosen)} of {len(found.predictions)} cells to label first, one of each group of "
        "like cells:"
    ]
    for row, size in chosen:
        prediction = found.predictions[row]
        name = f"{prediction.image} {prediction.cell_id.letters}".rstrip()
        lines.append(f"  {size:>5} like it  {prediction.label:<16} {name}")
    lines.append("From about 50 labelled cells on, which ones they are hardly matters.")
    return "\n".join(lines)
