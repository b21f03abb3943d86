"""The records that every room uses: frozen, plain, free of any framework.

Positions and lengths are in pixels of the *original* image (after EXIF orientation), with the
origin at its top left corner, unless a field says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


def printable(text: str) -> str:
    """Escape halves of characters, which names of files can hold on Linux; returns the text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Decision(StrEnum):
    """What the policy makes of a prediction."""

    ACCEPT = "accept"
    REVIEW = "review"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Precision(StrEnum):
    """The arithmetic a prediction was made with."""

    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    INT8 = "int8"


class ClassRole(StrEnum):
    """What a class is to the program beside its name; a further role is a further member.

    Attributes:
        WHITE: a white cell, within the 100 % of the differential.
        BESIDE_WHITE: given per 100 white cells, outside the 100 %.
        ALERT: a white cell that must not be missed, such as a blast; within the 100 %.
    """

    WHITE = "white"
    BESIDE_WHITE = "beside_white"
    ALERT = "alert"


class AlertLevel(StrEnum):
    """How readily a cell that resembles an alert class goes to review.

    Attributes:
        CAREFUL: more readily than balanced, for more cells to look at.
        BALANCED: from the score that few known cells of other classes reach.
        OFF: never.
    """

    CAREFUL = "careful"
    BALANCED = "balanced"
    OFF = "off"


POSSIBLE_BLAST = "possible blast"
"""How the reason of a cell begins that is under review because it resembles an alert class."""


class CellState(StrEnum):
    """How sure the segmentation is of the boundary of the cell."""

    FOUND = "found"
    DOUBTFUL = "doubtful"
    NONE = "none"


class CellOrigin(StrEnum):
    """How a cell of an image came about.

    Attributes:
        ALONE: the only cell of its image, which shows one cell in its middle.
        FOUND: found in a field by the program.
        DRAWN: marked in a field by a person.
    """

    ALONE = "alone"
    FOUND = "found"
    DRAWN = "drawn"


class ImageContent(StrEnum):
    """What the images of a case hold.

    Attributes:
        AS_FOUND: decided image by image, from the scale and what is in it.
        SINGLE: one cell each, in the middle.
        FIELDS: any number of cells.
    """

    AS_FOUND = "as_found"
    SINGLE = "single"
    FIELDS = "fields"


@dataclass(frozen=True)
class Box:
    """A rectangle of an image: left, top, width and height in pixels."""

    x: float
    y: float
    width: float
    height: float

    def scaled(self, factor: float) -> Box:
        """The same rectangle in an image whose sides are `factor` times as long."""
        return Box(*(factor * side for side in (self.x, self.y, self.width, self.height)))

    def iou(self, other: Box) -> float:
        """Intersection over union with another rectangle, 0-1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        shared = max(width, 0.0) * max(height, 0.0)
        union = self.width * self.height + other.width * other.height - shared
        return shared / union if union > 0 else 0.0

    def is_cut(self, width: float, height: float) -> bool:
        """Whether the edge of an image of that size cuts it, or is less than a pixel away."""
        right, bottom = width - self.x - self.width, height - self.y - self.height
        return min(self.x, self.y, right, bottom) < 1


SAME_CELL_IOU = 0.5
"""Two boxes that share so much of their union are of one cell."""


@dataclass(frozen=True, order=True)
class CellId:
    """Which cell of which image.

    Attributes:
        image: path relative to the case's root, with forward slashes.
        number: 0 for the only cell of its image; the cells of a field have 1, 2, ...,
            which stay theirs when the field is searched again.
    """

    image: str
    number: int = 0

    @classmethod
    def of_letters(cls, image: str, letters: str) -> CellId:
        """The cell of an image that has these letters, of either case; empty for the only one.

        Raises:
            ValueError: they are no letters from A to Z.
        """
        number = 0
        for letter in letters.upper():
            if not "A" <= letter <= "Z":
                raise ValueError(f"Invalid letters. Expected A to Z. Received {letters!r}")
            number = 26 * number + ord(letter) - ord("A") + 1
        return cls(image, number)

    @property
    def letters(self) -> str:
        """The number as a column of a spreadsheet: A, B, ..., Z, AA; empty for 0."""
        letters, rest = "", self.number
        while rest > 0:
            rest, last = divmod(rest - 1, 26)
            letters = chr(ord("A") + last) + letters
        return letters


@dataclass(frozen=True)
class LocatedCell:
    """A cell and where it lies in its image, in pixels of the original.

    Attributes:
        id: which cell.
        box: the smallest rectangle around it.
        outline: its boundary, a polygon of (x, y); empty where none was traced.
        origin: how it came about.
        at_edge: whether the edge of the image cuts it.
    """

    id: CellId
    box: Box
    outline: tuple[tuple[float, float], ...] = ()
    origin: CellOrigin = CellOrigin.FOUND
    at_edge: bool = False


@dataclass(frozen=True)
class KnownCells:
    """The cells of a field that a new search heeds, because a person touched them.

    Attributes:
        sha256: of the bytes that they lie in; in other bytes they mean nothing.
        kept: drawn and reviewed ones: they are classified whether they are found or not.
        removed: what is found in their place is no cell.
    """

    sha256: str
    kept: tuple[LocatedCell, ...] = ()
    removed: tuple[LocatedCell, ...] = ()


@dataclass(frozen=True)
class Progress:
    """Progress of long work; `total` is None while it is not known."""

    stage: str
    done: int
    total: int | None = None
    per_second: float | None = None


@dataclass(frozen=True)
class ExecutionInfo:
    """What something is computed on.

    Attributes:
        device: "CPU", or a GPU's name.
        precision: of the arithmetic: "f32", ...
        reason: why these, as text without a full stop; empty where it is not known.
    """

    device: str
    precision: str
    reason: str = ""


RESEARCH_USE = "For research use only; not a medical device."
"""Stands in every report and every model card."""

RED_CELL_MICROMETRES = 7.5
"""Mean diameter of a red cell on a dried smear: the ruler of the source profile."""

FROM_PIXEL_SIZE = "pixel size"
"""Origin of a diameter that follows from the size of a pixel."""


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def no_progress(_: Progress) -> None:
    """An `OnProgress` for callers that show no progress."""


def never_stop() -> bool:
    """A `ShouldStop` for callers that do not cancel."""
    return False


@dataclass(frozen=True)
class Window:
    """A square of an image: left, top and side in pixels; may reach outside the image."""

    x: float
    y: float
    side: float

    def scaled(self, factor: float) -> Window:
        """The same square in an image whose sides are `factor` times as long."""
        return Window(self.x * factor, self.y * factor, self.side * factor)

    def part(self, start: float, length: float) -> Window:
        """The square from `start` on, `length` wide, both as shares of this one's side."""
        step = start * self.side
        return Window(self.x + step, self.y + step, length * self.side)


@dataclass(frozen=True)
class SourceProfile:
    """What is known of one lab's images; one for a case, never one for an image.

    Attributes:
        red_cell_diameter: median diameter of an isolated red cell, in pixels of the
            original images; None where nothing was measured or entered.
        origin: "measured", "entered", "pixel size" or "assumed".
        measured_cells: number of red cells behind a measured diameter.
        background: RGB of the empty slide, 0-255.
    """

    name: str = ""
    red_cell_diameter: float | None = None
    origin: str = "assumed"
    measured_cells: int = 0
    background: tuple[float, float, float] | None = None
    scanner: str = ""
    stain: str = ""

    @property
    def stated_diameter(self) -> float | None:
        """The red-cell diameter that a person gave; None where it is to be measured."""
        return self.red_cell_diameter if self.origin in ("entered", FROM_PIXEL_SIZE) else None


def is_calibrated_for(source: str, sources: Iterable[str]) -> bool:
    """Whether a model whose card names these sources is calibrated for this one."""
    return source.strip().casefold() in {each.strip().casefold() for each in sources}


@dataclass(frozen=True)
class Prediction:
    """What a model predicts of one cell, and what the policy makes of it.

    Attributes:
        image: path relative to the case's root, with forward slashes.
        sha256: of the file's bytes; empty where the file could not be read.
        label: the likeliest of the model's `classes`; empty where failed.
        probability: of `label`, 0-1.
        probabilities: softmax over `classes` followed by `other_classes`, in card order.
        decision: what the policy makes of it.
        distance: to the training cells, in units of the card's unknown threshold
            (1.0 is the threshold); None where failed.
        reason: why it was not accepted, as text; empty where accepted.
        looks_like: name of the other class it resembles; empty if none.
        cell: how sure the segmentation is of the cell.
        window: the square that the heat maps cover.
        plane: index of the focal plane that was classified.
        heat: float16 bytes of what each place contributes to every output, (C, h, w), signed,
            in units of logits; of older versions Grad-CAM, each 0-1; empty where failed.
        heat_shape: (C, h, w).
        error: why it failed, as text; empty otherwise.
        notes: peculiarities of the file ("16-bit, scaled by 1/257").
        number: of the cell in its image, as of `CellId`.
        box: the smallest rectangle around the cell; None where no cell was outlined.
        outline: its boundary, a polygon of (x, y); empty where none was traced.
        origin: how the cell came about.
        at_edge: whether the edge of a field cuts it.
    """

    image: str
    sha256: str
    decision: Decision
    model: str
    precision: Precision
    label: str = ""
    probability: float = 0.0
    probabilities: tuple[float, ...] = ()
    distance: float | None = None
    reason: str = ""
    looks_like: str = ""
    cell: CellState = CellState.NONE
    window: Window | None = None
    plane: int = 0
    heat: bytes = b""
    heat_shape: tuple[int, int, int] = (0, 0, 0)
    error: str = ""
    notes: tuple[str, ...] = ()
    number: int = 0
    box: Box | None = None
    outline: tuple[tuple[float, float], ...] = ()
    origin: CellOrigin = CellOrigin.ALONE
    at_edge: bool = False

    @property
    def cell_id(self) -> CellId:
        """Which cell of which image."""
        return CellId(self.image, self.number)

    @property
    def located(self) -> LocatedCell | None:
        """The cell and where it lies; None where no cell was outlined."""
        if self.box is None:
            return None
        return LocatedCell(self.cell_id, self.box, self.outline, self.origin, self.at_edge)

    @property
    def is_possible_blast(self) -> bool:
        """Whether it is under review because it resembles an alert class."""
        return self.decision is Decision.REVIEW and self.reason.startswith(POSSIBLE_BLAST)


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % confidence interval."""

    value: float
    low: float
    high: float
