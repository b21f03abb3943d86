"""What an alert holds, what is lost all the same, and what it costs: counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.alert_effect import CellShare, measure_alert_effect
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.inference.alert import AlertRule
from trainer.inference.policy import DecisionThresholds

KNOWN, ALERT = 3, (1,)
# Label, p of the three classes and of another kind, distance.
CELLS = (
    (1, (0.05, 0.95, 0.0, 0.0), 0.1),  # a blast that is found
    (1, (0.90, 0.10, 0.0, 0.0), 0.1),  # accepted as another class; ln 0.1 + 0.4 = -1.9
    (1, (0.999, 0.001, 0.0, 0.0), 0.1),  # the same, and beyond any alert
    (1, (0.60, 0.40, 0.0, 0.0), 0.1),  # to review anyway
    (0, (0.90, 0.10, 0.0, 0.0), 0.1),  # held for nothing
    (0, (0.99, 0.001, 0.0, 0.009), 0.1),  # accepted
    (2, (0.0, 0.0, 0.1, 0.9), 0.1),  # unknown
    (-1, (0.0, 0.10, 0.90, 0.0), 0.1),  # another kind, held
)


@pytest.fixture
def scored() -> ScoredCells:
    labels, probabilities, distance = zip(*CELLS, strict=True)
    return ScoredCells(np.array(labels), np.array(probabilities), np.array(distance))


def test_counted_by_hand(scored: ScoredCells) -> None:
    rule = AlertRule(ALERT, -2.0)
    without = scored.decide(DecisionThresholds(0.8, 0.5), KNOWN)
    off = measure_alert_effect(scored, without, ALERT, KNOWN)
    assert (off.held, off.found) == (0, 0)
    assert (off.lost, off.looked_at) == (CellShare(2, 4), CellShare(2, 7))
    with_alert = scored.decide(DecisionThresholds(0.8, 0.5, rule), KNOWN)
    on = measure_alert_effect(scored, with_alert, ALERT, KNOWN)
    assert (on.held, on.found) == (3, 1)
    assert (on.lost, on.looked_at) == (CellShare(1, 4), CellShare(4, 7))
    lost = on.to_json()["lost"]
    # Clopper and Pearson of 1 in 4, as in their tables.
    assert lost == pytest.approx(
        {"cells": 1, "of": 4, "value": 0.25, "low": 0.00631, "high": 0.80588}, abs=1e-5
    )


def test_a_share_of_no_cell_is_null() -> None:
    assert CellShare(0, 0).to_json() == {"cells": 0, "of": 0, "value": None, "low": 0, "high": 1}
