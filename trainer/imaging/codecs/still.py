"""One picture with an orientation and a profile: what PNG and WebP share behind their headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.codecs.base import (
    EXPORT_HINT,
    DecodedImage,
    Header,
    damage_error,
    translate_decoder_errors,
)
from trainer.imaging.codecs.colour import to_opaque_rgb, to_srgb
from trainer.imaging.codecs.depth import CONTAINER, DepthRule, estimate_depth, is_scaled_up
from trainer.imaging.codecs.downscale import downscale
from trainer.imaging.codecs.orientation import apply_orientation, orientation_notes, oriented_size


@dataclass(frozen=True, eq=False)
class StillDecoder:
    """A file whose chunks are all there.

    Attributes:
        data: the file without what lies behind its end.
        header: its size is that after orientation.
        orientation: of EXIF, 1-8.
        read_profile: gives the ICC profile, empty for none; it may have to be inflated first.
        animated: the picture is the first of several.
        decode_samples: from the data to (H, W) or (H, W, channels), uint8 or uint16.
    """

    data: bytes
    header: Header
    orientation: int
    read_profile: Callable[[], bytes]
    animated: bool
    decode_samples: Callable[[bytes], NDArray[Any]]

    def decode(self, reduction: int, rule: DepthRule = estimate_depth) -> DecodedImage:
        """Decode fully, make it opaque sRGB of 8 bits, then reduce.

        `rule` finds the depth of 16-bit samples of which the file states nothing.

        Raises:
            ImageError: damaged, or an animation whose first picture does not fill it.
        """
        with translate_decoder_errors(self.header.format):
            samples = np.asarray(self.decode_samples(self.data))
        stored = oriented_size(self.header.width, self.header.height, self.orientation)
        if samples.shape[1::-1] != stored:
            if self.animated:
                raise ImageError(
                    f"The {self.header.format} is an animation made of patches.", EXPORT_HINT
                )
            raise damage_error(self.header.format)
        rgb, grey, notes = to_opaque_rgb(samples, *self._depth_of(samples, rule))
        if not grey:
            rgb, more = to_srgb(rgb, self.read_profile())
            notes += more
        if self.animated:
            notes += ("animated, first picture read",)
        rgb = apply_orientation(downscale(rgb, reduction), self.orientation)
        return DecodedImage((rgb,), grey, orientation_notes(self.orientation) + notes)

    def _depth_of(self, samples: NDArray[Any], rule: DepthRule) -> tuple[int | None, DepthRule]:
        """The bits that are stated, and the rule for samples that say otherwise.

        PNG wants samples of few bits scaled up to 16; many programs store them as they are.
        """
        significant = self.header.significant
        with_alpha = samples.ndim == 3 and samples.shape[2] in (2, 4)
        colours = samples[..., :-1] if with_alpha else samples
        if significant and is_scaled_up(colours, significant):
            return None, lambda _: CONTAINER
        return significant, rule
