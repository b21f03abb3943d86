"""The chain of directories of a TIFF, followed to its end (TIFF 6.0, section 2; BigTIFF).

A reader that meets a directory behind the end of a cut file stops there and gives fewer
planes; so the chain is walked here first, and a break in it is an error.
"""

from __future__ import annotations

import struct

from trainer.imaging.faults import damaged, truncated
from trainer.imaging.header import MAX_PLANES

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_TYPE_SIZES |= {13: 4, 16: 8, 17: 8, 18: 8}
_FIRST_PRIVATE = 32768
_NEEDED_PRIVATE = (34675, 50838, 50839)
"""The colour profile and ImageJ's description of the stack: a cut file must not lose them."""


def count_directories(data: bytes) -> int:
    """Number of directories in the main chain; at most one more than `MAX_PLANES`.

    Raises:
        ImageError: a directory lies behind the end of the file, or the chain is a circle.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = 43 in data[2:4]
    count_form, next_form, entry, start = ("Q", "Q", 20, 8) if big else ("H", "I", 12, 4)
    seen: set[int] = set()
    (offset,) = _unpack(order + next_form, data, start)
    while offset and len(seen) <= MAX_PLANES:
        if offset in seen:
            raise damaged("TIFF", "its planes follow each other in a circle")
        seen.add(offset)
        (entries,) = _unpack(order + count_form, data, offset)
        start = offset + struct.calcsize(order + count_form)
        (offset,) = _unpack(order + next_form, data, start + entry * entries)
        for at in range(start, start + entry * entries, entry):
            _check_value(order, next_form, data, at)
    return len(seen)


def _check_value(order: str, form: str, data: bytes, entry: int) -> None:
    """The value of a standard tag must lie in the file; programs' own tags are their affair."""
    tag, kind, count, offset = _unpack(order + "HH" + form * 2, data, entry)
    size = count * _TYPE_SIZES.get(kind, 0)
    outside = size > struct.calcsize(order + form) and offset + size > len(data)
    if outside and (tag < _FIRST_PRIVATE or tag in _NEEDED_PRIVATE):
        raise truncated("TIFF")


def _unpack(form: str, data: bytes, offset: int) -> tuple[int, ...]:
    if offset + struct.calcsize(form) > len(data):
        raise truncated("TIFF")
    return struct.unpack_from(form, data, offset)
