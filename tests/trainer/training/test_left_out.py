"""Each corrected cell judged by a head fitted without it and without its group."""

from __future__ import annotations

import numpy as np
import pytest

from tests.trainer.training.test_held_head import corrected_cells, old_head
from trainer.domain import Progress
from trainer.errors import Cancelled
from trainer.training.held_head import fit_held_head
from trainer.training.left_out import predict_left_out


def test_each_cell_alone() -> None:
    old, cells = old_head(), corrected_cells([0, 1, 2, 2, 3])
    found = predict_left_out(old, cells, list("abcde"))
    for row in range(5):
        others = cells.part(np.arange(5) != row)
        expected = fit_held_head(old, others).logits(cells.pooled[row : row + 1])
        assert np.array_equal(found[row], expected[0])


def test_cells_of_a_group_together() -> None:
    """Two cells of one patient are judged by the cells of the others alone."""
    old, cells = old_head(), corrected_cells([0, 1, 2, 2, 0])
    found = predict_left_out(old, cells, list("abcda"))
    head = fit_held_head(old, cells.part(np.array([1, 2, 3])))
    assert np.array_equal(found[[0, 4]], head.logits(cells.pooled[[0, 4]]))


def test_order_does_not_matter() -> None:
    """Of 50 groups, in 20 parts: parts go by label and name."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 50)
    old, cells = old_head(), corrected_cells(labels.tolist())
    names = [f"{number:02}" for number in range(50)]
    order = rng.permutation(50)
    reports: list[Progress] = []
    found = predict_left_out(old, cells, names, on_progress=reports.append)
    assert [each.total for each in reports] == [20] * 20
    other = predict_left_out(old, cells.part(order), [names[row] for row in order])
    assert np.abs(found[order] - other).max() < 1e-4


def test_one_group() -> None:
    with pytest.raises(ValueError, match="two or more"):
        predict_left_out(old_head(), corrected_cells([0, 1]), ["a", "a"])


def test_stopping() -> None:
    with pytest.raises(Cancelled):
        predict_left_out(old_head(), corrected_cells([0, 1]), ["a", "b"], should_stop=lambda: True)
