"""The requests on one cell of a case that was classified."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trainer.protocol.records import ProtocolRecord


class SimilarRequest(ProtocolRecord):
    """Find the cells most like one: training cells of its model, and others of its case.

    Attributes:
        folder: the case's folder.
        image: name below it, with forward slashes, or a path into it.
        cell: letters of one of its cells, where it is a field: "B".
        run: number of one of its runs; None: the newest that holds the image.
        count: how many of each kind.
    """

    job: Literal["similar"] = "similar"
    folder: str
    image: str
    cell: str = Field(default="", pattern="^[A-Za-z]{0,6}$")
    run: int | None = Field(default=None, ge=1)
    count: int = Field(default=6, gt=0, le=100)
    data_dir: str | None = None


class AblateRequest(ProtocolRecord):
    """Measure what the prediction of a cell loses when parts of the cell are taken away.

    Attributes:
        folder, image, cell, run: as of `SimilarRequest`.
    """

    job: Literal["ablate"] = "ablate"
    folder: str
    image: str
    cell: str = Field(default="", pattern="^[A-Za-z]{0,6}$")
    run: int | None = Field(default=None, ge=1)
    data_dir: str | None = None


class HeatRequest(ProtocolRecord):
    """Measure where the heat of the maps of two classes, and of their difference, lies in a cell.

    Attributes:
        folder, image, cell, run: as of `SimilarRequest`.
        class_name: a class or an other class of the model; None: that of the prediction.
        against: another one; None: the likeliest besides.
    """

    job: Literal["heat"] = "heat"
    folder: str
    image: str
    cell: str = Field(default="", pattern="^[A-Za-z]{0,6}$")
    run: int | None = Field(default=None, ge=1)
    class_name: str | None = None
    against: str | None = None
    data_dir: str | None = None
