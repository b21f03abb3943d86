from __future__ import annotations

import numpy as np
import pytest

from trainer.training.balanced_loss import balanced_log_loss


def test_the_loss_counts_classes_alike() -> None:
    logits = np.log(np.array([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.1, 0.9], [0.9, 0.1]]))
    expected = (-np.log(0.5) - np.log(0.9)) / 2
    assert balanced_log_loss(
        logits.astype(np.float32), np.array([0, 0, 0, 1, -1])
    ) == pytest.approx(expected, abs=1e-6)


def test_large_logits_do_not_overflow() -> None:
    logits = np.array([[1000.0, 0.0], [0.0, 1000.0]])
    assert balanced_log_loss(logits, np.array([0, 1])) == 0.0
