"""The records of preprocessing: an image to be preprocessed, and what becomes of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Box, CellOrigin, CellState, KnownCells, Window
from trainer.imaging.crop import Crop
from trainer.imaging.segmentation.white_cell import Cell
from trainer.imaging.slides.parts import SlidePart


class Product(Flag):
    """What `preprocess` returns beside the view; each costs memory, and time between processes."""

    NONE = 0
    CELL = auto()
    CROP = auto()
    IMAGE = auto()


@dataclass(frozen=True)
class ImageTask:
    """One image to preprocess, or one cell of it.

    Attributes:
        name: within the case.
        path: the file.
        box: of the cell, in pixels of the image; None for an image of one cell. With a box,
            all positions are those in the square that is cut out around it.
        known: cells that a person touched, where it is a field.
        part: of a slide, that is searched; None for an image.
        sha256: of the slide's file, which is too large to be read for each part.
    """

    name: str
    path: Path
    box: Box | None = None
    known: KnownCells | None = None
    part: SlidePart | None = None
    sha256: str = ""


@dataclass(frozen=True, eq=False)
class ModelInput:
    """A preprocessed cell, or the reason why there is none.

    Attributes:
        task: the image.
        view: uint8 (S, S, 3), None where the image could not be read.
        window: what `view` shows, in pixels of the original image.
        sha256: of the file's bytes.
        plane: index of the focal plane that was used.
        grey: whether the image carries no colour.
        cell_state: how sure the segmentation is of its cell.
        scale: decoded px / original px.
        notes: what was remarkable about the file.
        cell: the white cell in pixels of the decoded image, with `Product.CELL`.
        crop: what augmentation needs, with `Product.CROP`.
        image: uint8 (H, W, 3), the decoded image, with `Product.IMAGE`.
        error: why there is no view, one sentence.
        hint: what to do about the error; may be empty.
        number, box, outline, origin, at_edge: as of `Prediction`; the number of a new cell
            of a field is 0 still.
    """

    task: ImageTask
    view: NDArray[np.uint8] | None = None
    window: Window | None = None
    sha256: str = ""
    plane: int = 0
    grey: bool = False
    cell_state: CellState = CellState.NONE
    scale: float = 1.0
    notes: tuple[str, ...] = ()
    cell: Cell | None = None
    crop: Crop | None = None
    image: NDArray[np.uint8] | None = None
    error: str = ""
    hint: str = ""
    number: int = 0
    box: Box | None = None
    outline: tuple[tuple[float, float], ...] = ()
    origin: CellOrigin = CellOrigin.ALONE
    at_edge: bool = False

    @property
    def error_with_hint(self) -> str:
        """Why there is no view and what to do about it; empty where there is one."""
        return f"{self.error} {self.hint}".strip()


@dataclass(frozen=True, eq=False)
class PreprocessedImage:
    """An image with the inputs of all its cells.

    Attributes:
        task: the image.
        cells: one for an image of one cell and for one that cannot be read; any number for
            a field.
        is_field: whether it was searched for cells; so is a part of a slide, whose cells
            have their places in the slide.
        sha256: of the file's bytes; empty where it cannot be read.
        width, height: in pixels of the original image; 0 where it cannot be read.
        notes: what was remarkable about the file.
    """

    task: ImageTask
    cells: tuple[ModelInput, ...]
    is_field: bool = False
    sha256: str = ""
    width: int = 0
    height: int = 0
    notes: tuple[str, ...] = ()
