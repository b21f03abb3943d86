"""How strongly a JPEG was compressed, from its quantisation table."""

from __future__ import annotations

from trainer.imaging.jpeg_markers import Skeleton

# Sum of the luminance table of ITU-T T.81, table K.1, which encoders scale by the quality.
_STANDARD = 3688


def jpeg_quality(skeleton: Skeleton) -> float:
    """The quality setting of the IJG library that gives steps as coarse as these, 1-100.

    libjpeg multiplies the standard's table by 50/q below quality 50 and by 2 - q/50 above.
    The sum of the steps is compared, so that tables of other makers get a number too. Where
    steps of 1 prevail (quality 97 and more), it is within two units.

    Returns:
        0 where the file has no luminance table.
    """
    steps = skeleton.quantisation.get(0)
    if not steps:
        return 0.0
    scale = sum(steps) / _STANDARD
    quality = 100 - 50 * scale if scale <= 1 else 50 / scale
    return float(min(max(quality, 1.0), 100.0))
