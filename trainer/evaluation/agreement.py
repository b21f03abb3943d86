"""Agreement of two readers who labelled the same cells: share, kappa, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.bootstrap import RESAMPLES, bootstrap
from trainer.evaluation.intervals import clopper_pearson


@dataclass(frozen=True)
class Agreement:
    """How far two readers agree.

    Attributes:
        cells: that both labelled.
        share: of the cells with one label, 0-1, with its exact 95 % interval.
        kappa: Cohen's, -1 to 1, with its 95 % bootstrap interval; NaN where both used one and the
            same label throughout, for then agreement by chance is not less.
        labels: that either used, sorted.
        matrix: (L, L) cells by the first reader's label and the second's.
        by_label: specific agreement of each label, 0-1 (Dice): how likely one reader gives it
            where the other did.
    """

    cells: int
    share: Interval
    kappa: Interval
    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]
    by_label: tuple[float, ...]


def compute_agreement(
    first: Sequence[str], second: Sequence[str], *, seed: int = 0, resamples: int = RESAMPLES
) -> Agreement:
    """Compute the agreement of two readers (Cohen 1960).

    Args:
        first, second: (N,) labels of the same cells, N >= 1.
        seed, resamples: of the bootstrap over cells.

    Raises:
        ValueError: no cells, or not as many labels of the one as of the other.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"Invalid labels. Received {len(first)} and {len(second)}.")
    labels = tuple(sorted({*first, *second}))
    one, other = (_one_hot(each, labels) for each in (first, second))
    matrix = (one.T @ other).round().astype(int)
    agreeing = int(np.trace(matrix))
    (kappa,) = bootstrap(
        lambda weights: _kappa(weights, one, other), len(first), seed=seed, resamples=resamples
    )
    return Agreement(
        cells=len(first),
        share=clopper_pearson(agreeing, len(first)),
        kappa=kappa,
        labels=labels,
        matrix=tuple(tuple(map(int, row)) for row in matrix),
        by_label=tuple(map(float, _specific_agreement(matrix))),
    )


def _one_hot(given: Sequence[str], labels: Sequence[str]) -> NDArray[np.float64]:
    position = {label: at for at, label in enumerate(labels)}
    return np.eye(len(labels))[[position[label] for label in given]]


def _kappa(
    weights: NDArray[np.float64], one: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Kappa of each row of weights (B, N): agreement beyond that of the margins by chance."""
    total = weights.sum(axis=1)
    observed = weights @ (one * other).sum(axis=1) / total
    expected = ((weights @ one) * (weights @ other)).sum(axis=1) / total**2
    beyond = 1 - expected
    possible = beyond > 1e-12
    kappa = np.full(len(weights), np.nan)
    kappa[possible] = (observed - expected)[possible] / beyond[possible]
    return kappa


def _specific_agreement(matrix: NDArray[np.int_]) -> NDArray[np.float64]:
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    shares: NDArray[np.float64] = 2 * np.diag(matrix) / both
    return shares
