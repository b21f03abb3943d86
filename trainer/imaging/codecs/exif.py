"""The colour space that a camera names in EXIF, where it stores no profile."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache

_EXIF_IFD, _COLOUR_SPACE, _INTEROPERABILITY_IFD, _INDEX = 0x8769, 0xA001, 0xA005, 1
_ASCII, _SHORT, _LONG = 2, 3, 4
_ADOBE_RGB, _UNCALIBRATED = 2, 0xFFFF
_MAX_ENTRIES = 1000
_Value = int | bytes


def read_exif_profile(block: bytes) -> bytes:
    """Read the colour space from an EXIF block, as an ICC profile.

    Adobe RGB is an uncalibrated colour space with the interoperability index R03 (DCF 2.0,
    EXIF 2.32); some cameras write 2 as the colour space instead.

    Args:
        block: EXIF, or a whole classic TIFF, which is built alike.

    Returns:
        The profile of Adobe RGB; empty where the block names another space or none.
    """
    block = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 14:
        return b""
    main = dict(_read_entries(block, order, struct.unpack_from(order + "I", block, 4)[0]))
    exif = _follow(block, order, main.get(_EXIF_IFD))
    space = exif.get(_COLOUR_SPACE, _UNCALIBRATED)
    index = _follow(block, order, exif.get(_INTEROPERABILITY_IFD)).get(_INDEX)
    named = space == _UNCALIBRATED and isinstance(index, bytes) and index.startswith(b"R03")
    return build_adobe_rgb_profile() if named or space == _ADOBE_RGB else b""


def _follow(block: bytes, order: str, offset: _Value | None) -> dict[int, _Value]:
    return dict(_read_entries(block, order, offset)) if isinstance(offset, int) else {}


def _read_entries(block: bytes, order: str, offset: int) -> Iterator[tuple[int, _Value]]:
    """Tag and value of the entries whose value is a number or a text of at most four bytes."""
    if offset + 2 > len(block):
        return
    (count,) = struct.unpack_from(order + "H", block, offset)
    entries = block[offset + 2 :][: 12 * min(count, _MAX_ENTRIES)]
    whole = entries[: len(entries) // 12 * 12]
    for tag, kind, _, value in struct.iter_unpack(order + "HHI4s", whole):
        if kind in (_SHORT, _LONG):
            yield tag, struct.unpack_from(order + ("H" if kind == _SHORT else "I"), value)[0]
        elif kind == _ASCII:
            yield tag, value


@cache
def build_adobe_rgb_profile() -> bytes:
    """Build the profile of Adobe RGB (1998): a matrix and a gamma (ICC.1:2001, version 2).

    The primaries are those of the standard, adapted to D50.
    """
    primaries = {
        b"rXYZ": (0.60974, 0.31111, 0.01947),
        b"gXYZ": (0.20528, 0.62567, 0.06087),
        b"bXYZ": (0.14919, 0.06322, 0.74457),
        b"wtpt": (0.95045, 1.0, 1.08905),
    }
    name = b"Adobe RGB (1998) by EXIF\0"
    description = b"desc" + bytes(4) + struct.pack(">I", len(name)) + name + bytes(78)
    gamma = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.19921875 * 256))
    bodies = {tag: _pack_xyz(xyz) for tag, xyz in primaries.items()}
    bodies |= {b"desc": description, b"cprt": b"text" + bytes(4) + b"public domain\0"}
    bodies |= {b"rTRC": gamma, b"gTRC": gamma, b"bTRC": gamma}
    table, data, start = b"", b"", 128 + 4 + 12 * len(bodies)
    for tag, body in bodies.items():
        table += tag + struct.pack(">II", start + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    head = struct.pack(">I4xI12s", start + len(data), 0x02100000, b"mntrRGB XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + _pack_xyz((0.9642, 1.0, 0.8249))[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(bodies)) + table + data


def _pack_xyz(xyz: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(part * 65536) for part in xyz))
