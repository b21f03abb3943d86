"""Fit the head of a network on pooled features: seconds, in numpy, to the same bits each time.

Without a hidden layer this is multinomial logistic regression, a convex problem with one
solution, found by L-BFGS. The strength of the L2 penalty is chosen on validation cells:
from strong to weak, each fit starts from the one before, and it ends where the validation
loss has not fallen for some steps, the path's form of early stopping (Friedman, Hastie and
Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
Journal of Statistical Software 2010).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled, UserError
from trainer.models.export.head_swap import round_head
from trainer.models.head import Head
from trainer.models.package.card import HeadSpec
from trainer.training.losses import calibrated_log_loss, log_sum_exp

# Penalties on the squared weights of standardised features, from strong to weak.
PENALTIES = tuple(float(f"{10.0**power:.3g}") for power in np.arange(0.0, -5.01, -0.5))
PATIENCE = 2
MAX_ITERATIONS = 150
_MIN_RELATIVE_SPREAD = (
    1e-2  # a feature narrower than this, against the mean, is not blown up further
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Examples:
    """Cells to fit on or to choose by.

    Attributes:
        pooled: (N, K) pooled features.
        label: intp (N,), index of the output.
        weight: (N,), how much each counts; any positive sum.
    """

    pooled: NDArray[np.float32]
    label: NDArray[np.intp]
    weight: NDArray[np.floating]


@dataclass
class HeadFit:
    """A fitted head, and the path to it.

    Attributes:
        head: kernels rounded to float16.
        penalty: the one chosen.
        path: one row for each penalty tried: `penalty`, `loss` (mean cross-entropy of the
            fit), `val_loss` (balanced, in nats), `val_balanced_accuracy`.
        stopped: whether someone ended it before its end.
    """

    head: Head
    penalty: float
    path: list[dict[str, float]] = field(default_factory=list)
    stopped: bool = False


def fit_head(
    train: Examples,
    val: Examples,
    outputs: int,
    spec: HeadSpec,
    *,
    label_smoothing: float = 0.0,
    seed: int = 0,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> HeadFit:
    """Fit a head on training cells; validation cells choose the strength of the penalty.

    Args:
        train: cells of all outputs.
        val: their weights are not used: every output that they hold counts alike.
        outputs: C.
        spec: layers of the head. Dropout is not drawn: the penalty does its work.
        label_smoothing: share of the target spread over all outputs.
        seed: of the first weights of a hidden layer.

    Raises:
        UserError: the features are not finite.
        Cancelled: before the first fit was done.
    """
    for name, cells in (("training", train), ("validation", val)):
        if not np.isfinite(cells.pooled).all():
            raise UserError(
                f"The network gives features of {name} cells that are not numbers.",
                "Its weights are damaged, or not those of this network.",
            )
    problem = _Problem(train, outputs, spec, label_smoothing)
    fit: HeadFit | None = None
    best, since = np.inf, 0
    at = problem.start(seed)
    for done, penalty in enumerate(PENALTIES, 1):
        if should_stop():
            break
        with threadpool_limits(1, user_api="blas"):  # small products; threads would only wait
            at, loss = problem.solve(at, penalty)
        head = round_head(problem.head(at))
        row = {"penalty": penalty, "loss": loss, **validation_scores(head, val)}
        since = 0 if row["val_loss"] < best - 1e-4 else since + 1
        fit = fit or HeadFit(head, penalty)
        if since == 0:
            best, fit.head, fit.penalty = row["val_loss"], head, penalty
        fit.path.append(row)
        on_progress(Progress("fitting the head", done, len(PENALTIES)))
        if since >= PATIENCE:
            return fit
    if fit is None:
        raise Cancelled
    fit.stopped = len(fit.path) < len(PENALTIES)
    return fit


def validation_scores(head: Head, cells: Examples) -> dict[str, float]:
    """Balanced log-loss (nats) and balanced accuracy (0-1) over the outputs that are there."""
    logits = head.logits(cells.pooled)
    right = logits.argmax(axis=1) == cells.label
    found = [right[cells.label == output].mean() for output in np.unique(cells.label)]
    loss = calibrated_log_loss(logits, cells.label)
    return {"val_loss": loss, "val_balanced_accuracy": float(np.mean(found))}


class _Problem:
    """The objective over standardised features, and its solutions."""

    def __init__(self, train: Examples, outputs: int, spec: HeadSpec, smoothing: float) -> None:
        weight = np.asarray(train.weight, np.float64)
        self._weight = weight / weight.sum()
        pooled = train.pooled.astype(np.float64)
        self._mean = self._weight @ pooled
        spread = np.sqrt(self._weight @ np.square(pooled - self._mean))
        floor = _MIN_RELATIVE_SPREAD * float(spread.mean())
        self._scale = np.maximum(spread, floor) if floor > 0 else np.ones_like(spread)
        # Float32 halves the time, and is far finer than 1,000 cells can tell apart.
        self._x = ((pooled - self._mean) / self._scale).astype(np.float32)
        target = np.eye(outputs)[train.label]
        self._target = target * (1 - smoothing) + smoothing / outputs
        self._spec = spec
        channels = pooled.shape[1]
        hidden = spec.hidden
        widths = (channels, hidden, outputs) if hidden else (channels, outputs)
        self._shapes = [
            shape for inner, outer in pairwise(widths) for shape in ((inner, outer), (outer,))
        ]

    def start(self, seed: int) -> Floats:
        """First weights: zero, but for a hidden layer (He et al., ICCV 2015)."""
        rng = np.random.default_rng(seed)
        parts = [np.zeros(shape) for shape in self._shapes]
        if self._spec.hidden:
            for index in (0, 2):
                shape = self._shapes[index]
                parts[index] = rng.normal(0, np.sqrt(2 / shape[0]), shape)
        return np.concatenate([part.ravel() for part in parts])

    def solve(self, at: Floats, penalty: float) -> tuple[Floats, float]:
        """The weights for one penalty, and their mean cross-entropy without it."""
        from scipy.optimize import minimize

        found = minimize(
            self._loss_and_gradient,
            at,
            args=(penalty,),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MAX_ITERATIONS, "ftol": 1e-7, "gtol": 1e-5},
        )
        return np.asarray(found.x), float(self._loss_and_gradient(found.x, 0.0)[0])

    def head(self, at: Floats) -> Head:
        """The weights as a head for features as they are, not standardised."""
        kernel, bias, *rest = self._unpack(at)
        scale, shift = 1 / self._scale, -self._mean / self._scale
        norm: dict[str, Any] = {}
        if self._spec.batch_norm:
            norm = {"scale": scale.astype(np.float32), "shift": shift.astype(np.float32)}
        else:
            bias = bias + shift @ kernel
            kernel = kernel * scale[:, None]
        first = (kernel.astype(np.float32), bias.astype(np.float32))
        if not rest:
            return Head(*first, **norm)
        last = (rest[0].astype(np.float32), rest[1].astype(np.float32))
        return Head(*last, hidden_kernel=first[0], hidden_bias=first[1], **norm)

    def _unpack(self, at: Floats) -> list[Floats]:
        sizes = np.cumsum([int(np.prod(shape)) for shape in self._shapes])[:-1]
        parts = np.split(at, sizes)
        return [part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True)]

    def _loss_and_gradient(self, at: Floats, penalty: float) -> tuple[float, Floats]:
        kernel, bias, *rest = self._unpack(at)
        inner = self._x @ kernel.astype(np.float32) + bias
        active = np.maximum(inner, 0) if rest else inner
        logits = active @ rest[0] + rest[1] if rest else inner
        log_share = logits - log_sum_exp(logits)
        loss = -float(self._weight @ (self._target * log_share).sum(axis=1))
        wrong = (np.exp(log_share) - self._target) * self._weight[:, None]
        slopes: list[Floats] = []
        back = wrong
        if rest:
            slopes = [active.T @ wrong + penalty * rest[0], wrong.sum(axis=0)]
            back = (wrong @ rest[0].T) * (inner > 0)
            loss += penalty / 2 * float(np.square(rest[0]).sum())
        first = self._x.T @ back.astype(np.float32) + penalty * kernel
        loss += penalty / 2 * float(np.square(kernel).sum())
        slopes = [first, back.sum(axis=0), *slopes]
        return loss, np.concatenate([slope.ravel() for slope in slopes]).astype(np.float64)
