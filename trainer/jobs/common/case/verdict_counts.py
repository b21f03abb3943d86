"""Counts of verdicts beside those of decisions: what persons reviewed, and what is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainer.cases.records import EXCLUDED, UNKNOWN, Review
from trainer.cases.review_classes import DifferentialPlace
from trainer.domain import CellId, Decision, Prediction
from trainer.evaluation.differential import AT_EDGE, compute_differential
from trainer.evaluation.differential_range import OPEN, DifferentialRange, compute_range
from trainer.evaluation.intervals import clopper_pearson


@dataclass
class VerdictCounts:
    """Counts of one pass over the predictions of a case.

    Attributes:
        reviews: the latest review of each cell that has one.
        places: where a review class that is none of the model's is in the differential.
        verdicts: number of cells by class, "review", "unknown", "failed", "excluded", "at_edge":
            as reviewed, else as decided. What a person calls unknown is of no class and open no
            more, so it is counted as excluded.
        reviewed: the same of the reviewed cells alone, with "unknown" as persons call them.
        excluded_as: number of reviewed cells by a class that is in no percentage.
        possible_blasts: how many of the open cells are that.
        accepted, right: reviewed cells that the model accepted, and accepted as the same class.
        cells: all cells.
    """

    reviews: Mapping[CellId, Review]
    count_edge_cells: bool = False
    places: Mapping[str, DifferentialPlace] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    reviewed: Counter[str] = field(default_factory=Counter)
    excluded_as: Counter[str] = field(default_factory=Counter)
    possible_blasts: int = 0
    accepted: int = 0
    right: int = 0
    cells: int = 0

    def add(self, prediction: Prediction, classes: Collection[str]) -> None:
        """Count one cell."""
        failed = prediction.decision is Decision.FAILED
        self.cells += not failed
        if prediction.at_edge and not self.count_edge_cells:
            self.verdicts[AT_EDGE] += 1
            return
        review = self.reviews.get(prediction.cell_id)
        # A review of other bytes is none of this cell.
        if review is None or failed or (review.sha256 and review.sha256 != prediction.sha256):
            self._add_decision(prediction)
            return
        counted = self._counted_as(review.label, classes)
        self.verdicts[EXCLUDED if counted == UNKNOWN else counted] += 1
        self.reviewed[counted] += 1
        if counted in (EXCLUDED, UNKNOWN):
            self.excluded_as[review.label] += 1
        if prediction.decision is Decision.ACCEPT and review.label != EXCLUDED:
            self.accepted += 1
            self.right += review.label == prediction.label

    def _counted_as(self, label: str, classes: Collection[str]) -> str:
        """The class of a review; "excluded" or "unknown" where it is in no percentage."""
        if label in classes or label == EXCLUDED:
            return label
        place = self.places.get(label)
        if place is DifferentialPlace.EXCLUDED:
            return EXCLUDED
        return UNKNOWN if place is None else label

    def _add_decision(self, prediction: Prediction) -> None:
        accepted = prediction.decision is Decision.ACCEPT
        self.verdicts[prediction.label if accepted else prediction.decision.value] += 1
        self.possible_blasts += prediction.is_possible_blast

    def to_json(
        self, classes: Sequence[str], beside_white: Collection[str], limits: Mapping[str, float]
    ) -> dict[str, Any]:
        """Return what the differential of summary.json holds of them.

        Args:
            classes, beside_white, limits: as of `compute_differential`.

        Returns:
            `open`, numbers of open cells; `range`, what they leave to each share; and only where
            cells were reviewed `reviewed`, the differential of those, and `after_review`, that of
            all cells as reviewed, else as accepted. Review classes follow those of the model.
        """
        listed, beside = self._list_classes(classes, beside_white)
        found = compute_range(self.verdicts, classes=listed, beside_white=beside)
        values = {"open": self._open_to_json(), "range": _range_to_json(found)}
        if not self.reviewed:
            return values
        reviewed = compute_differential(
            self.reviewed, classes=listed, beside_white=beside, limits=limits
        )
        # Whether a limit is reached is said once, of all that is known (`decide_limits`).
        after = compute_differential(self.verdicts, classes=listed, beside_white=beside)
        return {
            **values,
            "reviewed": {
                **reviewed.to_json(),
                "of": "reviewed cells",
                "all_cells": self.cells,
                "reviewed_cells": sum(self.reviewed.values()),
                "accepted": self._accepted_to_json(),
                "excluded_as": dict(sorted(self.excluded_as.items())),
            },
            "after_review": {**after.to_json(), "of": "cells as reviewed, else as accepted"},
        }

    def _list_classes(
        self, classes: Sequence[str], beside_white: Collection[str]
    ) -> tuple[list[str], list[str]]:
        """The model's classes and the review classes that occur; and those beside the white."""
        added = [name for name in self.places if name in self.reviewed and name not in classes]
        beside = [name for name in added if self.places[name] is DifferentialPlace.BESIDE]
        return [*classes, *added], [*beside_white, *beside]

    def _open_to_json(self) -> dict[str, int]:
        counts = {name: self.verdicts[name] for name in OPEN}
        return {**counts, "possible_blasts": self.possible_blasts}

    def _accepted_to_json(self) -> dict[str, object]:
        share = clopper_pearson(self.right, self.accepted)
        return {
            "cells": self.accepted,
            "right": self.right,
            "value": 100 * share.value if self.accepted else None,
            "low": 100 * share.low,
            "high": 100 * share.high,
        }


def _range_to_json(found: DifferentialRange) -> dict[str, object]:
    return {
        "percent": {name: each.to_json() for name, each in found.percent.items()},
        "per_100_white_cells": {name: each.to_json() for name, each in found.per_100_white.items()},
    }
