"""The part of a card that holds what was measured of a model."""

from __future__ import annotations

from typing import Annotated, Any

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


class LeftOutRow(CardModel):
    """What models made without a source, or without one class of it, find on its cells.

    Attributes:
        source, label: what was left out; an empty label stands for all of the source.
        cells: of the model's classes among it.
        seeds: trainings behind the figures, which are their means.
        found: balanced accuracy of a source, sensitivity of a class.
        wrong: share that is wrong among what is accepted; None: nothing was accepted.
        alert_lost: share of cells of alert classes that are accepted under another label, with
            the alert; None: there are none.
    """

    source: str
    label: str = ""
    cells: CellCount
    seeds: Annotated[int, Field(ge=1)] = 1
    found: float
    wrong: float | None = None
    alert_lost: float | None = None

    @property
    def name(self) -> str:
        """SOURCE or SOURCE:CLASS."""
        return f"{self.source}:{self.label}" if self.label else self.source


class LeftOutTable(CardModel):
    """What was found on the sources and pairs that trainings by this recipe were made without.

    Attributes:
        worst: the row with the least `found`: the figure that counts.
        rows: all of them.
        recipe: that of the trainings.
    """

    worst: LeftOutRow
    rows: tuple[LeftOutRow, ...]
    recipe: dict[str, Any] = Field(default_factory=dict)


class ConfusionRow(CardModel):
    """What became of the test cells of one class.

    Attributes:
        accepted: label that they were accepted as -> number of cells.
        not_accepted: how many were put to review or called unknown.
    """

    accepted: dict[str, CellCount] = Field(default_factory=dict)
    not_accepted: CellCount = 0
