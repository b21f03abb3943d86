"""The requests of adapting a model to a lab: by which cells, and which cells to label first."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trainer.protocol.records import LabelledDataRequest, Names, ProtocolRecord


class AdaptRequest(LabelledDataRequest):
    """Adapt a model to a lab by corrected cells: its head moves, and is held to what it was.

    Attributes:
        data: a case's folder, whose reviewed cells are taken; or labelled data as for
            `TrainRequest`, of which all but test cells are.
        from_model: id or folder of the model; empty for the default model. Of one that was
            adapted before, its cells are taken as well.
        out: folder for the package; None: the user's models.
        new_classes: labels that the model does not have, or has outside of its classes, and
            that become classes.
        leave_out: labels whose cells are not learned from.
        curve: also measure how the model grows better with more of the cells.
        source: lab or scanner of cells whose data do not name it.
        reviewer: who labelled data that are no case; empty: the name of `data`.
        name: id of the new package; empty: made from the model's and the time.
        command: the command line of the request, for the card.
    """

    job: Literal["adapt"] = "adapt"
    data: str
    from_model: str = ""
    out: str | None = None
    new_classes: Names = ()
    leave_out: Names = ()
    curve: bool = False
    source: str = Field(default="", max_length=200)
    reviewer: str = Field(default="", max_length=200)
    name: str = ""
    command: str = ""
    data_dir: str | None = None


class SuggestRequest(ProtocolRecord):
    """Name the cells of a case to label first, for an adaptation.

    Attributes:
        folder: the case's folder.
        count: how many cells.
        run: number of one of its runs; None: all that count together with the newest.
    """

    job: Literal["suggest"] = "suggest"
    folder: str
    count: int = Field(default=25, gt=0, le=1000)
    run: int | None = Field(default=None, ge=1)
    data_dir: str | None = None


class ChangesRequest(ProtocolRecord):
    """Name the cells of a case that another model would decide otherwise; changes nothing.

    Attributes:
        folder: the case's folder.
        model: id or folder of a model with the same network below its head, such as an adapted
            one; empty for the default model.
        run: number of one of its runs; None: all that count together with the newest.
        count: most cells to name.
    """

    job: Literal["changes"] = "changes"
    folder: str
    model: str = ""
    run: int | None = Field(default=None, ge=1)
    count: int = Field(default=500, gt=0, le=100_000)
    data_dir: str | None = None
