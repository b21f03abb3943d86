"""The structure of a JPEG stream: its markers, walked without decoding (ITU-T T.81, annex B).

Decoders fill up a truncated or damaged stream with grey pixels and at most print a warning.
A whole stream is recognised by its markers: they must follow each other without a gap,
restart markers must count up, and EOI must come.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from trainer.errors import ImageError
from trainer.imaging.codecs.base import damage_error, truncation_error

_SOI, _EOI, _SOS, _DQT, _DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xDD
_APP1, _APP2 = 0xE1, 0xE2
_METADATA = frozenset((*range(0xE1, 0xF0), 0xFE)) - {0xEE}
"""Comments and what programs add, but for APP0 (JFIF) and APP14 (Adobe), which name the colours."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_RESTARTS = range(0xD0, 0xD8)
_STANDALONE = frozenset((0x01, _SOI, _EOI, *_RESTARTS))
_SCAN_MARKER = re.compile(rb"\xff[^\x00\xff]")  # begins with a literal: scanned by memchr
_ICC = b"ICC_PROFILE\0"


@dataclass
class JpegStructure:
    """What the markers of a JPEG stream hold.

    Attributes:
        frame: number of the SOF marker (0 baseline, 1 extended, 2 progressive, 3 lossless, ...).
        bits: of a sample.
        width: as stored, before orientation, in pixels.
        height: likewise.
        sampling: (horizontal, vertical) factors of each component.
        scans: number of scans.
        scan_end: position of the marker behind the last scan.
        exif: the EXIF block, or empty.
        restart_interval: in minimum coded units; 0 for none.
        icc_parts: the parts of the ICC profile, by their number.
        quantisation: tables by number, 64 steps each in zigzag order (T.81, B.2.4.1).
        metadata: begin and end of each segment that decides nothing about the pixels.
    """

    frame: int = -1
    bits: int = 0
    width: int = 0
    height: int = 0
    sampling: tuple[tuple[int, int], ...] = ()
    scans: int = 0
    scan_end: int = 0
    exif: bytes = b""
    restart_interval: int = 0
    icc_parts: dict[int, bytes] = field(default_factory=dict)
    quantisation: dict[int, tuple[int, ...]] = field(default_factory=dict)
    metadata: list[tuple[int, int]] = field(default_factory=list)

    @property
    def icc(self) -> bytes:
        """The ICC profile: its parts in order; empty for none."""
        parts = self.icc_parts
        return b"".join(parts[number] for number in sorted(parts))

    def units(self, components: int) -> int:
        """Number of minimum coded units of a scan of so many components; 0 where unknown."""
        across = max(h for h, _ in self.sampling)
        down = max(v for _, v in self.sampling)
        if components == len(self.sampling) > 1:
            return -(-self.width // (8 * across)) * -(-self.height // (8 * down))
        if components == 1 == len(self.sampling):
            return -(-self.width // 8) * -(-self.height // 8)
        return 0


def parse_jpeg(data: bytes) -> JpegStructure:
    """Walk all markers from SOI to EOI; what follows EOI is ignored.

    Args:
        data: the file, or a strip or tile of a TIFF (its tables may lie elsewhere).

    Raises:
        ImageError: cut off, a marker where none may be, or no picture.
    """
    found = JpegStructure()
    position = 2
    while True:
        marker, position = _next_marker(data, position)
        if marker == _EOI:
            break
        if marker in _STANDALONE:
            if marker == 0x01:
                continue
            raise damage_error("JPEG", "a marker stands where none may be")
        position = _read_segment(found, data, marker, position)
    if found.frame < 0 or not found.scans:
        raise damage_error("JPEG", "it holds no picture")
    return found


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    if position + 2 > len(data):
        raise truncation_error("JPEG")
    if data[position] != 0xFF:
        raise damage_error("JPEG", "its parts do not follow each other")
    while data[position] == 0xFF:
        position += 1
        if position >= len(data):
            raise truncation_error("JPEG")
    return data[position], position + 1


def _read_segment(structure: JpegStructure, data: bytes, marker: int, position: int) -> int:
    if position + 2 > len(data):
        raise truncation_error("JPEG")
    length = int.from_bytes(data[position : position + 2])
    end = position + length
    if length < 2:
        raise damage_error("JPEG", "a part has no length")
    if end > len(data):
        raise truncation_error("JPEG")
    body = data[position + 2 : end]
    if marker in _METADATA:
        structure.metadata.append((position - 2, end))
    if marker in _FRAMES:
        _read_frame(structure, marker, body)
    elif marker == _DQT:
        _read_quantisation(structure, body)
    elif marker == _DRI and len(body) >= 2:
        (structure.restart_interval,) = struct.unpack_from(">H", body)
    elif marker in (_APP1, _APP2):
        _read_application(structure, marker, body)
    elif marker == _SOS:
        return _read_scan(structure, data, body, end)
    return end


def _read_frame(structure: JpegStructure, marker: int, body: bytes) -> None:
    if structure.frame >= 0:
        raise damage_error("JPEG", "it holds two pictures in one")
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise damage_error("JPEG", "its header is too short")
    structure.frame = marker - 0xC0
    structure.bits, structure.height, structure.width, count = struct.unpack_from(">BHHB", body)
    factors = [body[7 + 3 * index] for index in range(count)]
    structure.sampling = tuple((factor >> 4, factor & 15) for factor in factors)
    if not count or any(not 1 <= f <= 4 for pair in structure.sampling for f in pair):
        raise damage_error("JPEG", "its header makes no sense")


def _read_quantisation(structure: JpegStructure, body: bytes) -> None:
    """One table or several; what is too short is left to the decoder to complain of."""
    position = 0
    while position < len(body):
        wide, number = body[position] >> 4, body[position] & 15
        size = 128 if wide else 64
        steps = body[position + 1 : position + 1 + size]
        if len(steps) < size:
            return
        structure.quantisation[number] = struct.unpack(">64H" if wide else "64B", steps)
        position += 1 + size


def _read_application(structure: JpegStructure, marker: int, body: bytes) -> None:
    if marker == _APP1 and body.startswith(b"Exif\0") and not structure.exif:
        structure.exif = body[6:]
    elif marker == _APP2 and body.startswith(_ICC) and len(body) > len(_ICC) + 2:
        structure.icc_parts[body[len(_ICC)]] = body[len(_ICC) + 2 :]


def _read_scan(structure: JpegStructure, data: bytes, body: bytes, position: int) -> int:
    if structure.frame < 0 or not body:
        raise damage_error("JPEG", "pixels come before the header")
    structure.scans += 1
    for restarts, match in enumerate(_SCAN_MARKER.finditer(data, position)):
        marker = data[match.end() - 1]
        if marker not in _RESTARTS:
            _check_restarts(structure, body[0], restarts)
            structure.scan_end = match.start()
            return match.start()
        if not structure.restart_interval or marker - 0xD0 != restarts % 8:
            raise damage_error("JPEG", "its pixels are interrupted")
    raise truncation_error("JPEG")


def _check_restarts(structure: JpegStructure, components: int, restarts: int) -> None:
    """Every interval must be there; some cameras close the last one as well."""
    units = structure.units(components) if structure.restart_interval else 0
    if units:
        expected = -(-units // structure.restart_interval) - 1
        if restarts not in (expected, expected + 1):
            raise damage_error("JPEG", "some of its pixels are missing")


def check_supported(structure: JpegStructure) -> None:
    """Refuse the kinds of JPEG that are not read, with the reason.

    Raises:
        ImageError: lossless, hierarchical, or not of 8 bits.
    """
    if structure.frame not in (0, 1, 2, 9, 10):
        raise ImageError("The file is a lossless or hierarchical JPEG; this kind is not read.")
    if structure.bits != 8:
        raise ImageError(f"The file is a JPEG of {structure.bits} bits; only 8 bits are read.")
    if len(structure.sampling) not in (1, 3, 4):
        raise ImageError(f"The JPEG has {len(structure.sampling)} channels; 1, 3 or 4 are read.")
