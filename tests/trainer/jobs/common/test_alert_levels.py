"""Each level of the alert on the same cells, by source; as the policy decides cell by cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.trainer.inference.test_alert import CLASSES, card
from trainer.domain import POSSIBLE_BLAST, AlertLevel, Decision
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.inference.alert import AlertRule
from trainer.inference.policy import Policy
from trainer.jobs.common.alert_levels import measure_alert_levels
from trainer.models.package.thresholds import Thresholds

SOURCES = ("North", "south", "")
PER_SOURCE = 80


def scored_cells() -> tuple[ScoredCells, list[str]]:
    """Cells of three sources, the first of which is in the card."""
    rng = np.random.default_rng(3)
    count = PER_SOURCE * len(SOURCES)
    probabilities = rng.dirichlet((0.4, 0.15, 0.4, 0.05), count)
    labels = rng.integers(-1, len(CLASSES), count)
    return ScoredCells(labels, probabilities, rng.random(count)), [*SOURCES] * PER_SOURCE


def test_levels_are_those_of_the_policy() -> None:
    scored, sources = scored_cells()
    plain = Policy.of(card())
    accepted = scored.decide(plain.thresholds, len(CLASSES)).accepted
    found = measure_alert_levels(card(), scored, accepted, sources, level=AlertLevel.CAREFUL)
    assert found is not None
    assert found.strange_sources == ("", "south")
    for level, effect in found.effects["all"].items():
        decided = [
            replace(plain, alert=AlertRule.of(card(), level, source)).decide(p, float(d))
            for p, d, source in zip(scored.probabilities, scored.distance, sources, strict=True)
        ]
        held = [each.reason.startswith(POSSIBLE_BLAST) for each in decided]
        lost = [
            each.decision is Decision.ACCEPT and each.label != "myeloblast" and label == 1
            for each, label in zip(decided, scored.labels, strict=True)
        ]
        assert effect.held == sum(held)
        assert effect.found == int((np.array(held) & (scored.labels == 1)).sum())
        assert effect.lost.cells == sum(lost)
        assert effect.lost.total == int((scored.labels == 1).sum())
    levels = found.effects["all"]
    held = [levels[each].held for each in (AlertLevel.OFF, AlertLevel.BALANCED, AlertLevel.CAREFUL)]
    assert held == sorted(held)
    assert held[0] == 0 < held[1]
    assert list(found.effects["source: North"]) == [AlertLevel.OFF]
    assert len(found.effects["source: not said"]) == len(found.effects["source: south"]) == 3
    assert found.chosen_effect is levels[AlertLevel.CAREFUL]
    assert "cells held as possible blasts (alert careful)." in found.describe()
    rows = found.to_table().rows
    assert [row[:2] for row in rows if row[0] == "all"] == [
        ("all", "off"),
        ("all", "balanced"),
        ("all", "careful, chosen"),
    ]


def test_a_card_without_an_alert() -> None:
    scored, sources = scored_cells()
    accepted = np.ones(len(sources), dtype=bool)

    def measure(**more: object) -> object:
        return measure_alert_levels(
            card(roles={}), scored, accepted, sources, level=AlertLevel.BALANCED, **more
        )

    assert measure() is None
    assert measure(classes=("plasma_cell",)) is None
    found = measure(classes=("myeloblast",))
    assert found is not None
    assert list(found.effects["all"]) == [AlertLevel.OFF]
    assert found.describe().startswith("myeloblast accepted under another label: ")


def test_sources_of_the_card_alone() -> None:
    scored, _ = scored_cells()
    accepted = np.ones(len(scored.labels), dtype=bool)
    found = measure_alert_levels(
        card(), scored, accepted, ["north"] * len(accepted), level=AlertLevel.BALANCED
    )
    assert found is not None
    assert found.strange_sources == ()
    assert "does not apply" in found.describe_sources()
    assert found.chosen_effect.held == 0
    assert found.to_json()["applies_to_sources"] == []
    # The role without scores is a card from before there were any.
    old = card(thresholds=Thresholds(review_probability=0.8, unknown_probability=0.6))
    found = measure_alert_levels(old, scored, accepted, [""] * len(accepted), level=AlertLevel.OFF)
    assert found is not None
    assert list(found.effects["all"]) == [AlertLevel.OFF]
