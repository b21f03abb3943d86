"""The alert: what may be of a class not to be missed goes to review, where the lab is not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trainer.domain import AlertLevel, CellState, ClassRole, Decision
from trainer.inference.alert import AlertRule, alert_score
from trainer.inference.policy import Policy
from trainer.models.package.card import Card
from trainer.models.package.source import Source
from trainer.models.package.thresholds import AlertThreshold, AlertThresholds, Thresholds
from trainer.testing import random_card

CLASSES = ("monocyte", "myeloblast", "seg_neutrophil")
BALANCED, CAREFUL = -2.0, -4.0
RULE = AlertRule((1,), BALANCED)
POLICY = Policy(CLASSES, ("lymphocyte",), 0.8, 0.6, RULE)


def card(**more: object) -> Card:
    """The card of a model for the lab “north”, with an alert."""
    alert = AlertThresholds(
        careful=AlertThreshold(score=CAREFUL, reviewed=0.03),
        balanced=AlertThreshold(score=BALANCED, reviewed=0.01),
    )
    thresholds = Thresholds(review_probability=0.8, unknown_probability=0.6, alert=alert)
    values = {
        "roles": {"myeloblast": ClassRole.ALERT},
        "sources": (Source(name="North"),),
        "thresholds": thresholds,
        **more,
    }
    return random_card("m", "MobileNetV2", CLASSES, ("lymphocyte",)).model_copy(update=values)


def test_the_score_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1, 0.0, 0.0], [0.7, 0.1, 0.2, 0.0], [1.0, 0.0, 0.0, 0.0]])
    score = alert_score(probabilities, np.array([0.5, 0.0, 0.25]), (1,))
    np.testing.assert_allclose(score[:2], [np.log(0.1) + 2, np.log(0.1)])
    assert np.isfinite(score[2])
    two = alert_score(probabilities, np.zeros(3), (1, 2))
    np.testing.assert_allclose(two[:2], np.log([0.1, 0.3]))


@pytest.mark.parametrize(
    ("probabilities", "distance", "more", "decision", "reason"),
    [
        # ln 0.05 + 4 * 0.3 = -1.80 and + 4 * 0.2 = -2.20: over and under the score of -2.
        ((0.9, 0.05, 0.05, 0), 0.3, {}, Decision.REVIEW, "possible blast: myeloblast with"),
        ((0.9, 0.05, 0.05, 0), 0.2, {}, Decision.ACCEPT, ""),
        ((0.05, 0.05, 0.9, 0), 0.3, {}, Decision.REVIEW, "possible blast"),
        ((0.9999, 0.0001, 0, 0), 1.0, {}, Decision.ACCEPT, ""),
        ((0.99, 0.01, 0, 0), 1.0, {}, Decision.REVIEW, "probability 0.010, 1.00 times as far"),
        # Of the class itself, and what is not accepted anyway, keeps its decision and reason.
        ((0.05, 0.9, 0.05, 0), 0.9, {}, Decision.ACCEPT, ""),
        ((0.7, 0.3, 0, 0), 0.5, {}, Decision.REVIEW, "0.70 under 0.80"),
        ((0.1, 0.2, 0, 0.7), 0.5, {}, Decision.UNKNOWN, "outside the model's classes"),
        ((0.9, 0.1, 0, 0), 1.5, {}, Decision.UNKNOWN, "1.5 times as far"),
        ((0.9, 0.1, 0, 0), 0.9, {"grey": True}, Decision.UNKNOWN, "no colour"),
        ((0.9, 0.1, 0, 0), 0.9, {"cell": CellState.NONE}, Decision.REVIEW, "no cell was outlined"),
    ],
)
def test_what_would_be_accepted_under_another_label_goes_to_review(
    probabilities: tuple[float, ...],
    distance: float,
    more: dict[str, object],
    decision: Decision,
    reason: str,
) -> None:
    decided = POLICY.decide(np.array(probabilities), distance, **more)
    assert decided.decision is decision
    assert reason in decided.reason
    assert bool(decided.reason) == bool(reason)
    without = replace(POLICY, alert=None).decide(np.array(probabilities), distance, **more)
    assert (decided.label, decided.probability) == (without.label, without.probability)
    if not decided.reason.startswith("possible blast"):
        assert decided == without
    else:
        assert without.decision is Decision.ACCEPT


def test_a_cell_exactly_at_the_score_goes_to_review() -> None:
    probabilities = np.array([0.75, 0.25, 0.0, 0.0])
    score = float(alert_score(probabilities[None], [0.25], (1,))[0])
    policy = replace(POLICY, review_probability=0.5, alert=AlertRule((1,), score))
    assert policy.decide(probabilities, 0.25).decision is Decision.REVIEW


def test_several_alert_classes_count_together() -> None:
    """Neither class alone would reach the score; none of them is another label."""
    policy = replace(POLICY, alert=AlertRule((0, 1), np.log(0.15)))
    decided = policy.decide(np.array([0.08, 0.08, 0.84, 0.0]), 0.0)
    assert decided.decision is Decision.REVIEW
    assert "monocyte or myeloblast with probability 0.160" in decided.reason
    assert policy.decide(np.array([0.84, 0.08, 0.08, 0.0]), 0.0).decision is Decision.ACCEPT


@pytest.mark.parametrize(
    ("level", "source", "score"),
    [
        (AlertLevel.BALANCED, "", BALANCED),
        (AlertLevel.CAREFUL, "", CAREFUL),
        (AlertLevel.OFF, "", None),
        (AlertLevel.BALANCED, "South", BALANCED),
        (AlertLevel.BALANCED, "north ", None),
        (AlertLevel.CAREFUL, "NORTH", None),
    ],
)
def test_the_rule_is_for_sources_that_are_not_in_the_card(
    level: AlertLevel, source: str, score: float | None
) -> None:
    rule = AlertRule.of(card(), level, source)
    assert rule == (None if score is None else AlertRule((1,), score))


def test_a_card_without_role_or_score_has_no_rule() -> None:
    assert AlertRule.of(card(roles={}), AlertLevel.BALANCED, "") is None
    assert AlertRule.of(card(thresholds=Thresholds()), AlertLevel.BALANCED, "") is None
    assert Policy.of(card()).alert is None
