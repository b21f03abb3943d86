"""The part of a card that holds a source, with the calibration that it may have of its own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from trainer.models.package.evidence import Metric
from trainer.models.package.thresholds import CardModel, Probability


class SourceCalibration(CardModel):
    """What holds on images of one source instead of what the card has for all.

    Attributes:
        temperature: of the softmax.
        review_probability: below it, the likeliest class goes to review.
        cells: how many held-out cells they were fitted on.
        accepted_precision: right among the accepted, each cell decided by a calibration fitted
            without it.
    """

    temperature: Annotated[float, Field(gt=0)]
    review_probability: Probability
    cells: Annotated[int, Field(ge=0)] = 0
    accepted_precision: Metric | None = None


class Source(CardModel):
    """A lab, scanner or stain that the training cells came from.

    Attributes:
        red_cell_diameter: median, in pixels of images of `image_width` pixels.
        calibration: of its own; None: that of the card.
    """

    name: str
    red_cell_diameter: Annotated[float, Field(gt=0)] | None = None
    image_width: Annotated[int, Field(gt=0)] | None = None
    cells: Annotated[int, Field(ge=0)] = 0
    note: str = ""
    calibration: SourceCalibration | None = None

    @model_serializer(mode="wrap")
    def _leave_out_unstated(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out a calibration that is not there: a card without it keeps its bytes."""
        values: dict[str, Any] = serialize(self)
        if values.get("calibration") is None:
            values.pop("calibration", None)
        return values
