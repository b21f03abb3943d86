"""Records of the store: frozen, free of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from trainer.domain import CellId, Decision, ImageContent, LocatedCell, SourceProfile

UNKNOWN = "unknown"
EXCLUDED = "excluded"
CLEARED = ""


class RunState(StrEnum):
    """State of a run; every one but `FINISHED` can be resumed."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Origin(StrEnum):
    """What a verdict is based on."""

    REVIEW = "review"
    DECISION = "decision"
    PENDING = "pending"


@dataclass(frozen=True)
class Case:
    """A folder under review.

    Attributes:
        root: absolute.
        created: ISO 8601 in UTC.
        content: what its images hold.
    """

    id: int
    name: str
    root: Path
    profile: SourceProfile
    created: str
    content: ImageContent = ImageContent.AS_FOUND


def profile_of(values: Mapping[str, Any]) -> SourceProfile:
    """Return a source profile from the JSON values that it is stored as."""
    background = values["background"]
    return SourceProfile(**{**values, "background": tuple(background) if background else None})


def merge_measured(profile: SourceProfile, measured: SourceProfile | None) -> SourceProfile:
    """Return the stored profile with the measured scale; without one, none is known.

    A stated diameter stays: a measured one never takes its place.
    """
    if profile.stated_diameter is not None:
        return profile
    measured = measured or SourceProfile()
    return replace(measured, name=profile.name, scanner=profile.scanner, stain=profile.stain)


def clear_stated(profile: SourceProfile) -> SourceProfile:
    """Return the profile without the stated diameter."""
    return replace(profile, red_cell_diameter=None, origin="assumed", measured_cells=0)


@dataclass(frozen=True)
class Run:
    """One pass of one model over a case.

    Attributes:
        settings: whatever else decides the result, as given to `Runs.start`.
        images: how many images it was started on.
        started: ISO 8601 in UTC; so is `finished`, None while it never ended.
    """

    id: int
    case_id: int
    model: str
    model_sha256: str
    precision: str
    device: str
    settings: Mapping[str, object]
    software: str
    images: int
    state: RunState
    started: str
    finished: str | None


@dataclass(frozen=True)
class StoredFeatures:
    """The features of one prediction.

    Attributes:
        row: the prediction's number.
        image: relative to the case's root.
        pooled: float16, little-endian, K values.
        number: of the cell in its image.
    """

    row: int
    image: str
    pooled: bytes
    number: int = 0

    @property
    def cell_id(self) -> CellId:
        """Which cell of which image."""
        return CellId(self.image, self.number)


@dataclass(frozen=True)
class SearchedField:
    """An image that a run searched for cells, whether it found any or not.

    Attributes:
        image: relative to the case's root.
        sha256: of the file's bytes.
        cells: how many the run classified.
        width, height: in pixels of the original image.
        notes: peculiarities of the file, as of `Prediction`.
    """

    image: str
    sha256: str
    cells: int
    width: int
    height: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldSearch:
    """What one search for the cells of an image found.

    Attributes:
        image: relative to the case's root.
        sha256: of the bytes that were searched.
        cells: in order; `number` 0 for a cell that is not known yet.
        is_partial: whether only a part of the image was searched: then no known cell is lost.
    """

    image: str
    sha256: str
    cells: tuple[LocatedCell, ...]
    is_partial: bool = False


@dataclass(frozen=True)
class Review:
    """Review of one cell by a person.

    Attributes:
        seq: number of the action; all reviews of one action share it and are undone together.
        label: a class, `UNKNOWN`, `EXCLUDED`, or `CLEARED` (back to the decision).
        model: id of the model whose prediction was displayed; empty if none.
        precision: of that prediction.
        active: False while undone.
        number: of the cell in its image.
    """

    seq: int
    image: str
    sha256: str
    label: str
    reviewer: str
    note: str
    model: str
    precision: str
    software: str
    time: str
    number: int = 0
    active: bool = True


@dataclass(frozen=True)
class NewReview:
    """A review to be stored; `sha256` is of the bytes that the person reviewed."""

    image: str
    sha256: str
    label: str
    note: str = ""
    number: int = 0


@dataclass(frozen=True)
class Change:
    """What an action changed, so that every view can refresh.

    Attributes:
        kind: "review", "draw", "remove", "undo" or "redo".
        seq: number of the action.
        cells: that it changed.
    """

    kind: str
    seq: int
    cells: tuple[CellId, ...]

    @property
    def images(self) -> tuple[str, ...]:
        """The images of the cells, each once."""
        return tuple(dict.fromkeys(cell.image for cell in self.cells))


@dataclass(frozen=True)
class Verdict:
    """What counts for one cell: its latest review, else the accepted decision, else pending.

    Attributes:
        label: a class, `UNKNOWN` or `EXCLUDED`; empty while pending.
        origin: what the label is based on.
        decision: of the run; None where the run holds no prediction of the cell.
        predicted: label that the run gave, accepted or not.
        probability: of `predicted`, 0-1.
        changed: a review exists but was made on other bytes than the prediction, so it does
            not count.
        number: of the cell in its image.
    """

    image: str
    sha256: str
    label: str
    origin: Origin
    decision: Decision | None
    predicted: str = ""
    probability: float = 0.0
    reviewer: str = ""
    note: str = ""
    changed: bool = False
    number: int = 0
