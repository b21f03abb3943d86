"""A head held to an old one: the objective of its module, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.models.head import Head
from trainer.training.held_head import (
    CorrectedCells,
    OldHead,
    add_outputs,
    fit_held_head,
    within_class_spread,
)

CHANNELS, CLASSES, OUTSIDE, TEMPERATURE = 40, 3, 2, 0.6
RIDGE, BIAS_RIDGE = 10.0, 0.02

Floats = NDArray[np.float64]


def old_head(**more: NDArray[np.float32]) -> OldHead:
    """A head of three classes and two outputs outside of them."""
    rng = np.random.default_rng(1)
    kernel = rng.normal(0, 0.5, (CHANNELS, CLASSES + OUTSIDE)).astype(np.float32)
    head = Head(kernel, rng.normal(0, 1, CLASSES + OUTSIDE).astype(np.float32), **more)
    return OldHead(head, TEMPERATURE, CLASSES, np.abs(rng.normal(1, 0.3, CHANNELS)))


def corrected_cells(labels: list[int], seed: int = 2) -> CorrectedCells:
    """Cells whose features have little to do with what the old head makes of them."""
    rng = np.random.default_rng(seed)
    pooled = np.abs(rng.normal(1, 1, (len(labels), CHANNELS))).astype(np.float32)
    for row, label in enumerate(labels):
        pooled[row, label] += 4
    return CorrectedCells(pooled, np.array(labels, dtype=np.intp))


def logits(head: Head, pooled: NDArray[np.floating], classes: int | None = None) -> Floats:
    """As `Head.logits`, in double precision, at the temperature."""
    exact = pooled.astype(np.float64) @ head.kernel.astype(np.float64) + head.bias
    return np.asarray(exact[:, :classes] / TEMPERATURE)


def change_of(old: OldHead, new: Head, cells: CorrectedCells) -> tuple[Floats, Floats]:
    """V and d of a written head, all of its columns."""
    mean = cells.pooled.astype(np.float64).mean(axis=0)
    slope = (new.kernel.astype(np.float64) - old.head.kernel) / TEMPERATURE
    shift = (new.bias.astype(np.float64) - old.head.bias) / TEMPERATURE + mean @ slope
    return slope * old.spread[:, None], shift


def gradient_of(old: OldHead, cells: CorrectedCells, change: Floats, shift: Floats) -> Floats:
    """The objective's gradient as the issue writes it, without any shortcut."""
    outside = cells.labels >= CLASSES
    terms = CLASSES + bool(outside.any())
    free = CLASSES + OUTSIDE if outside.any() else CLASSES
    labels = np.where(outside, CLASSES, cells.labels)
    count = np.bincount(labels, minlength=terms)
    weight = 1 / (terms * (count[labels] + 3))
    pooled = cells.pooled.astype(np.float64)
    z = (pooled - pooled.mean(axis=0)) / old.spread
    values = logits(old.head, pooled)[:, :free] + z @ change[:, :free] + shift[:free]
    share = np.exp(values - values.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    wrong = np.zeros_like(share)
    for row, label in enumerate(labels):
        member = np.minimum(np.arange(free), CLASSES) == label
        wrong[row] = share[row] - member * share[row] / share[row][member].sum()
    wrong *= weight[:, None]
    slope = z.T @ wrong + RIDGE * change[:, :free]
    return np.concatenate([slope.ravel(), wrong.sum(axis=0) + BIAS_RIDGE * shift[:free]])


@pytest.mark.parametrize("labels", [[0, 1, 2, 2], [1], [0, 1, 2, 3, 4, 1], [*range(3)] * 30])
def test_minimum_of_the_objective(labels: list[int]) -> None:
    """No cells, fewer cells than features and more; inside and outside of the classes."""
    old, cells = old_head(), corrected_cells(labels)
    change, shift = change_of(old, fit_held_head(old, cells), cells)
    # float32 kernels are 1e-7 of their size off, and the ridge multiplies that.
    assert np.abs(gradient_of(old, cells, change, shift)).max() < 3e-5


def test_written_head_gives_logits_of_objective() -> None:
    """To 1e-5, on cells that it was not fitted on as well."""
    old, cells = old_head(), corrected_cells([0, 1, 2, 0, 1])
    new = fit_held_head(old, cells)
    change, shift = change_of(old, new, cells)
    others = corrected_cells([2, 1, 0, 3], seed=5).pooled.astype(np.float64)
    z = (others - cells.pooled.astype(np.float64).mean(axis=0)) / old.spread
    expected = logits(old.head, others) + z @ change + shift
    assert np.abs(logits(new, others) - expected).max() < 1e-5
    assert np.abs(new.logits(others.astype(np.float32)) / TEMPERATURE - expected).max() < 1e-4


def test_no_cell_changes_nothing() -> None:
    old = old_head()
    assert fit_held_head(old, corrected_cells([])) is old.head


def test_columns_outside_stay_without_cells_outside() -> None:
    old = old_head()
    new = fit_held_head(old, corrected_cells([0, 1, 2, 2]))
    assert np.array_equal(new.kernel[:, CLASSES:], old.head.kernel[:, CLASSES:])
    assert np.array_equal(new.bias[CLASSES:], old.head.bias[CLASSES:])
    assert not np.allclose(new.kernel[:, :CLASSES], old.head.kernel[:, :CLASSES])


def test_cells_outside_raise_their_sum() -> None:
    """Whichever of the outputs outside their label names."""
    old = old_head()
    cells = corrected_cells([0, 1, 2, 3, 3, 3])
    new = fit_held_head(old, cells)
    other = fit_held_head(old, replace(cells, labels=np.array([0, 1, 2, 4, 3, 4])))
    assert np.array_equal(new.kernel, other.kernel)

    def outside(head: Head) -> Floats:
        grown = np.exp(logits(head, cells.pooled[3:]))
        return np.asarray(grown[:, CLASSES:].sum(axis=1) / grown.sum(axis=1))

    assert (outside(new) > outside(old.head)).all()


@pytest.mark.parametrize("labels", [[0, 1, 2, 2, 1, 0, 0], [0, 3, 1, 4, 2, 2]])
def test_order_of_cells_does_not_matter(labels: list[int]) -> None:
    old, cells = old_head(), corrected_cells(labels)
    order = np.random.default_rng(3).permutation(len(labels))
    first, second = fit_held_head(old, cells), fit_held_head(old, cells.part(order))
    assert np.abs(logits(first, cells.pooled) - logits(second, cells.pooled)).max() < 1e-5


def test_order_of_classes_does_not_matter() -> None:
    old, cells = old_head(), corrected_cells([0, 1, 2, 2, 1, 0, 0])
    order = np.array([2, 0, 1, 3, 4])
    other = replace(old, head=add_outputs(old.head, order))
    renamed = replace(cells, labels=np.argsort(order)[cells.labels])
    first, second = fit_held_head(old, cells), fit_held_head(other, renamed)
    found = logits(first, cells.pooled)[:, order]
    assert np.abs(found - logits(second, cells.pooled)).max() < 1e-5


def test_same_cells_give_the_same_bits() -> None:
    cells = corrected_cells([0, 1, 2, 2, 3])
    first, second = fit_held_head(old_head(), cells), fit_held_head(old_head(), cells)
    assert np.array_equal(first.kernel, second.kernel)
    assert np.array_equal(first.bias, second.bias)


def test_looks_of_a_cell_count_as_one() -> None:
    """Every cell twice as two looks of it is the same problem."""
    old, cells = old_head(), corrected_cells([0, 1, 2, 2])
    twice = CorrectedCells(np.repeat(cells.pooled, 2, axis=0), np.repeat(cells.labels, 2), looks=2)
    found = logits(fit_held_head(old, twice), cells.pooled)
    assert np.abs(found - logits(fit_held_head(old, cells), cells.pooled)).max() < 1e-5


def test_new_class_starts_at_zero_and_learns() -> None:
    """A column that the old head lacks, among those of the classes."""
    old = old_head()
    columns = np.array([0, 1, 2, -1, 3, 4])
    grown = add_outputs(old.head, columns)
    assert not grown.kernel[:, 3].any()
    assert grown.bias[3] == 0
    assert np.array_equal(grown.kernel[:, 4:], old.head.kernel[:, 3:])
    cells = corrected_cells([0, 1, 2, *[3] * 20])
    new = fit_held_head(OldHead(grown, TEMPERATURE, 4, old.spread), cells)
    found = logits(new, cells.pooled, 4)
    before = logits(grown, cells.pooled, 4)
    assert (found[3:].argmax(axis=1) == 3).sum() > (before[3:].argmax(axis=1) == 3).sum()


def test_last_layer_alone_moves() -> None:
    """A head with batch norm and a hidden layer keeps both."""
    rng = np.random.default_rng(4)
    layers = {
        "scale": np.ones(12, np.float32),
        "shift": np.zeros(12, np.float32),
        "hidden_kernel": rng.normal(0, 0.3, (12, CHANNELS)).astype(np.float32),
        "hidden_bias": np.zeros(CHANNELS, np.float32),
    }
    old = old_head(**layers)
    pooled = rng.normal(0, 1, (6, 12)).astype(np.float32)
    labels = np.array([0, 1, 2, 0, 1, 2], dtype=np.intp)
    new = fit_held_head(old, CorrectedCells(pooled, labels))
    assert new.hidden_kernel is old.head.hidden_kernel
    before, after = (head.logits(pooled)[:, :CLASSES] for head in (old.head, new))
    right = (np.arange(6), labels)
    assert (after[right] - after.mean(axis=1)).sum() > (before[right] - before.mean(axis=1)).sum()


def test_spread_is_within_classes() -> None:
    """Numpy's standard deviation of what is left of each class's mean; floored at a tenth."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 4], 50)
    values = rng.normal(0, [1.0, 2.0, 0.001], (150, 3)) + labels[:, None] * 10
    spread = within_class_spread(values, labels)
    expected = [
        np.sqrt(np.mean([values[labels == name, column].var() for name in (0, 1, 4)]))
        for column in (0, 1)
    ]
    assert spread[:2] == pytest.approx(expected)
    assert spread[2] == pytest.approx(0.1 * (sum(expected) + 0.001) / 3, rel=0.01)
    assert np.array_equal(within_class_spread(np.ones((4, 2)), np.arange(4)), [1, 1])


def test_features_that_are_no_numbers() -> None:
    cells = corrected_cells([0, 1])
    cells.pooled[0, 0] = np.nan
    with pytest.raises(UserError, match="not numbers"):
        fit_held_head(old_head(), cells)


@pytest.mark.parametrize("change", [{"temperature": 0.0}, {"classes": 9}, {"spread": np.ones(3)}])
def test_old_head_that_does_not_fit(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Invalid"):
        replace(old_head(), **change)  # type: ignore[arg-type]
