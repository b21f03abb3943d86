"""COCO's JSON of instances: images, categories, annotations (https://cocodataset.org/#format-data).

Boxes are [x, y, width, height] in pixels from the image's top left corner.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter

from trainer.data.annotations.json_file import Coordinate, load_json, validate
from trainer.data.annotations.polygons import Polygon, area, bounding_box, largest
from trainer.data.annotations.records import (
    AnnotatedImage,
    Annotations,
    LabelledCell,
    Shape,
    locate_cells,
    outline_or_rectangle,
    refuse_apart,
)
from trainer.data.annotations.run_lengths import decode_counts, trace_mask
from trainer.domain import Box
from trainer.errors import UserError

_Side = Annotated[int, Field(ge=0, le=10**6)]
UNLABELLED = "unlabelled"
_LARGEST_MASK = 400_000_000  # px, as the reader of images refuses more


def _check_key(value: object) -> int | str:
    if isinstance(value, int | str):
        return value
    raise ValueError("an id is a whole number or a text")


_Key = Annotated[int | str, PlainValidator(_check_key)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Image(_Record):
    id: _Key
    file_name: Annotated[str, Field(min_length=1)]
    width: _Side = 0
    height: _Side = 0


class _Category(_Record):
    id: _Key
    name: str


class _RunLengths(_Record):
    size: tuple[_Side, _Side]
    counts: Any


class _Annotation(_Record):
    id: _Key = ""
    image_id: _Key
    category_id: _Key
    bbox: tuple[Coordinate, Coordinate, Coordinate, Coordinate] | None = None
    segmentation: Any = None
    iscrowd: bool = False
    score: Coordinate | None = None


class _File(_Record):
    images: list[Any]
    categories: list[Any]
    annotations: list[Any]


_FILE, _IMAGE = TypeAdapter(_File), TypeAdapter(_Image)
_POLYGONS, _RUN_LENGTHS = TypeAdapter(list[list[Coordinate]]), TypeAdapter(_RunLengths)
_COUNTS = TypeAdapter(list[int])
_CATEGORY, _ANNOTATION = TypeAdapter(_Category), TypeAdapter(_Annotation)


def is_coco(value: object) -> bool:
    """Whether loaded JSON has the lists of a COCO file."""
    return isinstance(value, dict) and all(
        isinstance(value.get(key), list) for key in ("images", "categories", "annotations")
    )


def read_coco(path: Path) -> Annotations:
    """Read the cells of a COCO file; returns them by image.

    Regions that stand for a crowd (`iscrowd`) are no cells, and are left out with a note.

    Raises:
        UserError: no such file, or one that contradicts itself, with the place.
    """
    name = f"“{path.name}”"
    file = validate(load_json(path), _FILE, name)
    labels = _read_labels(file.categories, name)
    images = [
        validate(each, _IMAGE, f"{name}, image {at}") for at, each in enumerate(file.images, 1)
    ]
    _refuse_repeated([each.id for each in images], f"{name}: two images have the id")
    _refuse_repeated([each.file_name for each in images], f"{name}: two images are called")
    sizes = {each.id: (each.width, each.height) for each in images}
    shapes: dict[_Key, list[Shape]] = defaultdict(list)
    crowds = 0
    for at, each in enumerate(file.annotations, 1):
        place = f"{name}, annotation {at}"
        annotation = validate(each, _ANNOTATION, place)
        _refuse_unknown(annotation, sizes, labels, place)
        if annotation.iscrowd:
            crowds += 1
            continue
        shape = _read_shape(annotation, labels, sizes[annotation.image_id], place)
        shapes[annotation.image_id].append(shape)
    found = tuple(_build_image(each, shapes[each.id], name) for each in images)
    return Annotations(found, _describe_crowds(crowds, name))


def format_coco(images: Sequence[AnnotatedImage], classes: Sequence[str]) -> str:
    """Format cells as a COCO file; a cell that is predicted, not reviewed, has a `score`.

    Args:
        images: each with its size; ids are 1, 2, ... in this order.
        classes: names of the categories, ids likewise; further labels of cells follow them.
    """
    labels = [_category_of(cell) for image in images for cell in image.cells]
    categories = list(dict.fromkeys([*classes, *sorted(set(labels))]))
    ids = {label: number for number, label in enumerate(categories, 1)}
    numbered = list(enumerate(images, 1))
    cells = [(image, cell) for image, annotated in numbered for cell in annotated.cells]
    content = {
        "info": {"description": "Cells of blood smears", "version": "1.0"},
        "licenses": [],
        "images": [
            {"id": number, "file_name": each.name, "width": each.width, "height": each.height}
            for number, each in numbered
        ],
        "categories": [
            {"id": number, "name": label, "supercategory": "cell"} for label, number in ids.items()
        ],
        "annotations": [
            _format_annotation(number, image, ids[_category_of(cell)], cell)
            for number, (image, cell) in enumerate(cells, 1)
        ],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _category_of(cell: LabelledCell) -> str:
    """Every annotation of COCO has a category; that of a cell without a label is called so."""
    return cell.label or UNLABELLED


def _format_annotation(
    number: int, image: int, category: int, labelled: LabelledCell
) -> dict[str, object]:
    cell = labelled.cell
    polygon = tuple((round(x, 2), round(y, 2)) for x, y in outline_or_rectangle(cell))
    box = cell.box
    score = {} if labelled.probability is None else {"score": round(labelled.probability, 6)}
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": [round(side, 2) for side in (box.x, box.y, box.width, box.height)],
        "area": round(area(polygon), 2),
        "segmentation": [[side for point in polygon for side in point]],
        "iscrowd": 0,
        **score,
        "attributes": {
            "cell": cell.id.letters,
            "origin": cell.origin.value,
            "at_edge": cell.at_edge,
            "reviewed": labelled.reviewed,
        },
    }


def _read_labels(categories: Sequence[object], name: str) -> dict[_Key, str]:
    read = [
        validate(each, _CATEGORY, f"{name}, category {at}") for at, each in enumerate(categories, 1)
    ]
    _refuse_repeated([each.id for each in read], f"{name}: two categories have the id")
    return {each.id: each.name.strip() for each in read}


def _refuse_repeated(keys: Sequence[_Key], problem: str) -> None:
    seen: set[_Key] = set()
    for key in keys:
        if key in seen:
            raise UserError(f"{problem} {key}.", "Export the annotations again.")
        seen.add(key)


def _refuse_unknown(
    annotation: _Annotation,
    sizes: Mapping[_Key, tuple[int, int]],
    labels: Mapping[_Key, str],
    place: str,
) -> None:
    if annotation.image_id not in sizes:
        raise UserError(f"{place}: there is no image with the id {annotation.image_id}.")
    if annotation.category_id not in labels:
        raise UserError(f"{place}: there is no category with the id {annotation.category_id}.")


def _read_shape(
    annotation: _Annotation, labels: Mapping[_Key, str], size: tuple[int, int], place: str
) -> Shape:
    outline = _read_outline(annotation, size, place)
    if annotation.bbox is not None:
        box = Box(*annotation.bbox)
        refuse_apart(box, outline, place)
    elif outline:
        box = bounding_box(outline)
    else:
        raise UserError(f"{place}: the cell has neither a box nor an outline.")
    label, score = labels[annotation.category_id], annotation.score
    label = "" if label == UNLABELLED else label
    if score is not None and not 0 <= score <= 1:
        raise UserError(f"{place}: the score is {score:g}; it must lie from 0 to 1.")
    return Shape(box, outline, label, probability=score, place=place)


def _read_outline(annotation: _Annotation, size: tuple[int, int], place: str) -> Polygon:
    """The cell's outer boundary; empty where there is none."""
    segmentation = annotation.segmentation
    if not segmentation:
        return ()
    within = f"{place}, segmentation"
    if isinstance(segmentation, dict):
        mask = validate(segmentation, _RUN_LENGTHS, within)
        polygons = _trace_run_lengths(mask, size, place)
    else:
        lists = validate(segmentation, _POLYGONS, within)
        polygons = [_pair_coordinates(flat, place) for flat in lists]
    found = largest(polygons)
    if found is None:
        raise UserError(
            f"{place}: the outline is in {len(polygons)} parts, or has no area.",
            "Draw one outline around each cell.",
        )
    return found


def _pair_coordinates(flat: Sequence[float], place: str) -> Polygon:
    if len(flat) % 2 or len(flat) < 6:
        raise UserError(
            f"{place}: an outline of {len(flat)} numbers is no polygon.",
            "It needs three points or more, each with x and y.",
        )
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _trace_run_lengths(mask: _RunLengths, size: tuple[int, int], place: str) -> list[Polygon]:
    height, width = mask.size
    if size not in ((0, 0), (width, height)) or width * height > _LARGEST_MASK:
        raise UserError(
            f"{place}: the mask is {width} × {height} pixels, the image {size[0]} × {size[1]}.",
            "Export the annotations again.",
        )
    try:
        if isinstance(mask.counts, str):
            counts = decode_counts(mask.counts)
        else:
            counts = validate(mask.counts, _COUNTS, f"{place}, segmentation, counts")
        return trace_mask(counts, height, width)
    except ValueError as error:
        raise UserError(
            f"{place}: the mask cannot be decoded: {error}.", "Export the annotations again."
        ) from error


def _build_image(image: _Image, shapes: Sequence[Shape], place: str) -> AnnotatedImage:
    name = image.file_name.replace("\\", "/")
    cells = locate_cells(shapes, name, image.width, image.height)
    return AnnotatedImage(name, image.width, image.height, cells, place)


def _describe_crowds(count: int, name: str) -> tuple[str, ...]:
    if not count:
        return ()
    regions = "1 region of many cells was" if count == 1 else f"{count} regions of many cells were"
    return (f"{name}: {regions} left out (iscrowd).",)
