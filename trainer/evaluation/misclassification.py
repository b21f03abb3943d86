"""Shares of classes corrected for the errors that a model is known to make.

The estimator of Rogan and Gladen (Am J Epidemiol 1978) for many classes: the shares under which
the accepted labels are likeliest, given how often cells of each class are accepted as each.
Maximum likelihood keeps them shares where inverting the matrix would give negative ones. Sample
and matrix are both drawn anew in a parametric bootstrap (Efron 1979; for the uncertainty of the
matrix: Lang and Reiczigel, Prev Vet Med 2014). It holds only for sources like those on which
the matrix was counted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import Interval
from trainer.evaluation.bootstrap import CONFIDENCE_LEVEL, RESAMPLES

METHOD = (
    "corrected for the confusion matrix of the card (Rogan and Gladen 1978, many classes by "
    "maximum likelihood), parametric bootstrap of sample and matrix, 95 %"
)
_STEPS, _TOLERANCE = 500, 1e-7
_SAMPLE_PRIOR = 0.5  # cells a class (Jeffreys): a class not seen may yet occur
Array = NDArray[np.float64]


def correct_shares(
    accepted: ArrayLike,
    confusion: ArrayLike,
    *,
    of: ArrayLike,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> list[Interval] | None:
    """Compute what the shares of the classes are, given the labels of the accepted cells.

    Args:
        accepted: (C,) number of cells accepted as each class.
        confusion: (C, C + 1) counts of cells of known class: rows true, columns accepted as
            each class, and last those that were not accepted.
        of: (C,) whether a class belongs to the 100 %.
        seed: the same seed gives the same intervals on every machine.
        resamples: number of draws.

    Returns:
        Percent of the cells `of` for each class, of the true cells, accepted or not, with
        percentile intervals; None where no cell was accepted, a class is not in the matrix or
        never accepted, so that nothing can be corrected.

    Raises:
        ValueError: shapes do not fit, or a count is negative.
    """
    counts, matrix = np.asarray(accepted, np.float64), np.asarray(confusion, np.float64)
    base, classes = np.asarray(of, dtype=bool), len(counts)
    if matrix.shape != (classes, classes + 1) or base.shape != (classes,):
        raise ValueError(f"Invalid matrix. Expected {classes} classes. Received {matrix.shape}")
    if (counts < 0).any() or (matrix < 0).any():
        raise ValueError("Invalid counts. Expected 0 or more.")
    if not counts.sum() or not base.any() or not matrix[:, :-1].sum(axis=1).all():
        return None
    value = _percent(_fit_shares(counts[None], matrix[None]), base)[0]
    random = np.random.default_rng(seed)
    drawn = _percent(
        _fit_shares(_draw_counts(random, counts, resamples), _draw(random, matrix, resamples)),
        base,
    )
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    low, high = np.fmin(low, value), np.fmax(high, value)
    return [Interval(*map(float, each)) for each in zip(value, low, high, strict=True)]


def _draw_counts(random: np.random.Generator, counts: Array, resamples: int) -> Array:
    """Draw what another sample of as many cells would be accepted as: (B, C)."""
    shares = (counts + _SAMPLE_PRIOR) / (counts + _SAMPLE_PRIOR).sum()
    drawn = random.multinomial(round(counts.sum()), shares, size=resamples)
    return np.asarray(drawn, dtype=np.float64)


def _draw(random: np.random.Generator, matrix: Array, resamples: int) -> Array:
    """Draw what other test cells would have been accepted as: (B, C, C + 1).

    A cell is added to each row, spread evenly (Perks 1947): what was never seen may yet be.
    """
    spread = matrix + 1 / matrix.shape[1]
    rows = [
        random.multinomial(round(row.sum()), even / even.sum(), size=resamples)
        for row, even in zip(matrix, spread, strict=True)
    ]
    return np.asarray(np.stack(rows, axis=1) + 1 / matrix.shape[1])


def _fit_shares(counts: Array, matrix: Array) -> Array:
    """Fit the true shares (B, C) by expectation maximization, from counts (B, C)."""
    accepted = matrix[:, :, :-1]
    rate = accepted.sum(axis=2) / matrix.sum(axis=2)
    likelihood = accepted / accepted.sum(axis=2, keepdims=True)
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = np.full(counts.shape, 1 / counts.shape[1])
    for _ in range(_STEPS):
        joint = shares[:, :, None] * likelihood
        weight = counts[:, None, :] / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)
        fitted = (joint * weight).sum(axis=2) / total
        moved = float(np.abs(fitted - shares).max())
        shares = fitted
        if moved < _TOLERANCE:
            break
    cells = shares / rate
    return np.asarray(cells / np.maximum(cells.sum(axis=1, keepdims=True), 1e-300))


def _percent(shares: Array, base: NDArray[np.bool_]) -> Array:
    """Percent of the classes of the 100 %; NaN where there are none."""
    total = shares[:, base].sum(axis=1, keepdims=True)
    nothing = np.full(shares.shape, np.nan)
    return np.asarray(np.divide(100 * shares, total, out=nothing, where=total > 0))
