"""What a file is by its first bytes, whatever its name."""

from __future__ import annotations

import os
import stat

from trainer.imaging.codecs.base import known_format

START_BYTES = 512
EMPTY, TEXT, ONLINE_ONLY = "empty", "text", "online only"

# Opening such a file makes the system fetch it over the network: FILE_ATTRIBUTE_OFFLINE,
# _RECALL_ON_OPEN and _RECALL_ON_DATA_ACCESS of Windows, SF_DATALESS of macOS.
_WINDOWS_ONLINE_ONLY = 0x1000 | 0x40000 | 0x400000
_MACOS_DATALESS = 0x40000000
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"


def content_of_file(path: str) -> str:
    """Return what a file holds, by its first bytes.

    Returns:
        A format ("JPEG", "GIF", "DICOM", ...), `EMPTY`, `TEXT`, or `ONLINE_ONLY` for a file that
        is not on this computer and was left alone; "" where nothing is known.
    """
    try:
        # Before opening, because opening a pipe would block.
        status = os.stat(path)  # noqa: PTH116 - extended names
        if not stat.S_ISREG(status.st_mode):
            return ""
        if _is_online_only(status):
            return ONLINE_ONLY
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - extended names
            return content_of(file.read(START_BYTES))
    except (OSError, ValueError):
        return ""


def content_of(start: bytes) -> str:
    """Return what a file of these first bytes holds, as `content_of_file` does."""
    if not start:
        return EMPTY
    return known_format(start) or (TEXT if _is_text(start) else "")


def _is_text(start: bytes) -> bool:
    """UTF-16 with its mark, or no control characters and mostly letters of ASCII."""
    if start.startswith(_UTF_16_MARKS):
        return True
    ascii_count = sum(byte < 128 for byte in start)
    return len(start.translate(None, _NO_TEXT)) == len(start) and 2 * ascii_count >= len(start)


def _is_online_only(status: os.stat_result) -> bool:
    windows: int = getattr(status, "st_file_attributes", 0)
    macos: int = getattr(status, "st_flags", 0)
    return bool(windows & _WINDOWS_ONLINE_ONLY or macos & _MACOS_DATALESS)
