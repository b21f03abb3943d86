"""From a file to what the network is shown, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, SourceProfile, Window
from trainer.errors import ImageError
from trainer.imaging import Image, read_image
from trainer.imaging.segmentation import segment_cell
from trainer.imaging.view import View, render_view

# Enough for the outline of the cell, and for a heat map that is worth looking at. The same
# with and without heat maps, so that they change no figure.
_MIN_SIDE = 384


@dataclass(frozen=True)
class ImageTask:
    """One image to classify: its name within the case, and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True, eq=False)
class ModelInput:
    """An image made ready, or the reason why it could not be.

    Attributes:
        task: the image.
        view: uint8 (S, S, 3), None where the image could not be read.
        window: what `view` shows, in pixels of the original image.
        image: uint8 (H, W, 3), the decoded image, kept only for drawing over it.
        scale: decoded px / original px.
        error: why there is no view.
    """

    task: ImageTask
    view: NDArray[np.uint8] | None = None
    window: Window | None = None
    sha256: str = ""
    plane: int = 0
    grey: bool = False
    cell: CellState = CellState.NONE
    image: NDArray[np.uint8] | None = None
    scale: float = 1.0
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class ViewParameters:
    """How images of a case are looked at: the model's view at the source's scale.

    Attributes:
        view: from the model's card.
        size: side of the network's input, in pixels.
        profile: the source's; its red-cell diameter sets the scale.
        by_size: profiles of groups of images of one pixel size, by (width, height).
        keep_image: whether `ModelInput.shown` is wanted.
        limit_megapixels: larger images are refused.
    """

    view: View
    size: int
    profile: SourceProfile
    by_size: Mapping[tuple[int, int], SourceProfile] = field(default_factory=dict)
    keep_image: bool = False
    limit_megapixels: float = 400.0

    def diameter(self, image: Image) -> float:
        """Red-cell diameter in original pixels that holds for an image."""
        profile = self.by_size.get((image.width, image.height), self.profile)
        if profile.red_cell_diameter:
            return profile.red_cell_diameter
        return self.profile.red_cell_diameter or min(image.width, image.height) / 5

    def min_scale(self) -> float:
        """Decoding smaller than this would blur what the network is shown."""
        profiles = (self.profile, *self.by_size.values())
        known = [p.red_cell_diameter for p in profiles if p.red_cell_diameter]
        if self.view.kind != "cell" or not known:
            return 0.0
        return self.size / (self.view.red_cells * min(known))

    def min_side(self) -> int:
        """Decoded images need at least so many pixels a side, where they have them."""
        return max(_MIN_SIDE, self.size)


def preprocess(task: ImageTask, parameters: ViewParameters) -> ModelInput:
    """Read, find the cell and cut the view; an unreadable image is a result, not an error."""
    try:
        image = read_image(
            task.path,
            min_scale=parameters.min_scale(),
            min_side=parameters.min_side(),
            limit_megapixels=parameters.limit_megapixels,
        )
    except ImageError as error:
        return ModelInput(task, error=str(error))
    return preprocess_image(task, image, parameters)


def preprocess_image(task: ImageTask, image: Image, parameters: ViewParameters) -> ModelInput:
    """As `preprocess`, for an image that has been read."""
    pixels = image.pixels
    cell = segment_cell(pixels)
    diameter = parameters.diameter(image) * image.scale
    view, window = render_view(pixels, cell, parameters.view, parameters.size, diameter)
    return ModelInput(
        task,
        view=view,
        window=window.scaled(1 / image.scale),
        sha256=image.sha256,
        plane=image.sharpest,
        grey=image.grey,
        cell=cell.state,
        image=pixels if parameters.keep_image else None,
        scale=image.scale,
        notes=image.notes,
    )
