"""The part of a card that holds what was measured of a model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trainer.models.package.thresholds import CardModel

CellCount = Annotated[int, Field(ge=0)]


class Metric(CardModel):
    """A figure with its 95 % interval and the number of cells behind it."""

    value: float
    low: float | None = None
    high: float | None = None
    n: CellCount | None = None


class ExternalMeasurement(CardModel):
    """What was measured on a source that the model was neither trained nor calibrated on.

    Attributes:
        text: one sentence for people: which source, which cells, what was found.
        metrics: name -> figure.
    """

    text: Annotated[str, Field(min_length=1)]
    metrics: dict[str, Metric] = Field(default_factory=dict)


class ConfusionRow(CardModel):
    """What became of the test cells of one class.

    Attributes:
        accepted: label that they were accepted as -> number of cells.
        not_accepted: how many were put to review or called unknown.
    """

    accepted: dict[str, CellCount] = Field(default_factory=dict)
    not_accepted: CellCount = 0
