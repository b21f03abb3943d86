from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.label_errors import find_label_errors


def test_by_hand() -> None:
    # Thresholds: mean of the label's own probability, class 0: 0.7, class 1: 0.575.
    labels = [0, 0, 0, 1, 1, 1, 1]
    sure_of_first = np.array([0.9, 0.9, 0.3, 0.1, 0.2, 0.9, 0.5])
    found = find_label_errors(labels, np.stack([sure_of_first, 1 - sure_of_first], axis=1))
    # Cell 2 is called 1 by 0.7 - 0.3, cell 5 is called 0 by 0.9 - 0.1; cell 6 is undecided.
    assert found.cells.tolist() == [5, 2]
    assert found.suggested.tolist() == [0, 1]
    assert found.margin == pytest.approx([0.8, 0.4])
    # Counted 2, 1 / 1, 2; rows made to count 3 and 4 cells.
    assert found.joint * 7 == pytest.approx(np.array([[2, 1], [4 / 3, 8 / 3]]))


def test_planted_errors_are_found_first() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(4), 100)
    scores = np.eye(4)[truth] * 5 + rng.normal(size=(400, 4))
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    wrong = rng.choice(400, 20, replace=False)
    labels = truth.copy()
    labels[wrong] = (labels[wrong] + 1) % 4
    found = find_label_errors(labels, shares)
    assert np.isin(found.cells[:15], wrong).all()
    assert np.isin(wrong, found.cells).mean() > 0.8
    assert found.joint.sum() == pytest.approx(1.0)
    pairs = dict(zip(found.cells.tolist(), found.suggested.tolist(), strict=True))
    assert np.mean([pairs[cell] == truth[cell] for cell in wrong if cell in pairs]) > 0.9


def test_agreeing_labels_raise_no_doubt() -> None:
    shares = np.eye(3)[[0, 1, 2, 0]] * 0.9 + 0.1 / 3
    found = find_label_errors([0, 1, 2, 0], shares)
    assert not len(found.cells)
    assert found.joint == pytest.approx(np.diag([0.5, 0.25, 0.25]))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="each class"):
        find_label_errors([0, 0], np.full((2, 2), 0.5))
    with pytest.raises(ValueError, match=r"\(N, C\)"):
        find_label_errors([0, 1, 0], np.full((2, 2), 0.5))
