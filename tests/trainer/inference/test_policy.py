"""Accept, review, unknown: each for its reason."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.domain import CellState, Decision
from trainer.inference.feature_distance import NearestNeighbours
from trainer.inference.policy import Policy
from trainer.models.probabilities import softmax

POLICY = Policy(("a", "b"), ("x", "y"), review_probability=0.8, unknown_probability=0.6)


@pytest.mark.parametrize(
    ("probabilities", "distance", "more", "decision", "reason", "looks_like"),
    [
        ((0.9, 0.1, 0, 0), 0.5, {}, Decision.ACCEPT, "", ""),
        ((0.1, 0.8, 0.1, 0), 1.0, {}, Decision.ACCEPT, "", ""),
        ((0.79, 0.21, 0, 0), 0.5, {}, Decision.REVIEW, "0.79 under 0.80", ""),
        ((0.2, 0.1, 0.3, 0.4), 0.5, {}, Decision.UNKNOWN, "outside the model's classes", "y"),
        ((0.4, 0.0, 0.6, 0), 0.5, {}, Decision.UNKNOWN, "probability 0.60", "x"),
        ((0.95, 0.05, 0, 0), 1.7, {}, Decision.UNKNOWN, "1.7 times as far", ""),
        ((0.99, 0.01, 0, 0), 0.1, {"grey": True}, Decision.UNKNOWN, "no colour", ""),
        ((0.99, 0.01, 0, 0), 0.1, {"cell": CellState.NONE}, Decision.REVIEW, "no cell", ""),
        ((0.99, 0.01, 0, 0), 0.1, {"cell": CellState.DOUBTFUL}, Decision.ACCEPT, "", ""),
    ],
)
def test_decisions(
    probabilities: tuple[float, ...],
    distance: float,
    more: dict[str, object],
    decision: Decision,
    reason: str,
    looks_like: str,
) -> None:
    decided = POLICY.decide(np.array(probabilities), distance, **more)
    assert decided.decision is decision
    assert reason in decided.reason
    assert bool(decided.reason) == bool(reason)
    assert decided.looks_like == looks_like
    assert decided.label == ("a" if probabilities[0] > probabilities[1] else "b")
    assert decided.probability == max(probabilities[:2])


def test_softmax_by_hand() -> None:
    found = softmax(np.array([[0.0, np.log(3)], [1000.0, 0.0]]))
    np.testing.assert_allclose(found, [[0.25, 0.75], [1, 0]], atol=1e-12)
    np.testing.assert_allclose(softmax(np.array([[0.0, np.log(9)]]), 2.0), [[0.25, 0.75]])


def test_distance_by_hand() -> None:
    reference = NearestNeighbours.of(np.array([[2.0, 0], [0, 5.0], [3.0, 3.0]]), neighbours=2)
    found = reference.distance(np.array([[7.0, 0.0]]))
    assert found[0] == pytest.approx((0 + 1 - np.sqrt(0.5)) / 2)
    assert reference.nearest(np.array([[7.0, 0.0]]), 3).tolist() == [[0, 2, 1]]
