"""The audit's measurements of one image, from one reading of its file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.appearance import background_mask, measure_appearance, measure_margin
from trainer.data.audit.file_traits import FileTraits, read_traits
from trainer.data.audit.fingerprint import compute_fingerprint
from trainer.data.item import Item
from trainer.data.masks import is_flat
from trainer.domain import CellState
from trainer.errors import ImageError
from trainer.imaging.files import read_file
from trainer.imaging.preprocess import SegmentedImage, decode_cell
from trainer.imaging.reader import DEFAULT_LIMIT_MEGAPIXELS

# Decoded sides: enough for every trait, and large images cost no more than small ones.
_MIN_SIDE = 384


@dataclass(frozen=True, eq=False)
class ImageMeasurements:
    """Measurements of one image, about 2 kB; where `error` is set, there is nothing else.

    Attributes:
        sha256: of the file's bytes.
        file: format, size, compression.
        margin: `MARGIN_FEATURES` of the outer margin, (31,).
        background: `APPEARANCE_FEATURES` away from the cell, (19,), or None.
        fingerprint: as of `compute_fingerprint`, (38, 38), or None.
        cell: whether a cell was segmented.
        grey: whether it carries no colour.
        flat: whether it has few colours, which fill areas, as masks do.
        notes: what was remarkable about the file.
        error: why it cannot be read, in words.
    """

    sha256: str = ""
    file: FileTraits | None = None
    margin: NDArray[np.float32] | None = None
    background: NDArray[np.float32] | None = None
    fingerprint: NDArray[np.int8] | None = None
    cell: CellState = CellState.NONE
    grey: bool = False
    flat: bool = False
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, eq=False)
class MeasuredImage:
    """The measurements of an item with its pixels (H, W, 3), which are not stored.

    Attributes:
        pixels: None where the image cannot be read.
    """

    item: Item
    measurements: ImageMeasurements
    pixels: NDArray[np.uint8] | None


def measure(item: Item) -> MeasuredImage:
    """Measure one image; one that cannot be read is a result, not an error."""
    try:
        data = read_file(item.path, DEFAULT_LIMIT_MEGAPIXELS)
        found = decode_cell(data, item.path, min_scale=0.0, min_side=_MIN_SIDE, box=item.box)
    except ImageError as error:
        return MeasuredImage(item, ImageMeasurements(error=error.message), None)
    traits = read_traits(found.image, data)
    return MeasuredImage(item, _measure_image(found, traits), found.image.pixels)


def _measure_image(found: SegmentedImage, traits: FileTraits) -> ImageMeasurements:
    image, cell = found.image, found.cell
    pixels = image.pixels
    height, width = pixels.shape[:2]
    return ImageMeasurements(
        sha256=image.sha256,
        file=traits,
        margin=measure_margin(pixels),
        background=measure_appearance(pixels, background_mask(cell, height, width)),
        fingerprint=compute_fingerprint(pixels),
        cell=cell.state,
        grey=image.grey,
        flat=is_flat(pixels),
        notes=image.notes,
    )
