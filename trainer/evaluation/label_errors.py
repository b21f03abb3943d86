"""Label errors: cells whose label is probably wrong, by predictions of held-out models.

Confident learning (Northcutt, Jiang and Chuang, Journal of Artificial Intelligence Research
70, 2021): a cell is counted under the class that a model is confident of, where confident
means at least as sure as it is, on average, of cells that carry that label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """Cells to review again, the most doubtful first.

    Attributes:
        cells: intp (D,), indices of the cells.
        suggested: intp (D,), the class that each more likely is.
        margin: float64 (D,), probability of the suggested class less that of the label, 0-1.
        joint: float64 (C, C), estimated share of all cells with a label (rows) that truly
            are of a class (columns); sums to 1.
    """

    cells: NDArray[np.intp]
    suggested: NDArray[np.intp]
    margin: NDArray[np.float64]
    joint: NDArray[np.float64]


def find_label_errors(labels: ArrayLike, probabilities: ArrayLike) -> LabelErrors:
    """Find the labels that confident predictions contradict, ranked by margin.

    Args:
        labels: (N,) class indices as given, every class at least once.
        probabilities: (N, C) out of fold: of each cell by a model that was not trained on it.

    Raises:
        ValueError: shapes that do not fit, or a class without a cell.
    """
    given, shares = np.asarray(labels), np.asarray(probabilities, dtype=np.float64)
    if shares.ndim != 2 or given.shape != shares.shape[:1]:
        raise ValueError(
            f"Invalid cells. Expected (N,) and (N, C). Received {given.shape}, {shares.shape}"
        )
    classes = shares.shape[1]
    counted = np.bincount(given, minlength=classes)
    if not counted.all():
        raise ValueError(f"Invalid labels. Expected cells of each class. Received {counted}")
    confident = _confident_classes(given, shares)
    sure = confident >= 0
    doubtful = np.flatnonzero(sure & (confident != given))
    margin = shares[doubtful, confident[doubtful]] - shares[doubtful, given[doubtful]]
    # Only a class that is likelier than the label contradicts it.
    doubtful, margin = doubtful[margin > 0], margin[margin > 0]
    order = np.argsort(-margin, kind="stable")
    cells = doubtful[order]
    joint = _confident_joint(given[sure], confident[sure], counted)
    return LabelErrors(cells, confident[cells], margin[order], joint)


def _confident_classes(
    labels: NDArray[np.intp], probabilities: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return the likeliest class among those that reach their threshold; -1 where none does."""
    own = [probabilities[labels == index, index].mean() for index in range(probabilities.shape[1])]
    reached = np.where(probabilities >= np.array(own), probabilities, -1.0)
    best = reached.argmax(axis=1)
    return np.where(reached.max(axis=1) < 0, -1, best)


def _confident_joint(
    labels: NDArray[np.intp], confident: NDArray[np.intp], label_counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the confident joint, each row scaled to count as many cells as carry the label."""
    classes = len(label_counts)
    joint = np.bincount(labels * classes + confident, minlength=classes**2).astype(np.float64)
    joint = joint.reshape(classes, classes)
    rows = joint.sum(axis=1, keepdims=True)
    # A label of which no prediction is confident is taken as given.
    joint = np.where(rows > 0, joint, np.eye(classes))
    weighted = joint / joint.sum(axis=1, keepdims=True) * label_counts[:, None]
    return np.asarray(weighted / label_counts.sum())
