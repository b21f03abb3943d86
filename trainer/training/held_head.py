"""A head held to an old one: the old head moved by a few corrected cells, and no further.

The old head's logits l(x) = (x K + b) / T stay in the objective as an offset, and only a change
of them is learned, under a ridge penalty:

    sum_i w_i CE(softmax(l(x_i) + z_i V + d)) + ridge / 2 |V|^2 + bias_ridge / 2 |d|^2

z is x less the mean of the corrected cells, in units of the spread that each feature has within
the classes of the reference cells: along what scatters there, a cell may not pull far. This is a
Gaussian prior with the old head as its mean (Chelba and Acero, "Adaptation of maximum entropy
capitalizer: little data can help a lot", Computer Speech and Language 2006). By the weights w a
class of few cells counts little, and all weigh at most 1. Without cells outside of the classes
the objective is strictly convex: the same cells give the same head, in whatever order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from trainer.errors import UserError
from trainer.models.head import Head

RIDGE = 10.0
BIAS_RIDGE = 0.02
# So many cells of a class count as much as the old head does.
_PRIOR_CELLS = 3
# Of the mean spread: a narrower feature is not blown up further.
_MIN_RELATIVE_SPREAD = 0.1
_MAX_ITERATIONS = 2000

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OldHead:
    """The head that another one is held to.

    Attributes:
        head: with a column for every output: see `add_outputs` for those that it lacks.
        temperature: T of its card.
        classes: how many of its first outputs are classes; the others lie outside of these.
        spread: (D,), as `within_class_spread` gives it for the inputs of the last layer.
    """

    head: Head
    temperature: float
    classes: int
    spread: Floats

    def __post_init__(self) -> None:
        if not self.temperature > 0 or not 1 <= self.classes <= self.head.outputs:
            raise ValueError(
                f"Invalid head. Expected a temperature over 0 and 1 to {self.head.outputs} "
                f"classes. Received {self.temperature}, {self.classes}"
            )
        if self.spread.shape != self.head.kernel.shape[:1]:
            raise ValueError(
                f"Invalid spread. Expected {self.head.kernel.shape[:1]}. "
                f"Received {self.spread.shape}"
            )


@dataclass(frozen=True, eq=False)
class CorrectedCells:
    """Cells whose right label a person gave.

    Attributes:
        pooled: (N, K) pooled features.
        labels: intp (N,), index of the output. All labels from the number of classes on mean
            the same: outside.
        looks: views of each cell among the rows, all of them in `pooled`.
    """

    pooled: NDArray[np.floating]
    labels: NDArray[np.intp]
    looks: int = 1

    def part(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> CorrectedCells:
        """Select some of the rows."""
        return CorrectedCells(self.pooled[rows], self.labels[rows], self.looks)


def within_class_spread(inputs: NDArray[np.floating], labels: NDArray[np.integer]) -> Floats:
    """Compute the standard deviation of each feature within the classes, (D,).

    Args:
        inputs: (M, D), of reference cells.
        labels: (M,), their outputs, those outside of the classes too.

    Returns:
        The spread about the classes' own means, at least a tenth of its mean; 1 for all where no
        feature varies at all.
    """
    values = np.asarray(inputs, dtype=np.float64)
    away = np.empty_like(values)
    for label in np.unique(labels):
        rows = labels == label
        away[rows] = values[rows] - values[rows].mean(axis=0)
    spread = np.sqrt(np.square(away).mean(axis=0))
    floor = _MIN_RELATIVE_SPREAD * float(spread.mean())
    return np.maximum(spread, floor) if floor > 0 else np.ones_like(spread)


def add_outputs(head: Head, columns: NDArray[np.intp]) -> Head:
    """Arrange the columns of a head anew; return it.

    Args:
        columns: of each new output the column of the old one; -1 for an output that the old
            head does not have, whose logit is 0 then.
    """
    known = columns >= 0
    kernel = np.where(known, head.kernel[:, columns], 0).astype(np.float32)
    return replace(head, kernel=kernel, bias=np.where(known, head.bias[columns], 0))


def fit_held_head(
    old: OldHead,
    cells: CorrectedCells,
    *,
    ridge: float = RIDGE,
    bias_ridge: float = BIAS_RIDGE,
) -> Head:
    """Fit the head that corrected cells ask for, held to the old one; return it in float32.

    Without a cell it is the old head. Without a cell that is outside, the columns of the outputs
    outside of the classes stay as they are, and the classes are told apart among themselves. With
    one, all columns are free, and the cross entropy is that of the classes and of the summed
    probability outside.

    Raises:
        UserError: features that are not numbers.
    """
    if not np.isfinite(cells.pooled).all():
        raise UserError(
            "The features of a corrected cell are not numbers.",
            "The weights of the model are damaged, or the features are of another model.",
        )
    if not len(cells.labels):
        return old.head
    with threadpool_limits(1, user_api="blas"):  # small products; threads would only wait
        problem = _Problem(old, cells, ridge, bias_ridge)
        return problem.head(problem.solve())


class _Problem:
    """The objective in the row space of the corrected cells, and the head of its solution."""

    def __init__(
        self, old: OldHead, cells: CorrectedCells, ridge: float, bias_ridge: float
    ) -> None:
        self._old = old
        inputs = old.head.last_inputs(cells.pooled.astype(np.float32)).astype(np.float64)
        self._mean = inputs.mean(axis=0)
        z = (inputs - self._mean) / old.spread
        # V = basis B: no cell sees what of V lies across all z, so the penalty makes it 0.
        self._basis = np.linalg.qr(z.T)[0] if len(z) < z.shape[1] else None
        self._z = z if self._basis is None else z @ self._basis
        outside = cells.labels >= old.classes
        self._with_outside = bool(outside.any())
        self._free = old.head.outputs if self._with_outside else old.classes
        kernel, bias = (each[..., : self._free].astype(np.float64) for each in _last_layer(old))
        self._offset = (inputs @ kernel + bias) / old.temperature
        terms = np.where(outside, old.classes, cells.labels)
        self._weight = _cell_weights(terms, cells.looks, old.classes + self._with_outside)
        # (N, F): the outputs whose summed probability is the right answer.
        self._right = (np.minimum(np.arange(self._free), old.classes) == terms[:, None]).astype(
            np.float64
        )
        self._ridge, self._bias_ridge = ridge, bias_ridge

    def solve(self) -> Floats:
        """B above d, flat: the least of the objective by L-BFGS from 0."""
        # Here, because importing SciPy takes longer than most things that need this module.
        from scipy.optimize import minimize

        found = minimize(
            self._loss_and_gradient,
            np.zeros((self._z.shape[1] + 1) * self._free),
            jac=True,
            method="L-BFGS-B",
            options={
                "maxiter": _MAX_ITERATIONS,
                "maxfun": 2 * _MAX_ITERATIONS,
                "ftol": 1e-15,
                "gtol": 1e-9,
                "maxcor": 20,
            },
        )
        return np.asarray(found.x, dtype=np.float64)

    def head(self, at: Floats) -> Head:
        """The old head with the change added: K += T diag(1/s) V, b += T (d - mean diag(1/s) V)."""
        change, shift = self._unpack(at)
        slope = change if self._basis is None else self._basis @ change
        slope = slope / self._old.spread[:, None]
        kernel, bias = (each.astype(np.float64) for each in _last_layer(self._old))
        kernel[:, : self._free] += self._old.temperature * slope
        bias[: self._free] += self._old.temperature * (shift - self._mean @ slope)
        return replace(
            self._old.head, kernel=kernel.astype(np.float32), bias=bias.astype(np.float32)
        )

    def _unpack(self, at: Floats) -> tuple[Floats, Floats]:
        rows = at.reshape(-1, self._free)
        return rows[:-1], rows[-1]

    def _loss_and_gradient(self, at: Floats) -> tuple[float, Floats]:
        change, shift = self._unpack(at)
        logits = self._offset + self._z @ change + shift
        grown = np.exp(logits - logits.max(axis=1, keepdims=True))
        share = grown / grown.sum(axis=1, keepdims=True)
        right = np.maximum((share * self._right).sum(axis=1, keepdims=True), 1e-300)
        loss = -float(self._weight @ np.log(right[:, 0]))
        wrong = share * (1 - self._right / right) * self._weight[:, None]
        slopes = (self._z.T @ wrong + self._ridge * change, wrong.sum(axis=0))
        loss += self._ridge / 2 * float(np.square(change).sum())
        loss += self._bias_ridge / 2 * float(np.square(shift).sum())
        shift_slope = slopes[1] + self._bias_ridge * shift
        return loss, np.concatenate([slopes[0].ravel(), shift_slope])


def _last_layer(old: OldHead) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return old.head.kernel, old.head.bias


def _cell_weights(terms: NDArray[np.intp], looks: int, count: int) -> Floats:
    """1 / (C L (n + 3)) of each row, where n cells have its label."""
    cells = np.bincount(terms, minlength=count) / looks
    return np.asarray(1.0 / (count * looks * (cells[terms] + _PRIOR_CELLS)), dtype=np.float64)
