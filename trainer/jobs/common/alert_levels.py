"""Each level of the alert on the same labelled cells: for the reports of `evaluate` and `compare`.

The figures are known after one pass, so that a report shows what every level would have done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cases.review_classes import name_in_sentence
from trainer.domain import AlertLevel, ClassRole, is_calibrated_for
from trainer.evaluation.alert_effect import AlertEffect, CellShare, measure_alert_effect
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.inference.alert import AlertRule
from trainer.inference.policy import Decisions
from trainer.jobs.common.labelled.scored_cells import MIN_GROUP_CELLS
from trainer.jobs.common.report.html import Table
from trainer.jobs.common.report.number_text import format_estimate
from trainer.models.package.card import Card

ALL_CELLS = "all"
LEVELS = (AlertLevel.OFF, AlertLevel.BALANCED, AlertLevel.CAREFUL)
TABLE_HEAD = (
    "held as possible blast",
    "of an alert class",
    "alert class lost",
    "known cells to look at",
)


@dataclass(frozen=True, eq=False)
class AlertLevels:
    """What each level of a model's alert does on labelled cells.

    Attributes:
        level: at which the cells were decided.
        classes: with the role alert.
        strange_sources: those that are not in the card, to which the alert applies.
        effects: set -> level -> effect; sets are "all" and "source: ...". Without cells of a
            strange source, or without an alert in the card, "off" is the only level.
    """

    level: AlertLevel
    classes: tuple[str, ...]
    strange_sources: tuple[str, ...]
    effects: Mapping[str, Mapping[AlertLevel, AlertEffect]]

    def to_json(self) -> dict[str, object]:
        """Plain values, for metrics.json and comparison.json."""
        return {
            "level": self.level.value,
            "classes": list(self.classes),
            "applies_to_sources": list(self.strange_sources),
            "effects": {
                name: {level.value: effect.to_json() for level, effect in levels.items()}
                for name, levels in self.effects.items()
            },
        }

    @property
    def chosen_effect(self) -> AlertEffect:
        """Of the level at which the cells were decided, on all of them."""
        levels = self.effects[ALL_CELLS]
        return levels.get(self.level, levels[AlertLevel.OFF])

    def table_rows(self, name: str) -> Iterator[tuple[str, ...]]:
        """Rows for `TABLE_HEAD` of a set, each headed by its level."""
        for level, effect in self.effects[name].items():
            chosen = level is self.level and len(self.effects[name]) > 1
            yield (
                f"{level.value}, chosen" if chosen else level.value,
                str(effect.held),
                str(effect.found),
                format_cell_share(effect.lost),
                format_cell_share(effect.looked_at),
            )

    def to_table(self) -> Table:
        """Format a line a set and level."""
        rows = [(name, *row) for name in self.effects for row in self.table_rows(name)]
        return Table(("where", "alert", *TABLE_HEAD), rows, numbers=range(2, 6))

    def describe_sources(self) -> str:
        """Say where the alert applies, in a sentence."""
        if not self.strange_sources:
            return "All cells are of sources in the card, to which the alert does not apply."
        names = ", ".join(name or "those not named" for name in self.strange_sources)
        return f"The alert applies to sources that are not in the card: {names}."

    def describe(self) -> str:
        """Describe the chosen level in a sentence."""
        names, effect = " or ".join(map(name_in_sentence, self.classes)), self.chosen_effect
        lost = f"{names} accepted under another label: {format_cell_share(effect.lost)}"
        if not self.strange_sources or self.level is AlertLevel.OFF:
            return f"{lost}."
        return f"{lost}; {effect.held} cells held as possible blasts (alert {self.level.value})."


def format_cell_share(share: CellShare) -> str:
    """Format "3 of 99, 0.030 (0.006-0.086)"; "-" of no cell."""
    if not share.total:
        return "-"
    found = share.interval
    return f"{share.cells} of {share.total}, {format_estimate(found.value, found.low, found.high)}"


def measure_alert_levels(
    card: Card,
    scored: ScoredCells,
    accepted: NDArray[np.bool_],
    sources: Sequence[str],
    *,
    level: AlertLevel,
    classes: Sequence[str] = (),
) -> AlertLevels | None:
    """Measure every level on the same cells; None where no class has the role alert.

    Args:
        scored: outputs in the order of the card.
        accepted: bool (N,), cells that are accepted where the alert is off.
        sources: (N,), of the cells; empty where a source is not named.
        level: at which they were decided.
        classes: with the role alert where the card states none.
    """
    found = card.classes_with_role(ClassRole.ALERT) or tuple(
        name for name in card.classes if name in classes
    )
    if not found:
        return None
    outputs, known = [card.outputs.index(name) for name in found], len(card.classes)
    rules = {name: _rules(card, name) for name in sorted(set(sources))}
    names = np.array(list(sources), dtype=np.str_)
    effects = {}
    for name, rows in _sets(names):
        here = sorted(set(names[rows].tolist()))
        applied = [each for each in LEVELS if any(each in rules[source] for source in here)]
        effects[name] = {
            each: measure_alert_effect(
                scored.part(rows),
                _decide(scored, accepted, names, rules, each, known).part(rows),
                outputs,
                known,
            )
            for each in (AlertLevel.OFF, *applied)
        }
    known_sources = [each.name for each in card.sources]
    strange = tuple(name for name in rules if not is_calibrated_for(name, known_sources))
    return AlertLevels(level, found, strange, effects)


def _rules(card: Card, source: str) -> dict[AlertLevel, AlertRule]:
    rules = {level: AlertRule.of(card, level, source) for level in LEVELS}
    return {level: rule for level, rule in rules.items() if rule is not None}


def _sets(sources: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """All cells and, where there are several sources, those of each, by name."""
    yield ALL_CELLS, np.ones(len(sources), dtype=bool)
    several = np.unique(sources)
    for name in several.tolist() if len(several) > 1 else ():
        if (rows := sources == name).sum() >= MIN_GROUP_CELLS:
            yield f"source: {name or 'not said'}", rows


def _decide(
    scored: ScoredCells,
    accepted: NDArray[np.bool_],
    sources: NDArray[np.str_],
    rules: Mapping[str, Mapping[AlertLevel, AlertRule]],
    level: AlertLevel,
    known: int,
) -> Decisions:
    """Decide at a level what the thresholds accept; what they call unknown is not of use here."""
    held = np.zeros_like(accepted)
    for source, of_level in rules.items():
        if (rule := of_level.get(level)) is not None:
            applies = rule.applies(scored.probabilities, scored.distance, known)
            held |= accepted & applies & (sources == source)
    return Decisions(accepted & ~held, np.zeros_like(accepted), held)
