"""Association of two groupings of the same images, and permutation tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Association:
    """The association of two groupings.

    Attributes:
        v: Cramer's V, bias-corrected, 0 (independent) to 1 (one determines the other).
        p: of Pearson's chi-squared test of independence.
        table: counts, a row for each value of the first, a column for each of the second.
    """

    v: float
    p: float
    table: NDArray[np.int64]


def associate(first: ArrayLike, second: ArrayLike) -> Association:
    """Measure the association of two groupings of the same N images, each (N,)."""
    rows, row = np.unique(np.asarray(first), return_inverse=True)
    columns, column = np.unique(np.asarray(second), return_inverse=True)
    flat = np.bincount(row * len(columns) + column, minlength=len(rows) * len(columns))
    table = flat.reshape(len(rows), len(columns))
    return Association(cramers_v(table), _independence_p(table), table.astype(np.int64))


def cramers_v(table: ArrayLike) -> float:
    """Compute the bias-corrected Cramer's V of a table of counts.

    Bergsma, "A bias-correction for Cramer's V and Tschuprow's T", Journal of the Korean
    Statistical Society 42 (2013) 323-328: small tables of independent groupings give about
    0, where the plain V would not.

    Args:
        table: (R, C), counts; empty rows and columns are ignored.

    Returns:
        0-1; 0 where there is but one row or column.
    """
    counts = _drop_empty(table)
    rows, columns = counts.shape
    n = counts.sum()
    if min(rows, columns) < 2 or n < 2:
        return 0.0
    excess = max(_chi_squared(counts) / n - (rows - 1) * (columns - 1) / (n - 1), 0.0)
    fewer = min(side - (side - 1) ** 2 / (n - 1) for side in (rows, columns)) - 1
    return float(min(np.sqrt(excess / fewer), 1.0)) if fewer > 0 else 0.0


def _drop_empty(table: ArrayLike) -> NDArray[np.float64]:
    counts = np.asarray(table, np.float64)
    return counts[counts.any(axis=1)][:, counts.any(axis=0)]


def _chi_squared(counts: NDArray[np.float64]) -> float:
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(((counts - expected) ** 2 / expected).sum())


def _independence_p(table: ArrayLike) -> float:
    from scipy.special import chdtrc  # importing SciPy takes longer than most calls of this room

    counts = _drop_empty(table)
    degrees = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return float(chdtrc(degrees, _chi_squared(counts))) if degrees else 1.0


def permutation_p(observed: float, permuted: ArrayLike) -> float:
    """Compute the p value of a statistic among those of permuted data; never zero.

    (b + 1) / (m + 1), with b of m permutations as large: Phipson and Smyth, "Permutation
    p-values should never be zero", Stat Appl Genet Mol Biol 9 (2010) 39.
    """
    drawn = np.asarray(permuted, np.float64)
    return float((np.count_nonzero(drawn >= observed) + 1) / (drawn.size + 1))
