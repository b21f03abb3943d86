"""From a file to the network's input: read the image, find its cells, render their views.

The one place for these steps. Training, evaluation and the self-test call `preprocess`,
classification `preprocess_cells`, the window `read_cell`, so that all of them work on the
same pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from trainer.domain import (
    Box,
    SourceProfile,
    Window,
)
from trainer.errors import ImageError
from trainer.imaging.bit_depth import FOLDER_DEPTHS
from trainer.imaging.boxed_image import cut_out
from trainer.imaging.crop import Crop, crop_cell
from trainer.imaging.image_cells import (
    ContentRule,
    ImageCell,
    find_image_cells,
    find_single_cell,
    is_cut_around,
)
from trainer.imaging.model_input import ImageTask, ModelInput, PreprocessedImage, Product
from trainer.imaging.reader import DEFAULT_LIMIT_MEGAPIXELS, Image, decode_image, read_image
from trainer.imaging.recent_images import RecentImages
from trainer.imaging.segmentation.white_cell import Cell, boundary_polygon, segment_cell
from trainer.imaging.slides.halved_level import HalvedLevel
from trainer.imaging.slides.part_cells import find_part_cells
from trainer.imaging.slides.parts import SlidePart
from trainer.imaging.slides.slide import find_slide, open_slide
from trainer.imaging.slides.slide_image import slide_image
from trainer.imaging.view import View, render_view

# Enough for the outline of the cell, and for a heat map that is worth looking at. The same
# with and without heat maps, so that they change no figure.
_MIN_SIDE = 384
_FIELDS = RecentImages(most_bytes=96 * 2**20)


@dataclass(frozen=True, eq=False)
class SegmentedImage:
    """A decoded image with its white cell, in pixels of the decoded image."""

    image: Image
    cell: Cell

    @property
    def outline(self) -> NDArray[np.float32]:
        """The cell's boundary, (N, 2), in pixels of the original; empty without a cell."""
        return boundary_polygon(self.cell, self.image.scale)

    @property
    def is_crop(self) -> bool:
        """Whether the image is cut around its cell; any other may be a field."""
        return is_cut_around(self.cell, self.image)


@dataclass(frozen=True)
class ViewParameters:
    """How images of a case become views: the model's view at the source's scale.

    Attributes:
        view: from the model's card.
        size: side of the network's input, in pixels.
        profile: the source's; its red-cell diameter sets the scale.
        by_size: profiles of groups of images of one pixel size, by (width, height).
        limit_megapixels: larger images are refused.
        content: by which an image is a field or holds one cell.
    """

    view: View
    size: int
    profile: SourceProfile
    by_size: Mapping[tuple[int, int], SourceProfile] = field(default_factory=dict)
    limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS
    content: ContentRule = field(default_factory=ContentRule)

    def diameter(self, image: Image) -> float:
        """Red-cell diameter in original pixels that holds for an image."""
        return self.diameter_of(image.width, image.height)

    def diameter_of(self, width: int, height: int) -> float:
        """The same for an image of so many pixels."""
        profile = self.by_size.get((width, height), self.profile)
        if profile.red_cell_diameter:
            return profile.red_cell_diameter
        return self.profile.red_cell_diameter or min(width, height) / 5

    def decoded_diameter(self, image: Image) -> float:
        """The same in decoded pixels."""
        return self.diameter(image) * image.scale

    def min_scale(self) -> float:
        """Decoding smaller than this would blur the network's input."""
        profiles = (self.profile, *self.by_size.values())
        known = [p.red_cell_diameter for p in profiles if p.red_cell_diameter]
        if self.view.kind != "cell" or not known:
            return 0.0
        return self.size / (self.view.red_cells * min(known))

    def min_side(self) -> int:
        """Decoded images need at least so many pixels a side, where they have them."""
        return max(_MIN_SIDE, self.size)


def preprocess(
    task: ImageTask, parameters: ViewParameters, keep: Product = Product.NONE
) -> ModelInput:
    """Read an image, find the cell in its middle and render the view.

    Args:
        task: the image.
        parameters: of the view.
        keep: what the result holds beside the view.

    Returns:
        The network's input; an unreadable image is a result without a view, not an exception.
    """
    try:
        image = _read_image(task, parameters)
    except ImageError as error:
        return ModelInput(task, error=error.message, hint=error.hint)
    return _build_input(task, image, find_single_cell(image), parameters, keep)


def preprocess_cells(
    task: ImageTask, parameters: ViewParameters, keep: Product = Product.NONE
) -> PreprocessedImage:
    """Read an image, find its cell or cells and render the view of each.

    Args:
        task: the image.
        parameters: of the views, and what the images hold.
        keep: what the results hold beside the view.

    Returns:
        The inputs; an unreadable image has one without a view, as of `preprocess`.
    """
    if task.part is not None:
        return _preprocess_part(task, task.part, parameters, keep)
    try:
        image = _read_image(task, parameters)
        diameter = parameters.decoded_diameter(image)
        is_field, cells = find_image_cells(image, diameter, parameters.content, task.known)
    except ImageError as error:
        failed = ModelInput(task, error=error.message, hint=error.hint)
        return PreprocessedImage(task, (failed,))
    return PreprocessedImage(
        task,
        tuple(_build_input(task, image, cell, parameters, keep) for cell in cells),
        is_field,
        image.sha256,
        image.width,
        image.height,
        image.notes,
    )


def _preprocess_part(
    task: ImageTask, part: SlidePart, parameters: ViewParameters, keep: Product
) -> PreprocessedImage:
    """Find the cells of a part of a slide and render the view of each.

    All places are those in the slide; the image that is kept is the whole of it, read where it
    is sliced.
    """
    try:
        slide = open_slide(task.path)
        diameter = parameters.diameter_of(slide.width, slide.height)
        profile = replace(parameters.profile, red_cell_diameter=diameter)
        in_window = replace(parameters, profile=profile, by_size={})
        cells = [
            _move_input(
                _build_input(task, each.image, each.cell, in_window, keep & ~Product.IMAGE),
                each.left,
                each.top,
                HalvedLevel(slide, 0) if Product.IMAGE in keep else None,
            )
            for each in find_part_cells(slide, part, diameter, task.sha256, task.known)
        ]
    except ImageError as error:
        failed = ModelInput(task, error=error.message, hint=error.hint)
        return PreprocessedImage(task, (failed,))
    return PreprocessedImage(task, tuple(cells), True, task.sha256, slide.width, slide.height)


def _move_input(found: ModelInput, left: int, top: int, slide: HalvedLevel | None) -> ModelInput:
    """A cell with its places in pixels of the slide, not of the window that was read."""
    window, box, cell = found.window, found.box, found.cell
    if cell is not None:
        square = Window(cell.square.x + left, cell.square.y + top, cell.square.side)
        middle = cell.centroid[0] + left, cell.centroid[1] + top
        cell = replace(cell, square=square, centroid=middle)
    return replace(
        found,
        window=Window(window.x + left, window.y + top, window.side) if window else None,
        box=replace(box, x=box.x + left, y=box.y + top) if box else None,
        outline=tuple((x + left, y + top) for x, y in found.outline),
        cell=cell,
        image=cast("NDArray[np.uint8] | None", slide),
    )


def _read_image(task: ImageTask, parameters: ViewParameters) -> Image:
    limit = parameters.limit_megapixels
    if task.box is not None:
        return cut_out(read_field(task.path, limit), task.box)
    return read_image(
        task.path,
        min_scale=parameters.min_scale(),
        min_side=parameters.min_side(),
        limit_megapixels=limit,
    )


def read_field(path: Path, limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS) -> Image:
    """Read a field in full, once for its cells that are read one after the other.

    Of a slide nothing is read until its plane is sliced (see `slide_image`).

    Raises:
        ImageError: the file cannot be read or decoded, with the reason in words.
    """

    slide = find_slide(path)
    if slide is not None:
        return slide_image(slide)

    def read() -> Image:
        return read_image(path, limit_megapixels=limit_megapixels)

    try:
        status = path.stat()
    except OSError:
        return read()  # which names the reason
    return _FIELDS.get((str(path), status.st_mtime_ns, status.st_size), read)


def preprocess_pixels(rgb: NDArray[np.uint8], parameters: ViewParameters) -> NDArray[np.uint8]:
    """Render the view of an image that was drawn, not read.

    Args:
        rgb: (H, W, 3).
        parameters: of the view.

    Returns:
        (S, S, 3).
    """
    return _render_view(_segment_image(Image.from_pixels(rgb)), parameters)[0]


def read_cell(
    path: Path,
    *,
    min_scale: float = 1.0,
    min_side: int = 0,
    limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS,
    box: Box | None = None,
) -> SegmentedImage:
    """Read one image file and find its cell; the other arguments are those of `read_image`.

    Args:
        path: the file.
        box: of the cell in a field, which is read in full then.

    Raises:
        ImageError: the file cannot be read or decoded, with the reason in words.
    """
    scale = min_scale if box is None else 1.0
    image = read_image(path, min_scale=scale, min_side=min_side, limit_megapixels=limit_megapixels)
    return _segment_image(image if box is None else cut_out(image, box))


def decode_cell(
    data: bytes,
    path: Path,
    *,
    min_scale: float = 1.0,
    min_side: int = 0,
    box: Box | None = None,
) -> SegmentedImage:
    """Decode the bytes of a file and find its cell, as `read_cell` does.

    Raises:
        ImageError: these bytes are no image that can be read, with the reason in words.
    """
    scale = min_scale if box is None else 1.0
    rule = FOLDER_DEPTHS.rule(path)
    image = decode_image(data, path.name, min_scale=scale, min_side=min_side, depth_rule=rule)
    return _segment_image(image if box is None else cut_out(image, box))


def _segment_image(image: Image) -> SegmentedImage:
    return SegmentedImage(image, segment_cell(image.pixels))


def _render_view(
    found: SegmentedImage, parameters: ViewParameters
) -> tuple[NDArray[np.uint8], Window]:
    image, diameter = found.image, parameters.decoded_diameter(found.image)
    return render_view(image.pixels, found.cell, parameters.view, parameters.size, diameter)


def _crop_cell(found: SegmentedImage, parameters: ViewParameters) -> Crop:
    image, diameter = found.image, parameters.decoded_diameter(found.image)
    return crop_cell(image.pixels, found.cell, parameters.view, parameters.size, diameter)


def _build_input(
    task: ImageTask, image: Image, found: ImageCell, parameters: ViewParameters, keep: Product
) -> ModelInput:
    segmented = SegmentedImage(image, found.cell)
    view, window = _render_view(segmented, parameters)
    return ModelInput(
        task,
        view=view,
        window=window.scaled(1 / image.scale),
        sha256=image.sha256,
        plane=image.sharpest,
        grey=image.grey,
        cell_state=found.cell.state,
        scale=image.scale,
        notes=image.notes,
        cell=found.cell if Product.CELL in keep else None,
        crop=_crop_cell(segmented, parameters) if Product.CROP in keep else None,
        image=image.pixels if Product.IMAGE in keep else None,
        number=found.number,
        box=found.box,
        outline=found.outline,
        origin=found.origin,
        at_edge=found.at_edge,
    )
