"""How large a pixel is on the slide, where the file states it and can be trusted.

Microscope software writes it into TIFF: as OME-XML (`PhysicalSizeX`), as ImageJ's unit, or
as the resolution tags with a unit (TIFF 6.0, section 8); scanners of slides as `MPP = 0.25`
(Aperio). The resolutions of JPEG and PNG,
and most of those of TIFF, are printing sizes (72, 96, 300 dots per inch): they do not
concern the slide and are not used.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any

SMALLEST, LARGEST = 0.01, 2.5
"""Micrometres; 9,600 dots per inch, more than any printer or scanner, are 2.6."""
_UNEQUAL = 0.01
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 282, 283, 296
_TAG_UNITS = {2: 25_400.0, 3: 10_000.0}  # inch, centimetre
_MICRO = ("µm", "μm", "um", "micron", "microns", "micrometer", "micrometre", "\\u00b5m")
_UNITS = dict.fromkeys(_MICRO, 1.0) | {"nm": 1e-3, "mm": 1e3, "cm": 1e4, "m": 1e6, "inch": 25_400.0}
_APERIO_SIZE = re.compile(r"\|\s*MPP\s*=\s*([0-9.]+)")
_PIXELS = re.compile(r"<(?:\w+:)?Pixels\b[^>]*>")
_SIZE = r"\bPhysicalSize{axis}\s*=\s*[\"']([^\"']*)[\"']"
_UNIT = r"\bPhysicalSize{axis}Unit\s*=\s*[\"']([^\"']*)[\"']"


@dataclass(frozen=True)
class PixelSize:
    """Side of a pixel on the slide.

    Attributes:
        micrometres: between `SMALLEST` and `LARGEST`.
        origin: where it is stated: "OME", "ImageJ", "Aperio" or "TIFF resolution".
    """

    micrometres: float
    origin: str


def read_pixel_size(data: bytes) -> PixelSize | None:
    """Read the pixel size that an image file states; None where it states none to be trusted.

    Never raises: what cannot be parsed counts as not stated.

    Args:
        data: the whole file, of any format.
    """
    if data[:4] not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return None
    import tifffile  # a third of a second, and most folders hold no TIFF

    try:
        with BytesIO(data) as stream:  # closed, so that no circle in tifffile holds the bytes
            return _read_tiff_size(tifffile.TiffFile(stream, name="image", _multifile=False))
    except Exception:  # noqa: BLE001 - parsers of hostile bytes raise anything
        return None


def stated_pixel_size(file: Any) -> PixelSize | None:
    """Return the pixel size that an opened TIFF states; None where it states none to be trusted.

    Args:
        file: of tifffile.
    """
    return _read_tiff_size(file)


def _read_tiff_size(file: Any) -> PixelSize | None:
    if file.is_ome:
        return _validate_size(_read_ome_sizes(file.ome_metadata or ""), "OME")
    if file.is_svs:
        size = _APERIO_SIZE.search(str(file.pages.first.description)[:10_000])
        return _validate_size([_parse_number(size[1])] * 2, "Aperio") if size else None
    tags = file.pages.first.tags
    per_unit = [_parse_number(tags.valueof(tag, None)) for tag in (_X_RESOLUTION, _Y_RESOLUTION)]
    if file.is_imagej:
        name = str((file.imagej_metadata or {}).get("unit", "")).strip().lower()
        return _validate_size(_compute_sizes(_UNITS.get(name), per_unit), "ImageJ")
    unit = _TAG_UNITS.get(int(tags.valueof(_RESOLUTION_UNIT, 2)))
    return _validate_size(_compute_sizes(unit, per_unit), "TIFF resolution")


def _compute_sizes(unit: float | None, per_unit: list[float]) -> list[float]:
    """Micrometres per pixel of each axis, from pixels per unit; NaN where unknown."""
    return [unit / each if unit and each > 0 else math.nan for each in per_unit]


def _read_ome_sizes(xml: str) -> list[float]:
    """By the first image's element; read without an XML parser, which such bytes can stall."""
    found = _PIXELS.search(xml)
    element = found[0] if found else ""
    sizes = []
    for axis in "XY":
        size = re.search(_SIZE.format(axis=axis), element)
        unit = re.search(_UNIT.format(axis=axis), element)
        factor = _UNITS.get(unescape(unit[1]).strip().lower()) if unit else 1.0
        sizes.append(_parse_number(size[1]) * factor if size and factor else math.nan)
    return sizes


def _parse_number(value: Any) -> float:
    """Of a rational tag or a text; NaN where it is none."""
    try:
        if isinstance(value, tuple):
            return float(value[0]) / float(value[1])
        return float(value)
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return math.nan


def _validate_size(sizes: list[float], origin: str) -> PixelSize | None:
    """None unless both axes agree, and on something that a microscope can mean."""
    across, down = sizes
    if not SMALLEST <= across <= LARGEST or abs(across - down) > _UNEQUAL * across:
        return None
    return PixelSize(across, origin)
