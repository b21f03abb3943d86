"""The head's fit against scikit-learn, and what it does at the edges."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.domain import Progress
from trainer.errors import Cancelled, UserError
from trainer.models.package.card import HeadSpec
from trainer.training import head_fit
from trainer.training.head_fit import Examples, HeadFit, fit_head, validation_scores

CLASSES = 3


def drawn(count: int, seed: int, spread: float = 1.0) -> Examples:
    """Cells of three classes about their own middles, among features that say nothing."""
    rng = np.random.default_rng(seed)
    label = np.arange(count) % CLASSES
    middle = np.eye(CLASSES, 12)[label] * 3 + 5
    scale = np.linspace(0.5, 4, 12)
    pooled = (middle + rng.normal(0, spread, (count, 12))) * scale
    return Examples(pooled.astype(np.float32), label.astype(np.intp), np.ones(count))


def fitted(spec: HeadSpec | None = None, **more: object) -> HeadFit:
    return fit_head(drawn(150, 0), drawn(90, 1), CLASSES, spec or HeadSpec(), **more)


def test_it_is_the_solution_that_scikit_learn_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.linear_model import LogisticRegression

    monkeypatch.setattr(head_fit, "PENALTIES", (0.01,))
    train = drawn(150, 0, spread=2.0)
    head = fit_head(train, drawn(90, 1), CLASSES, HeadSpec()).head
    spread = train.pooled.std(axis=0)
    x = (train.pooled - train.pooled.mean(axis=0)) / spread
    other = LogisticRegression(C=1 / (0.01 * len(x)), tol=1e-8, max_iter=2000).fit(x, train.label)
    ours = head.kernel * spread[:, None]
    ours -= ours.mean(axis=1, keepdims=True)
    theirs = other.coef_.T - other.coef_.T.mean(axis=1, keepdims=True)
    assert np.abs(ours - theirs).max() < 0.01 * np.abs(theirs).max()


@pytest.mark.parametrize(
    "spec",
    [
        HeadSpec(),
        HeadSpec(batch_norm=True),
        HeadSpec(hidden=8),
        HeadSpec(batch_norm=True, hidden=8),
    ],
)
def test_every_kind_of_head_learns(spec: HeadSpec) -> None:
    fit = fitted(spec)
    assert validation_scores(fit.head, drawn(300, 2))["val_balanced_accuracy"] > 0.9
    assert (fit.head.hidden_kernel is not None) == bool(spec.hidden)
    assert (fit.head.scale is not None) == spec.batch_norm


def test_the_penalty_with_the_least_balanced_loss_is_kept() -> None:
    told: list[Progress] = []
    fit = fitted(on_progress=told.append)
    least = min(fit.path, key=lambda row: row["val_loss"])
    assert fit.path[0]["val_loss"] > least["val_loss"]
    assert validation_scores(fit.head, drawn(90, 1))["val_loss"] <= least["val_loss"] + 1e-3
    assert len(told) == len(fit.path)


def test_the_same_cells_give_the_same_bits() -> None:
    first, second = (fitted(HeadSpec(hidden=4), seed=3).head for _ in range(2))
    assert (first.kernel == second.kernel).all()
    assert first.hidden_kernel is not None
    assert (first.hidden_kernel == second.hidden_kernel).all()


def test_weights_make_up_for_few_cells_of_a_class() -> None:
    full = drawn(600, 0, spread=3.0)
    rare = (full.label != 0) | (np.arange(600) % 30 == 0)
    few = Examples(full.pooled[rare], full.label[rare], full.weight[rare])
    counts = np.bincount(few.label)
    even = Examples(few.pooled, few.label, 1 / counts[few.label])
    val, test = drawn(300, 1, spread=3.0), drawn(600, 2, spread=3.0)
    plain, weighted = (
        validation_scores(fit_head(train, val, CLASSES, HeadSpec()).head, test)
        for train in (few, even)
    )
    assert weighted["val_balanced_accuracy"] > plain["val_balanced_accuracy"]


def test_features_that_are_constant_or_no_numbers() -> None:
    train = drawn(60, 0)
    train.pooled[:, 3] = 7.0
    assert np.isfinite(fit_head(train, drawn(60, 1), CLASSES, HeadSpec()).head.kernel).all()
    dead = Examples(np.zeros_like(train.pooled), train.label, train.weight)
    assert np.isfinite(fit_head(dead, dead, CLASSES, HeadSpec()).head.kernel).all()
    train.pooled[5, 5] = np.nan
    with pytest.raises(UserError, match="not numbers"):
        fit_head(train, drawn(60, 1), CLASSES, HeadSpec())


def test_a_stop_keeps_the_best_so_far() -> None:
    told: list[Progress] = []
    fit = fitted(on_progress=told.append, should_stop=lambda: len(told) == 2)
    assert fit.stopped
    assert len(fit.path) == 2
    with pytest.raises(Cancelled):
        fitted(should_stop=lambda: True)
