"""Reads one cell's image and outlines it, on a thread; the newest request wins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from leukogui.language.worker_messages import translate_message
from leukogui.threads.latest_requests import LatestRequests
from leukogui.thumbnails.key import surroundings
from trainer.domain import Box
from trainer.errors import ImageError

if TYPE_CHECKING:
    from trainer.imaging import Image
    from trainer.imaging.slides.slide import Slide

SIDE = 512


@dataclass(frozen=True, eq=False)
class CellImage:
    """A cell's image as it is shown.

    Attributes:
        box: of the cell that was wanted, where it is one of a field.
        rgb: uint8 (H, W, 3), at `scale`; None where it cannot be read.
        scale: shown px / original px.
        part: what `rgb` shows, in original px; None for the whole image.
        outline: (N, 2) in original px; empty where no cell was found, and of a field.
        is_crop: whether it is cut around its cell; any other may be a field.
        error: why it cannot be read, in words.
    """

    path: Path
    box: Box | None = None
    rgb: Any = None
    scale: float = 1.0
    part: Box | None = None
    outline: Any = ()
    is_crop: bool = True
    width: int = 0
    height: int = 0
    notes: tuple[str, ...] = ()
    error: str = ""

    def facts(self) -> list[str]:
        """What a person may want to know of it, a line each; nothing where it cannot be read."""
        return describe_image(self.width, self.height, self.notes) if self.width else []


def describe_image(width: int, height: int, notes: tuple[str, ...]) -> list[str]:
    """Size and what was remarkable, such as the focal planes, a line each."""
    return [f"{width} × {height} px", *(translate_message(note) for note in notes)]


class CellReader(QObject):
    """Reads images to be inspected.

    Args:
        side: the shorter side that is decoded at least, in pixels; 0 reads in full.
    """

    ready = Signal(object)  # CellImage

    def __init__(self, side: int = SIDE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._requests = LatestRequests("cell-reader", self._read)

    def read(self, path: Path, box: Box | None = None) -> None:
        """Read this one; one that waits is dropped.

        Args:
            box: of a cell of a field: only its surroundings are read.
        """
        self._requests.request([(path, box)])

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        self._requests.close()

    def _read(self, request: tuple[Path, Box | None]) -> None:
        path, box = request
        image = read_cell_image(path, self._side) if box is None else _read_part(path, box)
        if not self._requests.is_closing:
            self.ready.emit(image)


def _read_part(path: Path, box: Box) -> CellImage:
    """Read the surroundings of a cell of a field; never raises either."""
    from trainer.imaging.preprocess import read_field  # brings the decoders
    from trainer.imaging.slides.slide import find_slide

    try:
        if (slide := find_slide(path)) is not None:
            return _read_slide_part(slide, box)
        return _cut(path, read_field(path), box)
    except ImageError as error:
        return CellImage(path, box, error=str(error))


def _read_slide_part(slide: Slide, box: Box) -> CellImage:
    """The surroundings of a cell, as far as the slide reaches."""
    part = _limit(surroundings(box), slide.width, slide.height)
    x, y, width, height = (round(side) for side in (part.x, part.y, part.width, part.height))
    rgb = slide.read_region(0, x, y, width, height) if width > 0 and height > 0 else None
    return CellImage(slide.path, box, rgb=rgb, part=part, width=slide.width, height=slide.height)


def _limit(box: Box, width: int, height: int) -> Box:
    """A box in whole pixels, as far as an image of that size reaches."""
    left, top = max(round(box.x), 0), max(round(box.y), 0)
    right = min(round(box.x + box.width), width)
    bottom = min(round(box.y + box.height), height)
    return Box(left, top, right - left, bottom - top)


def _cut(path: Path, field: Image, box: Box) -> CellImage:
    """The surroundings of a cell, as far as the field reaches."""
    around = _limit(surroundings(box), field.width, field.height)
    left, top = round(around.x), round(around.y)
    part = field.pixels[top : top + round(around.height), left : left + round(around.width)]
    return CellImage(
        path,
        box,
        rgb=part.copy() if part.size else None,
        part=around,
        width=field.width,
        height=field.height,
        notes=field.notes,
    )


def read_cell_image(path: Path, side: int) -> CellImage:
    """Read an image and outline its cell; never raises for a file that cannot be read."""
    from trainer.imaging.preprocess import read_cell  # brings the decoders
    from trainer.imaging.slides.slide import find_slide

    try:
        if (slide := find_slide(path)) is not None:
            return _read_whole_slide(slide, side or SIDE)
        found = read_cell(path, min_scale=0.0 if side else 1.0, min_side=side)
    except ImageError as error:
        return CellImage(path, error=str(error))
    image = found.image
    return CellImage(
        path,
        rgb=image.pixels,
        scale=image.scale,
        outline=found.outline,
        is_crop=found.is_crop,
        width=image.width,
        height=image.height,
        notes=image.notes,
    )


def _read_whole_slide(slide: Slide, side: int) -> CellImage:
    """All of a slide, with a shorter side of `side` pixels or so."""
    factor = max(min(slide.width, slide.height) / side, 1.0)
    rgb = slide.read_scaled(Box(0, 0, slide.width, slide.height), factor)
    return CellImage(
        slide.path,
        rgb=rgb,
        scale=1 / factor,
        is_crop=False,
        width=slide.width,
        height=slide.height,
    )
