"""How the error falls with the number of labelled cells, and what more of them would bring.

A power law a n^-b is fitted to the mean error of heads that were fitted on n cells (Cortes et
al., "Learning curves: asymptotic values and rate of convergence", NeurIPS 1993, with the
asymptote at 0). Its uncertainty is that of the draws, resampled whole, and widened because all
draws are of the same few cells: by 1 + D r for D draws that judge r times as many cells as they
learn from (Nadeau and Bengio, "Inference for the generalization error", Machine Learning 2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval

_RESAMPLES = 500
_SEED = 0
_LEAST_SIZES = 3
_LEAST_ERROR = 1e-3
"""Lower mean errors are taken as this: a curve that reached 0 is no power law any more."""


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Errors of heads fitted on growing numbers of cells.

    Attributes:
        sizes: (S,), mean number of cells that was learned from, rising.
        errors: float (D, S), 1 - balanced accuracy of draw and size; each draw is judged on
            the same cells at all sizes.
        without: (D,), error of the head that was not adapted, on the same cells.
        judged: cells that a draw judges, in units of those that it may learn from.
    """

    sizes: tuple[int, ...]
    errors: NDArray[np.float64]
    without: NDArray[np.float64]
    judged: float = 0.5

    def points(self) -> list[tuple[int, float, float]]:
        """Number of cells, mean balanced accuracy and its spread over the draws; 0 cells first."""
        columns = np.column_stack([self.without, self.errors])
        mean, spread = 1 - columns.mean(axis=0), columns.std(axis=0)
        sizes = (0, *self.sizes)
        return list(zip(sizes, mean.tolist(), spread.tolist(), strict=True))

    def expect(self, cells: int) -> Interval | None:
        """Extrapolate the balanced accuracy with so many cells.

        Args:
            cells: over 0.

        Returns:
            0-1, with the 95 % interval over resampled draws; None where the curve is too short, or
            no error is left to extrapolate from.
        """
        is_short = len(self.sizes) < _LEAST_SIZES or len(self.errors) < 2
        if is_short or self.errors[:, -1].mean() <= _LEAST_ERROR:
            return None
        rng = np.random.default_rng(_SEED)
        drawn = rng.integers(len(self.errors), size=(_RESAMPLES, len(self.errors)))
        found = [_extrapolate(self.sizes, self.errors[rows].mean(axis=0), cells) for rows in drawn]
        value = _extrapolate(self.sizes, self.errors.mean(axis=0), cells)
        wider = (1 + len(self.errors) * self.judged) ** 0.5
        away = np.log(np.quantile(found, [0.025, 0.975])) - np.log(value)
        low, high = np.minimum(value * np.exp(wider * away), 1.0).tolist()
        return Interval(1 - value, min(1 - high, 1 - value), max(1 - low, 1 - value))


def _extrapolate(sizes: Sequence[int], errors: NDArray[np.float64], cells: int) -> float:
    """The error of a power law that never rises, at a number of cells."""
    x = np.log(np.asarray(sizes, dtype=np.float64))
    y = np.log(np.maximum(errors, _LEAST_ERROR))
    slope = min(float(np.polyfit(x, y, 1)[0]), 0.0)
    level = float((y - slope * x).mean())
    return float(min(np.exp(level + slope * np.log(cells)), 1.0))
