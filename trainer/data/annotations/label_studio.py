"""Label Studio's JSON of tasks (https://labelstud.io/guide/task_format): read and written.

A task is one image. Its `annotations` are of persons, its `predictions` of programs. Boxes
(`rectanglelabels`) and outlines (`polygonlabels`) are in percent of the image's sides, from its
top left corner.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import quoteattr

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from trainer.data.annotations.json_file import Coordinate, load_json, validate
from trainer.data.annotations.polygons import Polygon, bounding_box, largest
from trainer.data.annotations.records import (
    AnnotatedImage,
    Annotations,
    LabelledCell,
    Shape,
    locate_cells,
)
from trainer.domain import Box
from trainer.errors import UserError

LOCAL_FILES = "/data/local-files/?d="
UNLABELLED = "unlabelled"
_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{8}-")
_RECTANGLE, _POLYGON = "rectanglelabels", "polygonlabels"

_Percent = Coordinate
_Point = Annotated[list[_Percent], Field(min_length=2, max_length=2)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Value(_Record):
    x: _Percent | None = None
    y: _Percent | None = None
    width: _Percent | None = None
    height: _Percent | None = None
    rotation: Coordinate = 0.0
    points: list[_Point] = []
    rectanglelabels: list[str] = []
    polygonlabels: list[str] = []


class _Result(_Record):
    type: str = ""
    value: _Value = _Value()
    score: Coordinate | None = None
    original_width: Annotated[int, Field(ge=0, le=10**6)] = 0
    original_height: Annotated[int, Field(ge=0, le=10**6)] = 0


class _Completion(_Record):
    result: list[Any] = []
    was_cancelled: bool = False
    score: Coordinate | None = None


class _Task(_Record):
    data: dict[str, Any]
    annotations: list[_Completion] = []
    predictions: list[_Completion] = []


_TASK, _RESULT = TypeAdapter(_Task), TypeAdapter(_Result)


def is_label_studio(value: object) -> bool:
    """Whether loaded JSON is a list of tasks."""
    return isinstance(value, list) and bool(value) and all(map(_is_task, value))


def _is_task(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        return False
    return "annotations" in value or "predictions" in value


def read_label_studio(path: Path) -> Annotations:
    """Read the cells of a file of tasks; returns them by image.

    Of a task the newest annotation that was not cancelled is taken; its cells have no
    probability. Where a task has none, its newest prediction is, whose cells have one. Results
    that are no box and no outline are left out with a note.

    Raises:
        UserError: no such file, or one that contradicts itself, with the place.
    """
    name, others = f"“{path.name}”", Counter[str]()
    content = load_json(path)
    if not isinstance(content, list):
        raise UserError(f"{name} holds no tasks.", "Export it from Label Studio as JSON.")
    images = [
        _read_task(validate(each, _TASK, place), place, others)
        for at, each in enumerate(content, 1)
        for place in [f"{name}, task {at}"]
    ]
    seen = Counter(image.name for image in images)
    if twice := [each for each, count in seen.items() if count > 1]:
        raise UserError(f"{name}: “{twice[0]}” is in several tasks.", "Keep one of them.")
    notes = tuple(
        f"{name}: {count} results of the type {kind} were left out; a cell is a box or an outline."
        for kind, count in others.items()
    )
    return Annotations(tuple(images), notes)


def _read_task(task: _Task, place: str, others: Counter[str]) -> AnnotatedImage:
    done = [each for each in task.annotations if not each.was_cancelled]
    chosen = done[-1] if done else (task.predictions[-1] if task.predictions else _Completion())
    results = [
        validate(each, _RESULT, f"{place}, result {at}") for at, each in enumerate(chosen.result, 1)
    ]
    shapes = []
    for at, each in enumerate(results, 1):
        shape = _read_shape(each, chosen, f"{place}, result {at}", by_person=bool(done))
        if shape is None:
            others[each.type or "without a type"] += 1
        else:
            shapes.append(shape)
    name = _read_name(task.data, place)
    cells = locate_cells(shapes, name, 1, 1)
    return AnnotatedImage(name, cells=cells, place=place, relative=True)


def _read_name(data: dict[str, Any], place: str) -> str:
    """The image's name: as this program wrote it, or out of the address of the image."""
    if isinstance(name := data.get("name"), str) and name:
        return name
    address = next((each for each in data.values() if isinstance(each, str) and each), "")
    if not address:
        raise UserError(f"{place}: it names no image.")
    parts = urlsplit(address)
    if local := parse_qs(parts.query).get("d"):
        return local[0]
    *folders, file = unquote(parts.path).lstrip("/").split("/")
    return "/".join([*folders, _UPLOAD_PREFIX.sub("", file)])


def _read_shape(
    result: _Result, completion: _Completion, place: str, *, by_person: bool
) -> Shape | None:
    value = result.value
    score = result.score if result.score is not None else completion.score
    probability = None if by_person else 0.0 if score is None else score
    if probability is not None and not 0 <= probability <= 1:
        raise UserError(f"{place}: the score is {probability:g}; it must lie from 0 to 1.")
    if result.type == _POLYGON:
        outline = largest([tuple((x / 100, y / 100) for x, y in value.points)])
        if outline is None:
            raise UserError(f"{place}: the outline has no area.")
        box, labels = bounding_box(outline), value.polygonlabels
    elif result.type == _RECTANGLE:
        outline, box = _read_rectangle(result, place)
        labels = value.rectanglelabels
    else:
        return None
    label = labels[0].strip() if labels else ""
    label = "" if label == UNLABELLED else label
    return Shape(box, outline, label, probability=probability, place=place)


def _read_rectangle(result: _Result, place: str) -> tuple[Polygon, Box]:
    """The outline of a box that is turned, else none; and the box, both in shares."""
    value = result.value
    sides = (value.x, value.y, value.width, value.height)
    if None in sides:
        raise UserError(f"{place}: the box lacks x, y, width or height.")
    x, y, width, height = (float(side or 0.0) / 100 for side in sides)
    if not value.rotation:
        return (), Box(x, y, width, height)
    # Turned clockwise around its first corner, in pixels: percent of unequal sides are not square.
    across, down = result.original_width or 1, result.original_height or 1
    turn = math.radians(value.rotation)
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    outline = tuple(
        (
            x + (dx * across * math.cos(turn) - dy * down * math.sin(turn)) / across,
            y + (dx * across * math.sin(turn) + dy * down * math.cos(turn)) / down,
        )
        for dx, dy in corners
    )
    return outline, bounding_box(outline)


def format_label_studio(images: Sequence[AnnotatedImage], model: str) -> str:
    """Format cells as tasks: what a person named as an annotation, all else as a prediction.

    A task's image is an address of Label Studio's local files (`LOCAL_FILES`); `name` is the
    image's name in the case, by which it is found again.

    Args:
        images: each with its size.
        model: id of the model that predicted.
    """
    tasks = [_format_task(number, each, model) for number, each in enumerate(images, 1)]
    return json.dumps(tasks, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _format_task(number: int, image: AnnotatedImage, model: str) -> dict[str, object]:
    reviewed = [each for each in image.cells if each.reviewed]
    predicted = [each for each in image.cells if not each.reviewed]
    annotations = [{"result": list(_format_results(image, reviewed))}] if reviewed else []
    predictions = (
        [{"model_version": model, "result": list(_format_results(image, predicted))}]
        if predicted
        else []
    )
    return {
        "id": number,
        "data": {"image": f"{LOCAL_FILES}{quote(image.name)}", "name": image.name},
        "annotations": annotations,
        "predictions": predictions,
    }


def _format_results(
    image: AnnotatedImage, cells: Sequence[LabelledCell]
) -> Iterator[dict[str, object]]:
    for each in cells:
        outline, label = each.cell.outline, [each.label or UNLABELLED]
        value: dict[str, object]
        if len(outline) > 2:
            points = [[_percent(x, image.width), _percent(y, image.height)] for x, y in outline]
            kind, value = _POLYGON, {"points": points, "closed": True, _POLYGON: label}
        else:
            box = each.cell.box
            kind, value = (
                _RECTANGLE,
                {
                    "x": _percent(box.x, image.width),
                    "y": _percent(box.y, image.height),
                    "width": _percent(box.width, image.width),
                    "height": _percent(box.height, image.height),
                    "rotation": 0,
                    _RECTANGLE: label,
                },
            )
        score = {} if each.probability is None else {"score": round(each.probability, 6)}
        yield {
            "id": f"cell{each.cell.id.number}",
            "type": kind,
            "from_name": "outline" if kind == _POLYGON else "box",
            "to_name": "image",
            "original_width": image.width,
            "original_height": image.height,
            "image_rotation": 0,
            "value": value,
            **score,
        }


def _percent(value: float, side: int) -> float:
    return round(100 * value / side, 6)


def format_labelling_config(labels: Sequence[tuple[str, str]]) -> str:
    """Format Label Studio's labelling interface for these tasks.

    Args:
        labels: name and #rrggbb of each class.
    """
    lines = [
        f"    <Label value={quoteattr(name)} background={quoteattr(colour)}/>"
        for name, colour in [*labels, (UNLABELLED, "#8a8a8a")]
    ]
    return "\n".join(
        [
            "<View>",
            '  <Image name="image" value="$image" zoom="true"/>',
            '  <RectangleLabels name="box" toName="image">',
            *lines,
            "  </RectangleLabels>",
            '  <PolygonLabels name="outline" toName="image">',
            *lines,
            "  </PolygonLabels>",
            "</View>",
            "",
        ]
    )
