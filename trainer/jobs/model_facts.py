"""What a run must remember of its model, so that its results can be read without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from trainer.models.package.card import Card, Thresholds


class NamedOutputs(Protocol):
    """Whatever names the outputs of a model: a card, or the facts kept of one."""

    @property
    def classes(self) -> tuple[str, ...]:
        """What the model reports."""

    @property
    def other_classes(self) -> tuple[str, ...]:
        """What it recognises as outside of them."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """All of them, in order."""


@dataclass(frozen=True)
class ModelFacts:
    """The part of a card that results refer to.

    Attributes:
        sha256: of card.json, which names the hash of every other file of the package.
        calibrated_for: names of the sources in the card.
    """

    id: str
    sha256: str
    backbone: str
    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    thresholds: Thresholds
    calibrated_for: tuple[str, ...]

    @classmethod
    def of(cls, card: Card, sha256: str) -> ModelFacts:
        """The facts of a card."""
        return cls(
            card.id,
            sha256,
            card.backbone,
            card.classes,
            card.other_classes,
            card.thresholds,
            tuple(each.name for each in card.sources),
        )

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> ModelFacts:
        """What `to_json` returned, as read back."""
        return cls(
            kept["id"],
            kept["card_sha256"],
            kept["backbone"],
            tuple(kept["classes"]),
            tuple(kept["other_classes"]),
            Thresholds(**kept["thresholds"]),
            tuple(kept["calibrated_for"]),
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs of the network, in order."""
        return self.classes + self.other_classes

    def to_json(self) -> dict[str, Any]:
        """As in summary.json."""
        return {
            "id": self.id,
            "card_sha256": self.sha256,
            "backbone": self.backbone,
            "classes": list(self.classes),
            "other_classes": list(self.other_classes),
            "thresholds": self.thresholds.model_dump(),
            "calibrated_for": list(self.calibrated_for),
        }
