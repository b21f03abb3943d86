"""What an alert does on labelled cells: what it holds, what is lost all the same, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.inference.policy import Decisions


@dataclass(frozen=True)
class CellShare:
    """Some of a number of cells."""

    cells: int
    total: int

    @property
    def interval(self) -> Interval:
        """The share, 0-1, with its exact 95 % interval (Clopper and Pearson 1934)."""
        return clopper_pearson(self.cells, self.total)

    def to_json(self) -> dict[str, float | int | None]:
        """Plain values; a share of no cell is null."""
        found = self.interval
        value = found.value if self.total else None
        return {
            "cells": self.cells,
            "of": self.total,
            "value": value,
            "low": found.low,
            "high": found.high,
        }


@dataclass(frozen=True)
class AlertEffect:
    """What became of labelled cells under an alert.

    Attributes:
        held: how many were held as "possible blast"; `found` of these are of an alert class.
        lost: cells of the alert classes that were accepted under another label.
        looked_at: cells of the model's classes that were not accepted.
    """

    held: int
    found: int
    lost: CellShare
    looked_at: CellShare

    def to_json(self) -> dict[str, object]:
        """Plain values, for metrics.json."""
        return {
            "held": self.held,
            "held_of_alert_classes": self.found,
            "lost": self.lost.to_json(),
            "to_look_at": self.looked_at.to_json(),
        }


def measure_alert_effect(
    scored: ScoredCells, decisions: Decisions, alert_outputs: Sequence[int], known: int
) -> AlertEffect:
    """Measure the effect of the alert behind some decisions.

    Args:
        alert_outputs: indices of the alert classes among the outputs.
        known: number of classes; the outputs after them are other classes.
    """
    alerting = np.isin(scored.labels, alert_outputs)
    inside = (scored.labels >= 0) & (scored.labels < known)
    called_so = np.isin(scored.probabilities[:, :known].argmax(axis=1), alert_outputs)
    return AlertEffect(
        int(decisions.held.sum()),
        int((decisions.held & alerting).sum()),
        _count(decisions.accepted & ~called_so, alerting),
        _count(~decisions.accepted, inside),
    )


def _count(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> CellShare:
    return CellShare(int((hits & among).sum()), int(among.sum()))
