"""Masks that lie among labelled images: drawn by annotation tools, and no cells.

A mask is an image of few flat values: its pixels are those of their neighbours nearly
everywhere, which no photograph's are, not even on a clipped background.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import relative_name
from trainer.errors import ImageError
from trainer.imaging import read_image

MASKS_HINT = (
    "Take them out of the data, or give their folder a name that begins with a dot: what lies "
    "there is passed over."
)
SAMPLE_SIZE = 100
MOST_READ = 2000
_SIDE = 256
_FLAT_SHARE, _FLAT_SHARE_INSIDE = 0.85, 0.5
_LEVELS_SHARE, _FAR_APART = 0.97, 12  # of 16 levels
_MOST_COLOURS = 256
_WORDS = re.compile(r"[A-Z]?[a-zäöüß]+|[A-Z]+")
_SEPARATORS = re.compile(r"[\W_]+")
_MASK_WORD = re.compile("masken?|masks?", re.IGNORECASE)
_MASK_WORDS = frozenset(("mask", "masks", "maske", "masken"))
"""Words for masks alone."""
_MAYBE_MASK_WORDS = frozenset(
    {
        "label",
        "labels",
        "labelmap",
        "seg",
        "segm",
        "segmentation",
        "segmentations",
        "annotation",
        "annotations",
        "annotated",
        "gt",
        "groundtruth",
        "truth",
        "instance",
        "instances",
        "binary",
        "contour",
        "contours",
        "roi",
        "rois",
        "outline",
        "outlines",
        "overlay",
        "overlays",
        "cp",
    }
)
"""Words for masks and for cells: segmented neutrophils are called "seg" too."""


@dataclass(frozen=True)
class Masks:
    """The masks that were found.

    Attributes:
        paths: in the order of the data.
        complete: whether all images were looked at, so that there are no more.
    """

    paths: tuple[Path, ...]
    complete: bool = True


def find_masks(paths: Sequence[Path], root: Path) -> Masks:
    """Find masks among the images of a data set.

    An image is a mask where it is called so, or lies in a folder that is, and another image
    has its name else; or where it is flat, and bears a name for masks or has the size of an
    image that is not flat. All that are called masks are looked at, and even samples of the
    others; if a sample holds a mask, all images are.

    Args:
        paths: the images.
        root: names count from here on.
    """
    paths = list(dict.fromkeys(paths))
    words = {path: _find_words(relative_name(path, root)) for path in paths}
    sure = [path for path in paths if words[path] & _MASK_WORDS]
    maybe = [path for path in paths if not words[path].isdisjoint(_MAYBE_MASK_WORDS)]
    maybe = [path for path in maybe if words[path].isdisjoint(_MASK_WORDS)]
    named = {*sure, *maybe}
    others = [path for path in paths if path not in named]
    first = [
        *_sample_evenly(sure, MOST_READ),
        *_sample_evenly(maybe, SAMPLE_SIZE),
        *_sample_evenly(others, SAMPLE_SIZE),
    ]
    paired = _find_paired(sure, [path for path in paths if not words[path] & _MASK_WORDS])
    looks = {path: _look_at(path) for path in first if path not in paired}
    masks = _select_masks(looks, named)
    surely_all = len(sure) <= MOST_READ and masks <= set(sure)
    if not surely_all:
        rest = [path for path in paths if path not in looks and path not in paired]
        looks |= {path: _look_at(path) for path in _sample_evenly(rest, MOST_READ)}
        masks = _select_masks(looks, named)
    complete = surely_all or len(looks) + len(paired) == len(paths)
    return Masks(tuple(path for path in paths if path in masks or path in paired), complete)


def _find_paired(masks: Sequence[Path], images: Sequence[Path]) -> set[Path]:
    """What is called a mask, and an image bears the rest of its name: x_mask.png of x.jpg."""
    stems = {_SEPARATORS.sub("", path.stem).casefold() for path in images}
    bare = {path: _MASK_WORD.sub("", _SEPARATORS.sub("", path.stem)).casefold() for path in masks}
    return {path for path, stem in bare.items() if stem in stems}


def describe_masks(count: int, names: str, *, at_least: bool = False) -> str:
    """Describe in a sentence that some images are masks; `names` are of a few of them."""
    images = "1 image looks like a mask" if count == 1 else f"{count:,} images look like masks"
    begin = "At least " if at_least else ""
    return f"{begin}{images}, not like cells: {names}."


def _find_words(name: str) -> set[str]:
    """The words of a relative path, of its folders and its file, in small letters."""
    return {word.lower() for word in _WORDS.findall(name.rpartition(".")[0])}


def is_flat(rgb: NDArray[np.uint8]) -> bool:
    """Whether an image (H, W, 3) has few colours, which fill areas."""
    return _fills_areas(_pack(rgb)) or _has_two_levels(rgb)


def _pack(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Each colour as one number, (H, W)."""
    return rgb.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)


def _fills_areas(packed: NDArray[np.uint32]) -> bool:
    """Neighbours are equal nearly everywhere, and mostly so beside the most common colour.

    A cell that was cut out on black has a flat background, but is not flat itself.
    """
    pairs = ((packed[:, 1:], packed[:, :-1]), (packed[1:], packed[:-1]))
    if any(a.size and (a == b).mean() < _FLAT_SHARE for a, b in pairs):
        return False
    colours, counts = np.unique(packed, return_counts=True)
    if not 1 < len(colours) <= _MOST_COLOURS:
        return False
    ground = colours[counts.argmax()]
    equal = np.concatenate([(a == b)[(a != ground) & (b != ground)] for a, b in pairs])
    return not equal.size or bool(equal.mean() >= _FLAT_SHARE_INSIDE)


def _has_two_levels(rgb: NDArray[np.uint8]) -> bool:
    """Two colours far apart, from which a lossy format leads away at edges alone."""
    colours, counts = np.unique(_pack(np.right_shift(rgb, 4)), return_counts=True)
    if len(colours) < 2:
        return False
    first, second = colours[np.argsort(counts)[-2:]]
    apart = max(abs(int(first >> s & 15) - int(second >> s & 15)) for s in (0, 8, 16))
    return apart >= _FAR_APART and bool(np.sort(counts)[-4:].sum() >= _LEVELS_SHARE * counts.sum())


def _look_at(path: Path) -> tuple[bool, tuple[int, int]] | None:
    """Whether an image is flat, and its size; None where it cannot be read."""
    try:
        image = read_image(path, min_scale=0.0, min_side=_SIDE)
    except ImageError:
        return None
    return is_flat(image.pixels), (image.width, image.height)


def _select_masks(
    looks: dict[Path, tuple[bool, tuple[int, int]] | None], named: set[Path]
) -> set[Path]:
    sizes = {look[1] for look in looks.values() if look and not look[0]}
    return {
        path
        for path, look in looks.items()
        if look and look[0] and (path in named or look[1] in sizes)
    }


def _sample_evenly(paths: Sequence[Path], count: int) -> Iterable[Path]:
    step = max(len(paths) / count, 1.0)
    return [paths[int(index * step)] for index in range(min(len(paths), count))]
