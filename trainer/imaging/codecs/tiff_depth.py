"""How many bits of its 16-bit samples a TIFF says that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from trainer.imaging.codecs.depth import CONTAINER

_MAX_SAMPLE_VALUE = 281
_FEWEST = 8
# OME (`SignificantBits="12"`), records of tifffile and Micro-Manager (`"BitDepth": 12`), and
# what cameras write as plain text ("Bit depth: 12").
_STATED = re.compile(
    r"\b(?:significant[ _]?bits|bit[ _]?depth|camera[ _]?bits|bits[ _]?per[ _]?(?:pixel|sample))"
    r"\b\W{1,4}(\d{1,2})\b",
    re.IGNORECASE,
)


def read_significant_bits(file: Any, container: int) -> int | None:
    """Read how many bits of a sample are used, as a TIFF states it.

    It is stated by OME (`SignificantBits`), by Micro-Manager and other programs in text, or
    by the largest possible value (tag 281), where that is a full one.

    Args:
        file: of tifffile.
        container: bits of a sample as it is stored.

    Returns:
        None where nothing is stated, or no fewer than the 16 of the container.
    """
    if container != CONTAINER:
        return None
    for text in _find_texts(file):
        for found in _STATED.finditer(text):
            if _FEWEST <= int(found[1]) < CONTAINER:
                return int(found[1])
    return _read_full_value(file.pages.first.tags.valueof(_MAX_SAMPLE_VALUE, 0))


def _find_texts(file: Any) -> Iterable[str]:
    yield str(file.pages.first.description or "")
    if file.is_imagej:
        yield str((file.imagej_metadata or {}).get("Info", ""))
    summary = (file.micromanager_metadata or {}).get("Summary") if file.is_micromanager else None
    if isinstance(summary, Mapping):
        yield f"BitDepth: {summary.get('BitDepth', '')}"


def _read_full_value(value: Any) -> int | None:
    """The bits of which the value is the largest: 4095 has 12."""
    most = max(value, default=0) if isinstance(value, tuple) else value
    if not isinstance(most, int) or most < 2**_FEWEST - 1 or most & (most + 1):
        return None
    return most.bit_length() if most.bit_length() < CONTAINER else None
