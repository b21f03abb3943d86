"""A drawn slide: a pyramid of JPEG tiles with white cells whose places are known.

Drawing every field of a slide would take hours. So a pool of fields is drawn, and the slide is
laid out of them: empty glass, the feathered edge, one layer of cells, and the thick part, where
red cells lie over each other. What repeats is no harm to finding cells and counting them; it is
no measure of how varied cells are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic.smear import NUCLEATED, Debris, SyntheticField, draw_field
from trainer.data.synthetic.style import WARM, Style
from trainer.domain import RED_CELL_MICROMETRES, Box

DRAWN_SLIDE = "A drawing, not a patient's smear."
BLOCK = 512  # px a side of a drawn field
_TILE = 256
_SMALLEST_LEVEL = 600  # px: no level whose longer side is smaller
_QUALITY = 88
_WHITE_CELLS = 3  # of a block that has any
_SHARE_WITH_CELLS = 0.6  # of the blocks that are drawn
_RED_LAYERS = 4  # drawn fields that lie over each other in the thick part


class SmearPart(StrEnum):
    """A part of a smear, along its length.

    Attributes:
        GLASS: nothing.
        EDGE: the feathered edge, where cells lie far apart.
        LAYER: one layer of cells.
        THICK: red cells over each other.
    """

    GLASS = "glass"
    EDGE = "edge"
    LAYER = "layer"
    THICK = "thick"


_ENDS = {SmearPart.GLASS: 0.13, SmearPart.EDGE: 0.27, SmearPart.LAYER: 0.75, SmearPart.THICK: 1.0}
"""Where along the width of the slide each part ends."""


@dataclass(frozen=True)
class SyntheticSlideCell:
    """A white cell of a drawn slide.

    Attributes:
        kind: one of `NUCLEATED`.
        box: around it, in pixels of the full size.
        part: of the smear that it lies in.
    """

    kind: str
    box: Box
    part: SmearPart


@dataclass(frozen=True)
class SyntheticSlide:
    """A drawn slide and the truth about it.

    Attributes:
        path: of the TIFF.
        cells: its white cells, row by row of drawn fields.
        layer: the part in one layer, in pixels of the full size.
        red_cell_diameter: of a middling red cell, in pixels of the full size.
    """

    path: Path
    cells: tuple[SyntheticSlideCell, ...]
    layer: Box
    red_cell_diameter: float


def write_slide(
    path: Path,
    rng: np.random.Generator,
    *,
    size: tuple[int, int] = (4096, 4096),
    red_cell_diameter: float = 30.0,
    fields: int = 8,
    share: float = 0.6,
    style: Style = WARM,
) -> SyntheticSlide:
    """Write a drawn slide, the same for the same state of `rng`; memory does not grow with it.

    Args:
        path: of a new TIFF.
        size: width and height in pixels.
        red_cell_diameter: of a middling red cell, in pixels.
        fields: drawn fields of each part, two or more.
        share: of the fields with white cells, three each, on the slide; 0.06 is the usual one
            white cell to 700 red ones.
        style: stain, slide, focus and camera.

    Raises:
        OSError: it cannot be written.
    """
    style = replace(style, shading=0.0, crenated=0.0)
    layout = _lay_out(size, _draw_pool(rng, red_cell_diameter, fields, style), share, rng)
    _write_pyramid(path, layout, red_cell_diameter)
    left, right = (layout.edge_of(part) for part in (SmearPart.EDGE, SmearPart.LAYER))
    layer = Box(left, BLOCK, right - left, size[1] - 2 * BLOCK)
    return SyntheticSlide(path, tuple(layout.cells()), layer, red_cell_diameter)


@dataclass(frozen=True, eq=False)
class _Block:
    """A drawn field and its reductions by 1, 2, 4, ..., each uint8 (h, w, 3)."""

    part: SmearPart
    sizes: tuple[NDArray[np.uint8], ...]
    field: SyntheticField | None


def _build_block(part: SmearPart, rgb: NDArray[np.uint8], field: SyntheticField | None) -> _Block:
    sizes = [rgb]
    while sizes[-1].shape[0] > 1:
        half = sizes[-1].shape[0] // 2
        sizes.append(np.asarray(cv2.resize(sizes[-1], (half, half), interpolation=cv2.INTER_AREA)))
    return _Block(part, tuple(sizes), field)


def _draw_pool(
    rng: np.random.Generator, diameter: float, fields: int, style: Style
) -> list[_Block]:
    """Draw the blocks that a slide is laid out of, the empty one first."""

    def draw(crowding: float, cells: int, platelets: int) -> SyntheticField:
        kinds = [str(kind) for kind in rng.choice(NUCLEATED, cells)]
        return draw_field(
            kinds,
            rng,
            size=(BLOCK, BLOCK),
            red_cell_diameter=diameter,
            debris=Debris(platelets=platelets),
            style=replace(style, crowding=crowding),
        )

    glass = np.clip(
        np.asarray(style.background) + rng.normal(0, style.noise, (BLOCK, BLOCK, 3)), 0, 255
    ).astype(np.uint8)
    pool = [_build_block(SmearPart.GLASS, glass, None)]
    red = [draw(1.0, 0, 0).pixels for _ in range(2)]
    for at in range(fields):
        cells = _WHITE_CELLS if at < max(round(_SHARE_WITH_CELLS * fields), 1) else 0
        layer, edge = draw(0.55, cells, 5), draw(0.0, cells, 2)
        thick = draw(0.85, cells, 0)
        pool += [
            _build_block(SmearPart.LAYER, layer.pixels, layer),
            _build_block(SmearPart.EDGE, edge.pixels, edge),
            _build_block(SmearPart.THICK, _heap(thick.pixels, red, style, rng), thick),
        ]
    return pool


def _heap(
    rgb: NDArray[np.uint8],
    red: list[NDArray[np.uint8]],
    style: Style,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Lay further layers of red cells over a field: light is taken by each in turn."""
    glass = np.asarray(style.background, np.float32)
    light = rgb.astype(np.float32)
    for at in range(_RED_LAYERS):
        shift = tuple(int(step) for step in rng.integers(BLOCK, size=2))
        light *= np.roll(red[at % len(red)], shift, axis=(0, 1)) / glass
    return np.asarray(np.clip(light, 0, 255), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class _Layout:
    """Which block lies where: (rows, columns) of numbers in the pool."""

    size: tuple[int, int]
    pool: list[_Block]
    numbers: NDArray[np.intp]

    def edge_of(self, part: SmearPart) -> int:
        """Where a part ends, in pixels from the left."""
        return int(round(_ENDS[part] * self.numbers.shape[1]) * BLOCK)

    def cells(self) -> Iterator[SyntheticSlideCell]:
        """The white cells of all blocks, but for those that the edge of the slide cuts."""
        for (row, column), number in np.ndenumerate(self.numbers):
            block = self.pool[number]
            for cell in block.field.cells if block.field is not None else ():
                x, y = cell.box.x + column * BLOCK, cell.box.y + row * BLOCK
                box = replace(cell.box, x=x, y=y)
                if not box.is_cut(*self.size):
                    yield SyntheticSlideCell(cell.kind, box, block.part)

    def tile(self, level: int, row: int, column: int) -> NDArray[np.uint8]:
        """Put a tile of a level together from its blocks."""
        side = BLOCK >> level
        tile = np.full((_TILE, _TILE, 3), 255, np.uint8)
        for y in range(row * _TILE // side, -(-(row + 1) * _TILE // side)):
            for x in range(column * _TILE // side, -(-(column + 1) * _TILE // side)):
                if y < self.numbers.shape[0] and x < self.numbers.shape[1]:
                    source = self.pool[self.numbers[y, x]].sizes[level]
                    top, left = y * side - row * _TILE, x * side - column * _TILE
                    part = source[max(-top, 0) : _TILE - top, max(-left, 0) : _TILE - left]
                    top, left = max(top, 0), max(left, 0)
                    tile[top : top + part.shape[0], left : left + part.shape[1]] = part
        return tile

    def tile_key(self, level: int, row: int, column: int) -> tuple[int, ...] | None:
        """What decides a tile that shows a part of one block; None for others."""
        side = BLOCK >> level
        if side < _TILE:
            return None
        step = side // _TILE
        return level, int(self.numbers[row // step, column // step]), row % step, column % step


def _lay_out(
    size: tuple[int, int], pool: list[_Block], share: float, rng: np.random.Generator
) -> _Layout:
    """Glass all around; along the width the parts of a smear."""
    rows, columns = (-(-side // BLOCK) for side in reversed(size))
    numbers = np.zeros((rows, columns), np.intp)
    start = 0
    for part, stop in _ENDS.items():
        end = round(stop * columns)
        choices = [at for at, block in enumerate(pool) if block.part is part]
        weights = _weigh([pool[at] for at in choices], share)
        numbers[1:-1, start:end] = rng.choice(choices, (max(rows - 2, 0), end - start), p=weights)
        start = end
    return _Layout(size, pool, numbers)


def _weigh(blocks: list[_Block], share: float) -> NDArray[np.float64]:
    """How probable each block is, so that a share of them holds white cells."""
    with_cells = np.array([bool(each.field and each.field.cells) for each in blocks])
    if with_cells.all() or not with_cells.any():
        return np.full(len(blocks), 1 / len(blocks))
    weights = np.where(with_cells, share / with_cells.sum(), (1 - share) / (~with_cells).sum())
    return np.asarray(weights, np.float64)


def _write_pyramid(path: Path, layout: _Layout, diameter: float) -> None:
    import tifffile

    per_centimetre = 10_000 / (RED_CELL_MICROMETRES / diameter)
    width, height = layout.size
    level = 0
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        while level == 0 or max(width, height) >= _SMALLEST_LEVEL:
            file.write(
                _encode_tiles(layout, level, (width, height)),
                shape=(height, width, 3),
                dtype=np.uint8,
                tile=(_TILE, _TILE),
                photometric="ycbcr",
                subsampling=(1, 1),
                compression="jpeg",
                subfiletype=1 if level else 0,
                resolution=(per_centimetre / 2**level, per_centimetre / 2**level),
                resolutionunit="CENTIMETER",
                description=DRAWN_SLIDE if not level else None,
                metadata=None,
            )
            width, height, level = width // 2, height // 2, level + 1


def _encode_tiles(layout: _Layout, level: int, size: tuple[int, int]) -> Iterator[bytes]:
    """JPEG tiles row by row; those that repeat are encoded once."""
    import imagecodecs

    encoded: dict[tuple[int, ...], bytes] = {}

    def encode(tile: NDArray[np.uint8]) -> bytes:
        options: dict[str, Any] = {"colorspace": "RGB", "outcolorspace": "YCBCR"}
        return bytes(imagecodecs.jpeg8_encode(tile, _QUALITY, subsampling="444", **options))

    for row in range(-(-size[1] // _TILE)):
        for column in range(-(-size[0] // _TILE)):
            key = layout.tile_key(level, row, column)
            if key is None:
                yield encode(layout.tile(level, row, column))
                continue
            if key not in encoded:
                encoded[key] = encode(layout.tile(level, row, column))
            yield encoded[key]
