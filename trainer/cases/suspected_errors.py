"""Reviews of a case that are probably wrong: those that the other reviewed cells contradict.

Where enough cells were reviewed, a head that has learned from all reviews but one judges that one
(`left_out_head`); it knows the lab's own classes and its stain. Else the model's probabilities do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.cases.current_runs import current_predictions, current_runs_of
from trainer.cases.model_comparison import probability_names, probability_shares
from trainer.cases.records import EXCLUDED, UNKNOWN, Run
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Decision, Prediction, ShouldStop
from trainer.errors import Cancelled
from trainer.evaluation.label_errors import find_label_errors
from trainer.evaluation.left_out_head import predict_left_out
from trainer.inference.feature_distance import decode_embedding

Basis = Literal["reviews", "model"]

FEWEST_CELLS = 20  # reviewed, for a head
FEWEST_OF_CLASS = 3  # one of them is left out
MOST_CELLS = 8_000
"""That one head learns from; of more, evenly spread ones are judged by it."""


@dataclass(frozen=True, slots=True)
class SuspectedError:
    """How far a review is contradicted.

    Attributes:
        label: of the review, when it was read.
        suggested: the class that is more likely, or the next if none is.
        margin: support of that class less that of the review's, about -1 to 1.
        is_suspected: whether the review is contradicted; by the other reviewed cells only where
            they are confident of the other class (`find_label_errors`).
        basis: "reviews": by the other reviewed cells; "model": by its probabilities.
    """

    label: str
    suggested: str
    margin: float
    is_suspected: bool
    basis: Basis


@dataclass(frozen=True)
class _ReviewedCell:
    label: str
    prediction: Prediction
    run: int


def read_suspected_errors(
    store: CaseStore, case_id: int, should_stop: ShouldStop = lambda: False
) -> dict[CellId, SuspectedError]:
    """Judge the reviewed cells of a case; those of which nothing can be said are not among them.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    runs = current_runs_of(store.runs.list_of_case(case_id))
    if not runs:
        return {}
    cells = _read_reviewed(store, runs, should_stop)
    names = probability_names(runs[-1])
    by_model = {cell: _judge_by_model(each, names) for cell, each in cells.items()}
    found = {cell: each for cell, each in by_model.items() if each is not None}
    return found | _judge_by_reviews(store, cells, should_stop)


def _read_reviewed(
    store: CaseStore, runs: Sequence[Run], should_stop: ShouldStop
) -> dict[CellId, _ReviewedCell]:
    """The cells with a review that counts and names a class."""
    reviews = store.reviews.latest(runs[-1].case_id)
    cells: dict[CellId, _ReviewedCell] = {}
    for run, prediction in current_predictions(store, runs):
        if should_stop():
            raise Cancelled
        review = reviews.get(prediction.cell_id)
        if review is None or review.label in (UNKNOWN, EXCLUDED):
            continue
        changed = review.sha256 and prediction.sha256 and review.sha256 != prediction.sha256
        if prediction.decision is not Decision.FAILED and not changed:
            cells[prediction.cell_id] = _ReviewedCell(review.label, prediction, run.id)
    return cells


def _judge_by_model(cell: _ReviewedCell, names: tuple[str, ...]) -> SuspectedError | None:
    """Nothing of a class that the model does not know: it gives it no probability."""
    prediction = cell.prediction
    shares = {prediction.label: prediction.probability}
    if len(names) == len(prediction.probabilities):
        shares = dict(probability_shares(prediction, names))
        if cell.label not in shares:
            return None
    own = shares.pop(cell.label, 0.0)
    suggested = max(shares, key=lambda name: shares[name], default="")
    margin = shares.get(suggested, 0.0) - own
    return SuspectedError(cell.label, suggested, margin, margin > 0, "model")


def _judge_by_reviews(
    store: CaseStore, cells: Mapping[CellId, _ReviewedCell], should_stop: ShouldStop
) -> dict[CellId, SuspectedError]:
    """By a head that has learned from the others; empty where too few were reviewed."""
    counted: dict[str, int] = {}
    for each in cells.values():
        counted[each.label] = counted.get(each.label, 0) + 1
    classes = sorted(name for name, count in counted.items() if count >= FEWEST_OF_CLASS)
    known = [cell for cell, each in cells.items() if each.label in classes]
    step = -(-len(known) // MOST_CELLS)
    chosen, encoded = [], []
    for cell in known[:: max(step, 1)]:
        if should_stop():
            raise Cancelled
        pooled = store.features.get(cells[cell].run, cell.image, cell.number)
        if pooled:
            chosen.append(cell)
            encoded.append(pooled)
    if len(classes) < 2 or len(chosen) < FEWEST_CELLS:
        return {}
    labels = [cells[cell].label for cell in chosen]
    return dict(zip(chosen, _judge(decode_embedding(encoded), labels, classes), strict=True))


def _judge(
    features: NDArray[np.float16], labels: Sequence[str], classes: Sequence[str]
) -> list[SuspectedError]:
    given = np.array([classes.index(label) for label in labels])
    support = predict_left_out(features, given, len(classes))
    errors = find_label_errors(given, support)
    confident = dict(zip(errors.cells.tolist(), errors.suggested.tolist(), strict=True))
    rows = np.arange(len(given))
    own = support[rows, given].copy()
    support[rows, given] = -np.inf
    best = support.argmax(axis=1)
    margins = support[rows, best] - own
    return [
        SuspectedError(
            labels[row],
            classes[confident.get(row, int(best[row]))],
            float(margins[row]),
            row in confident,
            "reviews",
        )
        for row in rows.tolist()
    ]
