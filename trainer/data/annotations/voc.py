"""Pascal VOC's XML: one file an image, an `object` with `name` and `bndbox` a cell.

Positions are taken as they stand, in pixels from the image's top left corner: labelImg and
BCCD write them so, VOC itself counts from 1, which a cell does not notice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from xml.parsers import expat

from trainer.data.annotations.json_file import read_bytes
from trainer.data.annotations.records import AnnotatedImage, Annotations, Shape, locate_cells
from trainer.domain import Box
from trainer.errors import UserError

_HINT = "Export it again from the program that made it."
_DEEPEST = 32


@dataclass(eq=False)
class _Element:
    """An element of the file, with its line."""

    name: str
    line: int
    text: str = ""
    children: list[_Element] = field(default_factory=list)

    def find(self, name: str) -> _Element | None:
        """The first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def read_text(self, name: str) -> str:
        """The text of a child, stripped; empty where there is none."""
        child = self.find(name)
        return child.text.strip() if child is not None else ""


def is_voc(path: Path) -> bool:
    """Whether an XML file is an annotation, by its first kilobytes."""
    try:
        with path.open("rb") as file:
            return b"<annotation" in file.read(4096).replace(b"\0", b"")
    except OSError:
        return False


def read_voc(path: Path) -> Annotations:
    """Read the cells of one image.

    Raises:
        UserError: no such file, or a broken one, with the line.
    """
    root = _parse(read_bytes(path), path.name)
    if root.name != "annotation":
        raise UserError(f"“{path.name}” is no Pascal VOC file: it begins with <{root.name}>.")
    written = PureWindowsPath(root.read_text("filename")).as_posix()
    name = written if written not in ("", ".") else path.stem
    width, height = _read_size(root, path.name)
    objects = [child for child in root.children if child.name == "object"]
    cells = locate_cells([_read_shape(each, path.name) for each in objects], name, width, height)
    image = AnnotatedImage(name, width, height, cells, f"“{path.name}”")
    return Annotations((image,))


def _parse(data: bytes, name: str) -> _Element:
    """Build the tree of elements; a document type, which could define entities, is refused."""
    top = _Element("", 0)
    open_elements = [top]
    parser = expat.ParserCreate()

    def start(tag: str, _: dict[str, str]) -> None:
        element = _Element(tag, parser.CurrentLineNumber)
        if len(open_elements) > _DEEPEST:
            raise UserError(f"“{name}”, line {element.line}: elements are nested too deep.", _HINT)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def add_text(text: str) -> None:
        open_elements[-1].text += text

    def refuse_entity(*_: object) -> None:
        line = parser.CurrentLineNumber
        raise UserError(f"“{name}”, line {line}: entities are not allowed here.", _HINT)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = add_text, refuse_entity
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise UserError(
            f"“{name}”, line {error.lineno}: this is no XML: {problem}.", _HINT
        ) from error
    return top.children[0]


def _read_size(root: _Element, file: str) -> tuple[int, int]:
    """Width and height of the image; 0, 0 where they are not stated."""
    size = root.find("size")
    if size is None or not (size.read_text("width") or size.read_text("height")):
        return 0, 0
    width, height = (round(_read_number(size, side, file)) for side in ("width", "height"))
    return (width, height) if width > 0 and height > 0 else (0, 0)


def _read_shape(element: _Element, file: str) -> Shape:
    place = f"“{file}”, line {element.line}"
    label, box = element.read_text("name"), element.find("bndbox")
    if not label:
        raise UserError(f"{place}: the object has no name.")
    if box is None:
        raise UserError(f"{place}: the object “{label}” has no box (bndbox).")
    left, top, right, bottom = (
        _read_number(box, side, file) for side in ("xmin", "ymin", "xmax", "ymax")
    )
    at_edge = element.read_text("truncated") == "1"
    return Shape(
        Box(left, top, right - left, bottom - top), label=label, at_edge=at_edge, place=place
    )


def _read_number(element: _Element, name: str, file: str) -> float:
    child = element.find(name)
    if child is None:
        raise UserError(f"“{file}”, line {element.line}: <{element.name}> has no <{name}>.", _HINT)
    try:
        value = float(child.text)
    except ValueError:
        value = math.nan
    if not abs(value) <= 1e7:
        raise UserError(
            f"“{file}”, line {child.line}: <{name}> is “{child.text.strip()}”, which is no "
            "position in an image."
        )
    return value
