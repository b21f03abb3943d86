"""The pages of a TIFF that are focal planes of one scene, by what they show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.codecs.base import translate_decoder_errors
from trainer.imaging.codecs.depth import estimate_depth
from trainer.imaging.codecs.tiff_pages import check_page
from trainer.imaging.codecs.tiff_planes import PlaneCandidate
from trainer.imaging.codecs.tiff_samples import apply_palette, count_colours, read_samples
from trainer.imaging.pages.content import PageContent, PageSketch, sketch_page
from trainer.imaging.pages.focal_planes import build_scenes_error, choose_planes, group_pages

_PALETTE, _CMYK = 3, 5
_NOT_COLOURED, _OTHER_CHANNELS = "not in colour", "stored with other channels"
_MAX_OTHERS, _LARGEST = 2, 16
_PICTURES = (PageContent.PHOTOGRAPH, PageContent.FLAT)


@dataclass(frozen=True, eq=False)
class Scene:
    """Focal planes, unpacked.

    Attributes:
        planes: in the file's order.
        samples: of each, (H, W, channels).
        notes: which pages were left out, and why.
    """

    planes: tuple[PlaneCandidate, ...]
    samples: list[NDArray[Any]]
    notes: tuple[str, ...]


def read_scene(candidates: Sequence[PlaneCandidate], data: bytes) -> Scene:
    """Read the planes of the scene that the candidates show; other pages are left out.

    Pages in colour are read first, and if they show a picture, no others.

    Args:
        candidates: all of one size, at least one.
        data: the whole file.

    Raises:
        ImageError: damaged, of a kind that is not read, or of several scenes.
    """
    scene: Scene | None = None
    for kind in _split_kinds(candidates):
        found, shows_picture = _read_kind(kind, data, named=len(candidates) > 1)
        if scene is None or shows_picture:
            scene = found
        if shows_picture:
            break
    if scene is None:
        raise ValueError("There are no candidates.")
    _check_depth(scene.planes)
    return Scene(scene.planes, scene.samples, scene.notes + _describe_others(candidates, scene))


def check_other_sizes(scene: Scene, others: Sequence[PlaneCandidate], data: bytes) -> None:
    """Refuse a file most pages of which are images of other cells, each of its own size.

    Up to two pages of other sizes may be the label and the overview of a slide; reduced copies
    of the scene are no other cells.

    Raises:
        ImageError: the file holds several scenes.
    """
    pixels = scene.samples[0][..., 0].size
    compared = [o for o in others if not o.rank and o.size[0] * o.size[1] <= _LARGEST * pixels]
    if len(compared) <= max(_MAX_OTHERS, len(scene.planes)) or scene.planes[0].rank:
        return
    sketches = [sketch_plane(scene.samples[0], scene.planes[0])]
    for other in compared:
        with _name_plane_in_errors(other, named=True):
            for page in other.pages:
                check_page(page, data)
            sketches.append(sketch_plane(read_samples(other.pages, data), other))
    pictures = [sketch for sketch in sketches if sketch.content in _PICTURES]
    scenes = len(group_pages(pictures))
    if scenes - 1 > max(_MAX_OTHERS, len(scene.planes)):
        raise build_scenes_error(scenes)


def _split_kinds(candidates: Sequence[PlaneCandidate]) -> list[list[PlaneCandidate]]:
    """Candidates with the same channels: colour before grey, then as the file has them."""
    firsts: dict[tuple[int, int], int] = {}
    for candidate in candidates:
        firsts.setdefault(candidate.channels, candidate.number)

    def place(candidate: PlaneCandidate) -> tuple[int, int]:
        return candidate.rank, firsts[candidate.channels]

    ordered = sorted(candidates, key=place)
    return [list(kind) for _, kind in groupby(ordered, key=lambda each: each.channels)]


def _read_kind(kind: list[PlaneCandidate], data: bytes, *, named: bool) -> tuple[Scene, bool]:
    """The planes among candidates of one kind, and whether they show a picture."""
    for candidate in kind:
        with _name_plane_in_errors(candidate, named):
            for page in candidate.pages:
                check_page(page, data)
    samples, sketches = [], []
    for candidate in kind:
        with _name_plane_in_errors(candidate, named):
            samples.append(read_samples(candidate.pages, data))
            if named:
                sketches.append(sketch_plane(samples[-1], candidate))
    if not named:
        return Scene(tuple(kind), samples, ()), True
    choice = choose_planes(sketches)
    notes = _describe_reasons([(kind[i].number, why) for i, why in choice.left_out.items()])
    scene = Scene(
        tuple(kind[index] for index in choice.planes),
        [samples[index] for index in choice.planes],
        notes,
    )
    return scene, any(sketches[index].content in _PICTURES for index in choice.planes)


def sketch_plane(samples: NDArray[Any], candidate: PlaneCandidate) -> PageSketch:
    """Sketch the colours of a plane; `samples` (H, W, channels), as stored."""
    page = candidate.pages[0]
    colours = samples[..., : count_colours(candidate.pages)]
    if page.photometric == _PALETTE and len(candidate.pages) == 1:
        return sketch_page(apply_palette(samples[..., 0], page), 255)
    if page.photometric == _CMYK:
        light = 255 - np.maximum(colours[..., :3], colours[..., 3:])
        return sketch_page(np.asarray(light, np.uint8), 255)
    bits = candidate.bits
    return sketch_page(
        colours, 2 ** (bits if bits < 16 else estimate_depth(int(colours.max()))) - 1
    )


@contextmanager
def _name_plane_in_errors(candidate: PlaneCandidate, named: bool) -> Iterator[None]:
    try:
        with translate_decoder_errors("TIFF"):
            yield
    except ImageError as error:
        if not named:
            raise
        raise ImageError(f"Plane {candidate.number}: {error.message}", error.hint) from error


def _check_depth(planes: Sequence[PlaneCandidate]) -> None:
    first = planes[0]
    for other in planes[1:]:
        if other.bits != first.bits:
            raise ImageError(
                f"Plane {other.number} has {other.bits} bits per channel, plane {first.number} "
                f"{first.bits}.",
                "Save all planes with the same number of bits.",
            )


def _describe_others(candidates: Sequence[PlaneCandidate], scene: Scene) -> tuple[str, ...]:
    """Notes on the pages of other kinds."""
    channels = scene.planes[0].channels
    others = [each for each in candidates if each.channels != channels]
    return _describe_reasons(
        [
            (each.number, _NOT_COLOURED if each.rank > channels[0] else _OTHER_CHANNELS)
            for each in others
        ]
    )


def _describe_reasons(reasons: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """A note for each reason: "pages 2, 3 left out: an empty page"."""
    notes = []
    for reason in dict.fromkeys(why for _, why in sorted(reasons)):
        numbers = [str(number) for number, why in sorted(reasons) if why == reason]
        pages = f"page{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
        notes.append(f"{pages} left out: {reason}")
    return tuple(notes)
