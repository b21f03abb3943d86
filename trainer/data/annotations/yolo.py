"""YOLO's text files: one an image, a line a cell, in shares of the image's sides.

A line is `class x y width height`, the middle of the box, or `class x1 y1 x2 y2 x3 y3 ...`, an
outline; a prediction has its probability behind the box. Classes are numbers: their names stand
in `classes.txt`, `obj.names` or under `names` in `data.yaml`, beside the files or above.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from trainer.data.annotations.json_file import read_bytes
from trainer.data.annotations.polygons import bounding_box
from trainer.data.annotations.records import AnnotatedImage, Annotations, Shape, locate_cells
from trainer.domain import Box
from trainer.errors import UserError

NAME_FILES = frozenset({"classes.txt", "obj.names", "data.yaml", "data.yml", "dataset.yaml"})
_LINE = re.compile(rb"\s*\d+(\s+[-+.0-9eE]+){4,}\s*")
_YAML_NAME = re.compile(r"\s*(?:(\d+)\s*:|-)\s*(.+)")
_SEARCHED_ABOVE = 3


def is_yolo(path: Path) -> bool:
    """Whether a text file has lines of numbers as YOLO's; an empty one is not known to be."""
    try:
        with path.open("rb") as file:
            lines = [line for line in file.read(4096).splitlines()[:3] if line.strip()]
    except OSError:
        return False
    return bool(lines) and all(_LINE.fullmatch(line) for line in lines[:2])


def read_yolo(path: Path) -> Annotations:
    """Read the cells of one image, whose name is that of the file but for the suffix.

    Raises:
        UserError: no such file, or a broken line, with its number.
    """
    names = _read_names(path.parent)
    lines = read_bytes(path).decode("utf-8-sig", "replace").splitlines()
    shapes = [
        _read_shape(line.split(), names, f"“{path.name}”, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    # With its folder, for the same name may stand in the folders of several splits.
    image = f"{path.parent.name}/{path.stem}"
    cells = locate_cells(shapes, image, 1, 1)
    place = f"“{path.name}”"
    return Annotations((AnnotatedImage(image, cells=cells, place=place, relative=True),))


def _read_shape(words: list[str], names: Mapping[int, str], place: str) -> Shape:
    try:
        number, *values = int(words[0]), *map(float, words[1:])
    except ValueError:
        number, values = -1, []
    if number < 0 or len(values) < 4 or not all(map(math.isfinite, values)):
        raise UserError(
            f"{place}: “{' '.join(words)[:60]}” is no cell.",
            "It needs the number of the class, then x, y, width and height.",
        )
    label = names.get(number, f"class {number}")
    if len(values) > 5:
        if len(values) % 2:
            raise UserError(f"{place}: an outline of {len(values)} numbers is no polygon.")
        outline = tuple(zip(values[::2], values[1::2], strict=True))
        return Shape(bounding_box(outline), outline, label, place=place)
    x, y, width, height, *score = values
    if score and not 0 <= score[0] <= 1:
        raise UserError(f"{place}: the probability is {score[0]:g}; it must lie from 0 to 1.")
    box = Box(x - width / 2, y - height / 2, width, height)
    return Shape(box, label=label, probability=score[0] if score else None, place=place)


def _read_names(folder: Path) -> Mapping[int, str]:
    """The names of the classes, by number; empty where no file has them."""
    above = [folder, *folder.absolute().parents][:_SEARCHED_ABOVE]
    found = (each / name for each in above for name in sorted(NAME_FILES))
    for path in found:
        if path.is_file():
            return _parse_names(path, path.stat().st_mtime_ns)
    return {}


@lru_cache(maxsize=8)
def _parse_names(path: Path, _: int) -> Mapping[int, str]:
    """The names in a file; they are parsed anew when it changes."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if path.suffix not in (".yaml", ".yml"):
        return dict(enumerate(line.strip() for line in text.splitlines() if line.strip()))
    return _parse_yaml_names(text.splitlines())


def _parse_yaml_names(lines: list[str]) -> dict[int, str]:
    """The list or map under `names:`, in one line or one a line; nothing else of YAML."""
    names: dict[int, str] = {}
    start = next((at for at, line in enumerate(lines) if line.startswith("names:")), None)
    if start is None:
        return names
    inline = lines[start].removeprefix("names:").split("#")[0].strip()
    if inline:
        parts = inline.strip("[]{} ").split(",")
        keyed = [part.partition(":")[::2] if inline[0] == "{" else ("", part) for part in parts]
        return {
            int(key) if key.strip().isdecimal() else at: _unquote(name)
            for at, (key, name) in enumerate(keyed)
        }
    for line in lines[start + 1 :]:
        match = _YAML_NAME.fullmatch(line.split(" #")[0])
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match is None:
            break
        number = int(match[1]) if match[1] else len(names)
        names[number] = _unquote(match[2])
    return names


def _unquote(text: str) -> str:
    return text.strip().strip("'\"")
