"""From bytes to the decoder of what they hold."""

from __future__ import annotations

from collections.abc import Callable

from trainer.errors import ImageError
from trainer.imaging.codecs.base import Decoder, detect_format
from trainer.imaging.codecs.jpeg import open_jpeg
from trainer.imaging.codecs.png import open_png
from trainer.imaging.codecs.tiff import open_tiff
from trainer.imaging.codecs.webp_bmp import open_bmp, open_webp

_OPENERS: dict[str, Callable[[bytes], Decoder]] = {
    "JPEG": open_jpeg,
    "PNG": open_png,
    "TIFF": open_tiff,
    "BMP": open_bmp,
    "WebP": open_webp,
}


def open_decoder(data: bytes) -> Decoder:
    """Open the decoder of a file by its content; the header is read, nothing is decoded.

    Raises:
        ImageError: empty, cut off, damaged, or no image that can be read.
    """
    if not data:
        raise ImageError("The file is empty.", "Copy the file again from where it came from.")
    return _OPENERS[detect_format(data)](data)
