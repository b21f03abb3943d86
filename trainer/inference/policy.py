"""From a model's figures to a decision: accept, review or unknown, and why in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, Decision
from trainer.inference.alert import AlertRule
from trainer.models.package.card import Card


@dataclass(frozen=True)
class Policy:
    """The classes and thresholds by which a card decides.

    Attributes:
        classes: of the model.
        other_classes: kinds that it is trained to recognise as outside them.
        review_probability: under it, a person reviews the cell.
        unknown_probability: mass of the other classes from which on a cell is unknown.
        alert: when a cell that would be accepted may be of an alert class; None: never.
    """

    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    review_probability: float
    unknown_probability: float
    alert: AlertRule | None = None

    @classmethod
    def of(cls, card: Card) -> Policy:
        """Build the policy of a model from its card, for images of its own sources."""
        thresholds = card.thresholds
        return cls(
            card.classes,
            card.other_classes,
            thresholds.review_probability,
            thresholds.unknown_probability,
        )

    def decide(
        self,
        probabilities: NDArray[np.floating],
        distance: float,
        *,
        grey: bool = False,
        cell: CellState = CellState.FOUND,
    ) -> PolicyDecision:
        """Decide about one cell.

        Args:
            probabilities: (C,), over `classes` followed by `other_classes`.
            distance: in units of the threshold: over 1 is too far.
            grey: the image carries no colour, which the model needs.
            cell: how the segmentation fared.
        """
        known = len(self.classes)
        best = int(np.argmax(probabilities[:known]))
        outside = float(probabilities[known:].sum())
        probability = float(probabilities[best])
        label = self.classes[best]
        looks_like = ""
        if self.other_classes and outside > 0.5:
            looks_like = self.other_classes[int(np.argmax(probabilities[known:]))]
        if grey:
            return PolicyDecision(label, probability, Decision.UNKNOWN, "the image has no colour")
        if self.other_classes and outside >= self.unknown_probability:
            reason = f"outside the model's classes with probability {outside:.2f}"
            return PolicyDecision(label, probability, Decision.UNKNOWN, reason, looks_like)
        if distance > 1:
            reason = f"{distance:.1f} times as far from known cells as the limit"
            return PolicyDecision(label, probability, Decision.UNKNOWN, reason, looks_like)
        if probability < self.review_probability:
            reason = f"probability {probability:.2f} under {self.review_probability:.2f}"
            return PolicyDecision(label, probability, Decision.REVIEW, reason)
        if cell is CellState.NONE:
            reason = "no cell was outlined; the whole image was judged"
            return PolicyDecision(label, probability, Decision.REVIEW, reason)
        reason = self._describe_alert(probabilities, distance, best)
        decision = Decision.REVIEW if reason else Decision.ACCEPT
        return PolicyDecision(label, probability, decision, reason)

    def _describe_alert(
        self, probabilities: NDArray[np.floating], distance: float, best: int
    ) -> str:
        """Why a cell that is labelled otherwise may be of an alert class; empty for none."""
        if self.alert is None or best in self.alert.outputs:
            return ""
        return self.alert.describe(probabilities, distance, self.classes)


@dataclass(frozen=True)
class PolicyDecision:
    """A decision with its label, probability and reason."""

    label: str
    probability: float
    decision: Decision
    reason: str = ""
    looks_like: str = ""
