"""What the decoders of all formats share: header, size limit, format by content, and errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.codecs.depth import DepthRule, estimate_depth
from trainer.imaging.codecs.text_files import find_text_error
from trainer.imaging.file_names import SUFFIXES_BY_FORMAT

EXPORT_HINT = "Open it in an image program and save it again as TIFF, PNG or JPEG."
COPY_HINT = "Copy the file again from where it came from."


def truncation_error(kind: str) -> ImageError:
    """Return the error for a file that ends before its picture does."""
    return ImageError(f"The {kind} file is cut off before its end.", COPY_HINT)


def damage_error(kind: str, detail: str = "") -> ImageError:
    """Return the error for a file whose bytes contradict its format."""
    reason = f": {detail}" if detail else ""
    return ImageError(f"The {kind} file is damaged{reason}.", COPY_HINT)


@contextmanager
def translate_decoder_errors(kind: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an `ImageError`.

    Parsers of hostile bytes raise anything from `KeyError` to `struct.error`; for a
    person each of them means the same. The cause stays chained for the log.

    Raises:
        ImageError: the block raised anything.
    """
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"There is not enough memory to decode the {kind} file.") from error
    except Exception as error:
        raise damage_error(kind) from error


MAX_PLANES = 1000
_UNSUPPORTED_FORMATS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"GIF8", "GIF", "a GIF, which holds at most 256 colours"),
    (4, b"ftyphe", "HEIC", "a HEIC photograph"),
    (4, b"ftypmif1", "HEIF", "a HEIF photograph"),
    (4, b"ftypmsf1", "HEIF", "a HEIF photograph"),
    (4, b"ftypavi", "AVIF", "an AVIF image"),
    (4, b"jP  \r\n", "JPEG 2000", "a JPEG 2000 image"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000", "a JPEG 2000 image"),
    (4, b"JXL \r\n", "JPEG XL", "a JPEG XL image"),
    (0, b"8BPS", "Photoshop", "a Photoshop document"),
    (0, b"%PDF", "PDF", "a PDF document"),
    (0, b"PK\x03\x04", "ZIP", "a ZIP archive or an office document"),
    (128, b"DICM", "DICOM", "a DICOM file"),
    (0, b"\x89HDF", "HDF5", "an HDF5 file"),
    (0, b"ZISRAWFILE", "CZI", "a CZI file of a Zeiss microscope"),
    (0, b"\xda\xce\xbe\x0a", "ND2", "an ND2 file of a Nikon microscope"),
    (4, b"ftyp", "video", "a video"),
)
"""Offset and first bytes of formats that are not read, their name, and what to call a file."""


@dataclass(frozen=True)
class Header:
    """The header of a file, read before any pixel is allocated.

    Attributes:
        format: "JPEG", "PNG", "TIFF", "BMP" or "WebP", by content and not by name.
        width: in pixels, after orientation.
        height: likewise.
        planes: number of focal planes; by the header, so that some may turn out to be none.
        bits: of one sample of one channel.
        significant: bits of a sample that are used, where the file states it and it is fewer.
    """

    format: str
    width: int
    height: int
    planes: int = 1
    bits: int = 8
    significant: int | None = None


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """Pixels as they come from a decoder.

    Attributes:
        planes: each uint8 (H, W, 3) RGB, upright.
        grey: the file stores no colour at all.
        notes: what was remarkable, in words.
    """

    planes: tuple[NDArray[np.uint8], ...]
    grey: bool = False
    notes: tuple[str, ...] = ()


class Decoder(Protocol):
    """A file whose header was read and found plausible; nothing is decoded yet."""

    @property
    def header(self) -> Header:
        """Size, planes and depth, by the header."""

    def decode(self, reduction: int, rule: DepthRule = estimate_depth) -> DecodedImage:
        """Decode all planes at 1/`reduction` of the size (1, 2, 4 or 8).

        `rule` finds the depth of 16-bit samples of which the file states nothing.

        Raises:
            ImageError: damaged, or of a kind that is not read.
        """


def known_format(start: bytes) -> str:
    """Return the name of the format that a file's first bytes are of; "" where it is not known.

    Formats that are read are "JPEG", "PNG", "TIFF", "BMP" and "WebP"; others go by other names.
    """
    if format_ := _readable_format(start):
        return format_
    unsupported = _find_unsupported(start)
    return unsupported[0] if unsupported else ""


def detect_format(data: bytes) -> str:
    """Detect the format by the first bytes: "JPEG", "PNG", "TIFF", "BMP" or "WebP".

    Raises:
        ImageError: another format, by name where it is known.
    """
    if format_ := _readable_format(data):
        return format_
    if unsupported := _find_unsupported(data):
        raise ImageError(f"The file is {unsupported[1]}; this format is not read.", EXPORT_HINT)
    if not any(data):
        raise ImageError(
            "The file holds nothing but zeros.", "Copy the file again from where it came from."
        )
    if error := find_text_error(data):
        raise error
    raise ImageError(
        "The file is not an image that can be read (JPEG, PNG, TIFF, BMP or WebP).", EXPORT_HINT
    )


def _readable_format(data: bytes) -> str:
    if data[:2] == b"\xff\xd8":
        return "JPEG"
    if data[:4] == b"\x89PNG":
        return "PNG"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if data[:2] == b"BM" and len(data) >= 18 and data[14] in (12, 16, 40, 52, 56, 64, 108, 124):
        return "BMP"
    return "WebP" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def _find_unsupported(data: bytes) -> tuple[str, str] | None:
    for offset, magic, name, words in _UNSUPPORTED_FORMATS:
        if data[offset : offset + len(magic)] == magic:
            return name, words
    return None


def name_notes(name: str, format_: str) -> tuple[str, ...]:
    """Return a note where the name's extension is that of another format than the bytes hold."""
    dot = name.rfind(".")
    suffix = name[dot:].lower() if dot >= 0 else ""
    if suffix in SUFFIXES_BY_FORMAT[format_]:
        return ()
    return (f"named {suffix}, holds {format_}" if suffix else f"no extension, holds {format_}",)


def check_size(header: Header, limit_megapixels: float) -> None:
    """Refuse an image by its header, before anything is allocated.

    Raises:
        ImageError: no pixels at all, too many planes, or more pixels than allowed.
    """
    width, height, planes = header.width, header.height, header.planes
    if width < 1 or height < 1:
        raise ImageError(f"The {header.format} file says that its picture has no pixels.")
    if planes > MAX_PLANES:
        raise ImageError(f"The file holds {planes:,} planes; at most {MAX_PLANES:,} are read.")
    megapixels = width * height * planes / 1e6
    if megapixels > limit_megapixels:
        many = f"{planes:,} planes of " if planes > 1 else ""
        raise ImageError(
            f"The image holds {many}{width:,} x {height:,} pixels ({megapixels:,.0f} megapixels); "
            f"the limit is {limit_megapixels:,g} megapixels.",
            "Export a smaller part of it, or raise the limit in the settings.",
        )
