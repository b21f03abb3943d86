"""Text that bears the name of an image: pointers of version control, web pages, messages.

Such files come about where a program fetched an image and was given something else. Each is
named for what it is, since what to do differs.
"""

from __future__ import annotations

import re
import zlib

from trainer.errors import ImageError

_START = 4096
_GZIP = b"\x1f\x8b"
_ENCODINGS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_PROLOGUE = re.compile(r"(?:[\s\ufeff]|<\?xml[^>]*>|<!--.*?-->)*", re.DOTALL)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|script|!doctype\s+wml)\b", re.I)
_SVG = re.compile(r"<(?:!doctype\s+svg|svg)\b", re.I)
_LFS = re.compile(r"version https?://(?:git-lfs|hawser)\.github\.com/spec/", re.I)
_ANNEX = re.compile(r"(?:\S*[/\\])?annex[/\\]objects[/\\]\S+\s*\Z|/annex/objects/")
_SHORTCUT = re.compile(r"\[(?:InternetShortcut|Desktop Entry)\]", re.I)
_KINDS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        _LFS,
        "The file is a pointer of Git LFS; the image itself was not fetched.",
        "Fetch the images with git lfs pull in their folder, or copy them from where they are.",
    ),
    (
        _ANNEX,
        "The file is a pointer of git-annex; the image itself was not fetched.",
        "Fetch the images with git annex get in their folder, or copy them from where they are.",
    ),
    (
        _HTML,
        "The file is a web page, not an image.",
        "Download the image again: sites give a page where a login or a click is wanted.",
    ),
    (
        _SVG,
        "The file is an SVG drawing; this format is not read.",
        "Open it in an image program and save it again as TIFF, PNG or JPEG.",
    ),
    (
        _SHORTCUT,
        "The file is a shortcut to another file, not an image.",
        "Copy the image itself.",
    ),
)


def find_text_error(data: bytes) -> ImageError | None:
    """Find what text a file holds in place of an image.

    Args:
        data: the file's bytes.

    Returns:
        The error that names it; None where the bytes are no text.
    """
    text = _decode_start(data)
    if text is None:
        return None
    start = _PROLOGUE.sub("", text, count=1)
    for pattern, message, hint in _KINDS:
        if pattern.match(start):
            return ImageError(message, hint)
    return ImageError(
        "The file holds text, not an image.",
        "Open it in an editor to see what it is, and copy the image again.",
    )


def _decode_start(data: bytes) -> str | None:
    """The first characters of a text; None where it is none."""
    start = data[:_START]
    if start[:2] == _GZIP:
        start = _unpack(data)
    encoding = next((name for mark, name in _ENCODINGS.items() if start.startswith(mark)), None)
    text = start.decode(encoding or "utf-8", "ignore")
    if encoding is None and len(text.encode()) < len(start) - 3:
        text = start.decode("latin-1") if _is_latin_text(start) else "\0"
    readable = all(each.isprintable() or each in "\t\r\n\f\b\ufeff" for each in text)
    return text if readable and text.strip() else None


def _unpack(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data[: 2 * _START], _START)
    except zlib.error:
        return b""


def _is_latin_text(start: bytes) -> bool:
    """Mostly ASCII, as pages in the encodings of the 1990s are."""
    plain = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in start)
    return plain > 0.8 * len(start)
