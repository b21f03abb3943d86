"""The closed form gives what fitting anew without each cell gives."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.left_out_head import RIDGE, predict_left_out


def draw(count: int, width: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    features = rng.normal(size=(count, width)) + 3 * np.eye(3, width)[labels]
    return features, labels


def fit_without(features: np.ndarray, truth: np.ndarray, cell: int) -> np.ndarray:
    """Ridge with an intercept that is not penalized, fitted without a cell, applied to it."""
    rows = features / np.linalg.norm(features, axis=1, keepdims=True)
    rows -= rows.mean(axis=0)  # of all cells, as the penalty is
    penalty = RIDGE * (rows**2).sum(axis=1).mean()
    left = np.delete(np.arange(len(rows)), cell)
    design = np.column_stack([rows, np.ones(len(rows))])
    diagonal = np.diag([*[penalty] * rows.shape[1], 0.0])
    system = design[left].T @ design[left] + diagonal
    return design[cell] @ np.linalg.solve(system, design[left].T @ truth[left])


@pytest.mark.parametrize(("count", "width"), [(12, 30), (40, 6)], ids=["wide", "tall"])
def test_as_fitted_without_each_cell(count: int, width: int) -> None:
    features, labels = draw(count, width)
    found = predict_left_out(features, labels, 3)
    truth = np.eye(3)[labels]
    expected = [fit_without(features, truth, cell) for cell in range(count)]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_a_wrong_label_is_contradicted_most() -> None:
    features, labels = draw(60, 8)
    given = labels.copy()
    given[7] = (given[7] + 1) % 3
    support = predict_left_out(features, given, 3)
    own = support[np.arange(60), given]
    assert int(np.argmin(own)) == 7
    assert support[7].argmax() == labels[7]


def test_equal_features_give_the_shares_of_the_others() -> None:
    found = predict_left_out(np.ones((4, 5)), [0, 0, 0, 1], 2)
    np.testing.assert_allclose(found[3], [1.0, 0.0], atol=1e-9)
