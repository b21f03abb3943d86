"""Which channels of a stack are red, green and blue: by their names, their colours or tables.

A stack may hold its channels in any order: cameras and OpenCV begin with blue. Microscope
software names them (OME `Channel`, labels of ImageJ, Micro-Manager, page names) or gives
each the colour that it is shown in (OME `Color`, lookup tables of ImageJ).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import Any

from trainer.errors import ImageError

RedGreenBlue = tuple[int, int, int]
"""Indices of the red, the green and the blue channel."""
_Colour = tuple[int, int, int]
_NAMES = (
    frozenset(("r", "red", "rot", "rouge", "rosso", "rojo", "vermelho")),
    frozenset(("g", "green", "grün", "gruen", "vert", "verde")),
    frozenset(("b", "blue", "blau", "bleu", "blu", "azul")),
)
_WORD = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+")
_IMAGE = re.compile(r"<(?:\w+:)?Image\b.*?(?=<(?:\w+:)?Image\b|\Z)", re.DOTALL)
_CHANNEL = re.compile(r"<(?:\w+:)?Channel\b[^>]*>")
_ATTRIBUTE = r"\s{name}\s*=\s*[\"']([^\"']*)[\"']"
_PAGE_NAME, _DESCRIPTION = 285, 270
_LONGEST_NAME = 64
_KEYS = ("channel", "channels", "channelnames", "chnames", "labels")


def find_colour_channels(
    file: Any, pages: Sequence[Any], count: int
) -> tuple[RedGreenBlue, tuple[str, ...]]:
    """Find the channels of a stack that are red, green and blue.

    Args:
        file: of tifffile.
        pages: those of the channels of one plane, in order.
        count: number of channels.

    Returns:
        Their indices, and notes. Three channels of which nothing is known count as red,
        green and blue.

    Raises:
        ImageError: not three channels, and nothing says which are the colours.
    """
    for codes, source in (
        (_classify_names(_read_names(file, count)), "names"),
        (_classify_colours(_read_colours(file)), "colours"),
        (_classify_names([read_page_name(page) for page in pages]), "names"),
        (_classify_colours([_read_page_colour(page) for page in pages]), "colours"),
    ):
        if found := _resolve(codes, count):
            more = count - 3
            notes = (f"{count} channels, read as red, green and blue by their {source}",)
            left_out = (f"{more} further channel{'s' if more > 1 else ''} left out",)
            return found, notes + (left_out if more else ())
    if count != 3:
        raise ImageError(f"The file holds {count} channels that are not red, green and blue.")
    return (0, 1, 2), ("3 channels, read as red, green and blue",)


def group_named_pages(pages: Sequence[Any]) -> list[tuple[Any, ...]] | None:
    """Group pages that are named red, green and blue, three by three, in this order.

    A palette that leads from black to one of these colours counts as its name.

    Returns:
        None where they are not all named so, or hold more than one channel each.
    """
    if not pages or len(pages) % 3 or any(page.samplesperpixel != 1 for page in pages):
        return None
    groups = []
    for start in range(0, len(pages), 3):
        triple = pages[start : start + 3]
        order = _resolve(_classify_names([read_page_name(page) for page in triple]), 0) or _resolve(
            _classify_colours([_read_page_colour(page) for page in triple]), 0
        )
        if order is None:
            return None
        groups.append(tuple(triple[index] for index in order))
    return groups


def read_page_name(page: Any) -> str:
    """Read the name of a page: its tag, else a description of one short line."""
    for tag in (_PAGE_NAME, _DESCRIPTION):
        value = page.tags.valueof(tag, "")
        if isinstance(value, str) and value.strip() and "\n" not in value.strip():
            return value.strip() if len(value) <= _LONGEST_NAME else ""
    return ""


def _resolve(codes: Sequence[int | None], count: int) -> RedGreenBlue | None:
    """The indices where each colour is there once; a third of three channels is the third one."""
    known = [code for code in codes if code is not None]
    if len(codes) == count == 3 and len(set(known)) == len(known) == 2:
        (missing,) = {0, 1, 2} - set(known)
        codes = [missing if code is None else code for code in codes]
        known = [0, 1, 2]
    if sorted(known) != [0, 1, 2] or (count and len(codes) != count):
        return None
    return codes.index(0), codes.index(1), codes.index(2)


def _classify_names(names: Iterable[str]) -> list[int | None]:
    """0, 1 and 2 for red, green and blue; None for a name of none or several of them."""
    codes: list[int | None] = []
    for name in names:
        words = {word.lower() for word in _WORD.findall(name)}
        found = [code for code, known in enumerate(_NAMES) if words & known]
        codes.append(found[0] if len(found) == 1 else None)
    return codes


def _classify_colours(colours: Iterable[_Colour]) -> list[int | None]:
    """By the strongest part, where the others are less than half of it."""
    codes: list[int | None] = []
    for colour in colours:
        strongest = max(colour)
        clear = sorted(colour)[1] * 2 < strongest
        codes.append(colour.index(strongest) if clear else None)
    return codes


def _read_names(file: Any, count: int) -> list[str]:
    if file.is_ome:
        return [_read_attribute(each, "Name") for each in _find_ome_channels(file)]
    if labels := (file.imagej_metadata or {}).get("Labels") if file.is_imagej else None:
        return [str(label) for label in labels[:count]]
    for record in _find_records(file):
        for key, value in record.items():
            names = value.get("Name", ()) if isinstance(value, Mapping) else value
            if _plain(key) in _KEYS and isinstance(names, list | tuple) and len(names) == count:
                return [str(name) for name in names]
    return []


def _read_colours(file: Any) -> list[_Colour]:
    if file.is_ome:
        channels = _find_ome_channels(file)
        return [_split_rgba(_read_attribute(each, "Color")) for each in channels]
    tables = (file.imagej_metadata or {}).get("LUTs", ()) if file.is_imagej else ()
    if tables:
        return [_read_brightest(table) for table in tables]
    for record in _find_records(file):
        values = record.get("ChColors")
        if isinstance(values, list) and all(isinstance(value, int) for value in values):
            return [((v >> 16) & 255, (v >> 8) & 255, v & 255) for v in values]
    return []


def _find_ome_channels(file: Any) -> list[str]:
    """The elements of the first image's channels; read without an XML parser."""
    image = _IMAGE.search(file.ome_metadata or "")
    return _CHANNEL.findall(image[0]) if image else []


def _find_records(file: Any) -> list[Mapping[str, Any]]:
    """What tifffile and Micro-Manager write down of a stack, as far as it is a record."""
    manager = file.micromanager_metadata if file.is_micromanager else None
    records = [*(file.shaped_metadata or ()), (manager or {}).get("Summary")]
    return [record for record in records if isinstance(record, Mapping)]


def _read_attribute(element: str, name: str) -> str:
    found = re.search(_ATTRIBUTE.format(name=name), element)
    return unescape(found[1]) if found else ""


def _split_rgba(text: str) -> _Colour:
    """OME's colour is a signed number of 32 bits: red, green, blue, alpha."""
    try:
        value = int(text)
    except ValueError:
        return 0, 0, 0
    return (value >> 24) & 255, (value >> 16) & 255, (value >> 8) & 255


def _read_brightest(table: Any) -> _Colour:
    """The last colour of a lookup table (3, 256)."""
    if getattr(table, "shape", ()) != (3, 256):
        return 0, 0, 0
    red, green, blue = (int(part) for part in table[:, -1])
    return red, green, blue


def _read_page_colour(page: Any) -> _Colour:
    """The last colour of a page's palette (3, 2^bits), whose first one is black."""
    table = page.colormap
    if table is None or table.ndim != 2 or table.shape[0] != 3 or table[:, 0].any():
        return 0, 0, 0
    red, green, blue = (int(part) for part in table[:, -1])
    return red, green, blue


def _plain(key: object) -> str:
    return str(key).lower().replace("_", "").replace(" ", "")
