"""TIFF: strips or tiles, 1-16 bits, contiguous or planar, one page or a stack of planes.

The chain of pages and their tags are checked by `tiff_pages`; `tiff_planes` finds what may be
focal planes by the tags, `tiff_size` and `tiff_scene` by the picture; samples are converted to
colour here.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from trainer.imaging.codecs.base import (
    MAX_PLANES,
    DecodedImage,
    Header,
    check_size,
    damage_error,
    translate_decoder_errors,
)
from trainer.imaging.codecs.colour import (
    cmyk_to_srgb,
    composite_alpha,
    grey_to_rgb,
    to_srgb,
)
from trainer.imaging.codecs.depth import (
    DepthRule,
    depth_notes,
    estimate_depth,
    find_depth,
    to_eight_bits,
)
from trainer.imaging.codecs.downscale import downscale
from trainer.imaging.codecs.exif import read_exif_profile
from trainer.imaging.codecs.orientation import apply_orientation, orientation_notes
from trainer.imaging.codecs.tiff_depth import read_significant_bits
from trainer.imaging.codecs.tiff_pages import count_directories
from trainer.imaging.codecs.tiff_planes import PlaneCandidate, find_candidates, orientation_of
from trainer.imaging.codecs.tiff_samples import apply_palette, count_colours
from trainer.imaging.codecs.tiff_scene import check_other_sizes, read_scene
from trainer.imaging.codecs.tiff_series import PlanePages
from trainer.imaging.codecs.tiff_size import choose_size

_PALETTE, _CMYK = 3, 5
_ASSOCIATED, _UNASSOCIATED = 1, 2
_ICC = 34675

ConvertedColours = tuple[NDArray[np.uint8], bool, tuple[str, ...]]
"""RGB, whether it was stored with colour, notes."""


def convert_colours(
    samples: NDArray[Any], group: PlanePages, depth: int, exif_profile: bytes = b""
) -> ConvertedColours:
    """Convert samples (H, W, channels) of `depth` bits to opaque sRGB.

    `exif_profile` is that of the colours where the page has none of its own.

    Raises:
        ImageError: the tags contradict the samples.
    """
    page = group[0]
    profile = page.tags.valueof(_ICC, b"")
    profile = bytes(profile) if isinstance(profile, bytes) else b""
    if page.photometric == _CMYK:
        size = (samples.shape[1], samples.shape[0])
        inks = np.ascontiguousarray(samples[..., :4]).tobytes()
        rgb, notes = cmyk_to_srgb(Pillow.frombytes("CMYK", size, inks), profile)
        return rgb, True, notes
    colours = count_colours(group)
    if _is_palette(group):
        rgb = apply_palette(samples[..., 0], page)
    else:
        rgb = to_eight_bits(samples[..., :colours], depth)
    coloured = colours == 3 or _is_palette(group)
    if not coloured:
        rgb = grey_to_rgb(np.ascontiguousarray(rgb[..., 0]))
    rgb, notes = _composite_alpha(np.ascontiguousarray(rgb), samples[..., colours:], page, depth)
    if coloured:
        rgb, more = to_srgb(rgb, profile or exif_profile)
        notes += more
    return rgb, coloured, notes


def _composite_alpha(
    rgb: NDArray[np.uint8], extra: NDArray[Any], page: Any, depth: int
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Composite on white where the first further channel is alpha."""
    if not extra.shape[2]:
        return rgb, ()
    kinds = tuple(page.extrasamples)
    if not kinds or kinds[0] not in (_ASSOCIATED, _UNASSOCIATED):
        return rgb, (f"{extra.shape[2]} further channels left out",)
    bits, premultiplied = page.bitspersample, kinds[0] == _ASSOCIATED
    return composite_alpha(rgb, extra[..., 0], depth, bits, premultiplied=premultiplied)


logging.getLogger("tifffile").addHandler(logging.NullHandler())  # the reader reports damage itself


@dataclass(frozen=True, eq=False)
class TiffDecoder:
    """A TIFF whose pages were found; which are planes is known when they are decoded."""

    data: bytes
    stream: BytesIO
    candidates: tuple[PlaneCandidate, ...]
    others: tuple[PlaneCandidate, ...]
    header: Header
    notes: tuple[str, ...]

    def decode(self, reduction: int, rule: DepthRule = estimate_depth) -> DecodedImage:
        """Decode all planes, once; samples of 16 bits are scaled alike in all of them.

        `rule` finds the depth of 16-bit samples of which the file states nothing.

        Raises:
            ImageError: damaged.
        """
        # tifffile's pages and file hold each other, and would hold the bytes.
        with self.stream:
            return self._decode(reduction, rule)

    def _decode(self, reduction: int, rule: DepthRule) -> DecodedImage:
        scene = read_scene(self.candidates, self.data)
        check_other_sizes(scene, self.others, self.data)
        groups, samples = [plane.pages for plane in scene.planes], scene.samples
        declared = scene.planes[0].bits
        depth, notes = declared, self.notes + scene.notes
        if samples[0].dtype == np.uint16 and not _is_palette(groups[0]):
            brightest = _find_brightest(samples, groups)
            depth = find_depth(brightest, declared, self.header.significant, rule)
            notes += depth_notes(depth, declared)
        profile = read_exif_profile(self.data)
        planes: list[NDArray[np.uint8]] = []
        grey = True
        for index, group in enumerate(groups):
            with translate_decoder_errors("TIFF"):
                rgb, coloured, more = convert_colours(samples[index], group, depth, profile)
            samples[index] = samples[index][:0]  # free each plane as soon as it is converted
            orientation = orientation_of(group[0])
            planes.append(apply_orientation(downscale(rgb, reduction), orientation))
            grey = grey and not coloured
            notes += tuple(n for n in (*more, *orientation_notes(orientation)) if n not in notes)
        return DecodedImage(tuple(planes), grey, notes)


def _find_brightest(samples: list[NDArray[Any]], groups: list[PlanePages]) -> int:
    """The largest value of a colour in all planes; that of alpha may be of another depth."""
    pairs = zip(samples, groups, strict=True)
    return max(int(plane[..., : count_colours(group)].max()) for plane, group in pairs)


def _is_palette(group: PlanePages) -> bool:
    """Whether samples are indices; in three pages of one colour each, they are intensities."""
    return bool(group[0].photometric == _PALETTE and len(group) == 1)


def open_tiff(data: bytes) -> TiffDecoder:
    """Find what may be planes by the tags of the pages.

    Raises:
        ImageError: cut off, damaged, a whole slide, or of a kind that is not read.
    """
    import tifffile  # a third of a second, and most folders hold no TIFF

    if len(data) < 16:
        raise damage_error("TIFF")
    pages = count_directories(data)
    if not pages:
        raise damage_error("TIFF", "it holds no picture")
    if pages > MAX_PLANES:
        check_size(Header("TIFF", 1, 1, pages), float("inf"))
    with translate_decoder_errors("TIFF"):
        stream = BytesIO(data)
        file = tifffile.TiffFile(stream, name="image", _multifile=False, _useframes=False)
        if len(file.pages) != pages:
            raise damage_error("TIFF", "its pages cannot all be read")
        candidates, others, notes = find_candidates(
            file, len(data), lambda sizes, pages: choose_size(sizes, pages, data)
        )
        header = _read_header(candidates, file)
    return TiffDecoder(data, stream, tuple(candidates), tuple(others), header, notes)


def _read_header(candidates: list[PlaneCandidate], file: Any) -> Header:
    """The header; at most so many planes are read as there are candidates of one rank."""
    first = min(candidates, key=lambda candidate: candidate.rank)
    planes = max(Counter(candidate.rank for candidate in candidates).values())
    significant = read_significant_bits(file, first.bits)
    return Header("TIFF", *first.size, planes, first.bits, significant)
