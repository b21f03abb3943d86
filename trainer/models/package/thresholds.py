"""The part of a card by which a prediction is decided, and the base of all parts of a card."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from trainer.domain import AlertLevel

Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class CardModel(BaseModel):
    """Frozen, and strict about names: an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


ALERT_DISTANCE_WEIGHT = 4.0
"""Of the distance, in units of its limit, beside the logarithm of a probability."""


class AlertThreshold(CardModel):
    """From which score on a cell may be of an alert class.

    The score is ln p(alert classes) + `ALERT_DISTANCE_WEIGHT` * distance / `unknown_distance`.

    Attributes:
        score: the least such score.
        reviewed: share of the known validation cells that it takes from the accepted and sends
            to review, 0-1: what it costs.
    """

    score: Annotated[float, Field(allow_inf_nan=False)]
    reviewed: Probability


class AlertThresholds(CardModel):
    """The thresholds of the levels of the alert; `domain.AlertLevel.OFF` needs none."""

    careful: AlertThreshold
    balanced: AlertThreshold

    def of(self, level: AlertLevel) -> AlertThreshold | None:
        """Return the threshold of a level; None where it is off."""
        levels = {AlertLevel.CAREFUL: self.careful, AlertLevel.BALANCED: self.balanced}
        return levels.get(level)


class Thresholds(CardModel):
    """When a prediction is accepted; chosen on validation cells for `target`.

    Attributes:
        review_probability: below it, the likeliest class goes to review.
        unknown_probability: at or above it, the sum of the probabilities of all other
            classes makes the cell unknown. 1.0 where there are no other classes.
        unknown_distance: beyond it, the cell is too far from every training cell; in the
            units of `DistanceSpec`. None where no distance was calibrated.
        alert: from which score on a cell may be of a class with the role alert; None where
            there is no such class. Holds on sources that are not in the card.
        target: what they were chosen for, in words.
    """

    review_probability: Probability = 0.5
    unknown_probability: Probability = 0.5
    unknown_distance: Annotated[float, Field(gt=0)] | None = None
    alert: AlertThresholds | None = None
    target: str = ""

    @model_serializer(mode="wrap")
    def _leave_out_unstated(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out an alert that is not there: a card without it keeps its bytes."""
        values: dict[str, Any] = serialize(self)
        if values.get("alert") is None:
            values.pop("alert", None)
        return values


class DistanceSpec(CardModel):
    """How far a cell is from the training cells of `reference.npz`.

    Attributes:
        kind: "cosine_knn", the mean of 1 - cosine similarity to the `k` nearest
            reference cells; "none", no distance.
    """

    kind: Literal["cosine_knn", "none"] = "cosine_knn"
    k: Annotated[int, Field(ge=1)] = 5
