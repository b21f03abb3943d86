"""All that the audit takes from one image, in one reading of its file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.appearance import background_mask, border_look, look_of
from trainer.data.audit.file_traits import FileTraits, traits_of
from trainer.data.audit.fingerprint import fingerprint
from trainer.data.item import Item
from trainer.domain import CellState
from trainer.errors import ImageError
from trainer.imaging.files import read_file
from trainer.imaging.reader import DEFAULT_LIMIT_MEGAPIXELS, Image, read_bytes
from trainer.imaging.segmentation import find_cell

# Decoded sides: enough for every trait, and large images cost no more than small ones.
_LEAST_SIDE = 384


@dataclass(frozen=True, eq=False)
class Sight:
    """What one image shows, about 2 kB; where `error` is set, there is nothing else.

    Attributes:
        sha256: of the file's bytes.
        file: format, size, compression.
        border: look of the outer border, (31,).
        background: look of what lies away from the cell, (19,), or None.
        print: fingerprint (38, 38), or None where the image shows nothing.
        cell: how the outline fared.
        grey: whether it carries no colour.
        notes: what was remarkable about the file.
        error: why it cannot be read, in words.
    """

    sha256: str = ""
    file: FileTraits | None = None
    border: NDArray[np.float32] | None = None
    background: NDArray[np.float32] | None = None
    print: NDArray[np.int8] | None = None
    cell: CellState = CellState.NONE
    grey: bool = False
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, eq=False)
class Seen:
    """A sight with the image that it was taken from, which is not kept."""

    item: Item
    sight: Sight
    pixels: NDArray[np.uint8] | None


def see(item: Item) -> Seen:
    """Read one image; one that cannot be read is a result, not an error."""
    try:
        data = read_file(item.path, DEFAULT_LIMIT_MEGAPIXELS)
        image = read_bytes(data, item.path.name, min_scale=0.0, min_side=_LEAST_SIDE)
    except ImageError as error:
        return Seen(item, Sight(error=error.message), None)
    return Seen(item, _sight(image, traits_of(image, data)), image.pixels)


def _sight(image: Image, traits: FileTraits) -> Sight:
    pixels = image.pixels
    height, width = pixels.shape[:2]
    cell = find_cell(pixels)
    return Sight(
        sha256=image.sha256,
        file=traits,
        border=border_look(pixels),
        background=look_of(pixels, background_mask(cell, height, width)),
        print=fingerprint(pixels),
        cell=cell.state,
        grey=image.grey,
        notes=image.notes,
    )
