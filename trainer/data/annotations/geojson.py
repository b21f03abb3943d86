"""QuPath's GeoJSON: one file an image, a feature a cell, in pixels of the image.

The geometry is that of RFC 7946; what QuPath adds stands in `properties`: `objectType`,
`classification` with name and colour, `measurements`, `name`
(https://qupath.readthedocs.io/en/stable/docs/advanced/exporting_annotations.html).
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from trainer.data.annotations.json_file import Coordinate, load_json, validate
from trainer.data.annotations.polygons import (
    Polygon,
    bounding_box,
    is_rectangle,
    largest,
    open_ring,
)
from trainer.data.annotations.records import (
    AnnotatedImage,
    Annotations,
    LabelledCell,
    Shape,
    locate_cells,
    outline_or_rectangle,
)
from trainer.errors import UserError

_NAMESPACE = uuid.UUID("7c6c1dbe-3b0e-5d0c-9d3f-6e1b1d4d8f51")
_NO_COLOUR = (138, 138, 138)
_SUFFIXES = (".geojson", ".json")
_REGION = "region"
_ITSELF_AND_ANOTHER = 2

_Point = Annotated[list[Coordinate], Field(min_length=2)]
_Ring = Annotated[list[_Point], Field(min_length=3)]
_Rings = Annotated[list[_Ring], Field(min_length=1)]
_POLYGON, _MULTI_POLYGON = TypeAdapter(_Rings), TypeAdapter(list[_Rings])


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Geometry(_Record):
    type: str
    coordinates: Any = None


class _Feature(_Record):
    type: Literal["Feature"]
    geometry: _Geometry
    properties: dict[str, Any] | None = None


_FEATURE = TypeAdapter(_Feature)


def is_geojson(value: object) -> bool:
    """Whether loaded JSON has features: a collection, a bare list (QuPath 0.2), or one alone."""
    if isinstance(value, dict):
        return value.get("type") in ("FeatureCollection", "Feature")
    return isinstance(value, list) and bool(value) and all(map(_is_feature, value))


def _is_feature(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") == "Feature"


def read_geojson(path: Path) -> Annotations:
    """Read the cells of one image; its name is that of the file without `.geojson` or `.json`.

    A feature without a class is a cell without a label. Left out are holes of outlines; and with
    a note lines, points and regions: a feature with others in it, or of a class that QuPath
    ignores (`Region*`).

    Raises:
        UserError: no such file, or a feature that is no cell of one outline, with its place.
    """
    name = f"“{path.name}”"
    shapes: list[Shape] = []
    others: Counter[str] = Counter()
    for place, each in _flatten(_list_features(load_json(path), name), f"{name}, feature "):
        feature = validate(each, _FEATURE, place)
        if feature.geometry.type not in ("Polygon", "MultiPolygon"):
            others[feature.geometry.type] += 1
        elif _children_of(each):
            others[_REGION] += 1
        else:
            shapes.append(_read_shape(feature, place))
    kept = _without_regions(shapes)
    others[_REGION] += len(shapes) - len(kept)
    image = path.stem if path.suffix.casefold() in _SUFFIXES else path.name
    cells = locate_cells(kept, image, 0, 0)
    return Annotations((AnnotatedImage(image, cells=cells, place=name),), _describe(others, name))


def _flatten(features: Sequence[object], place: str) -> Iterator[tuple[str, object]]:
    """All features with their places, those within others after them."""
    waiting = deque((f"{place}{at}", each) for at, each in enumerate(features, 1))
    while waiting:
        where, feature = waiting.popleft()
        yield where, feature
        children = [(f"{where}.{at}", each) for at, each in enumerate(_children_of(feature), 1)]
        waiting.extendleft(reversed(children))


def _children_of(feature: object) -> Sequence[object]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if isinstance(properties, dict):
        for name in ("childObjects", "children"):
            if isinstance(children := properties.get(name), list):
                return children
    return ()


def _without_regions(shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes that are cells, and not where cells were looked for.

    A region is of a class that QuPath ignores, or has none and lies around two others.
    """
    if not shapes:
        return []
    boxes = np.array([(s.box.x, s.box.y, s.box.width, s.box.height) for s in shapes])
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    areas = boxes[:, 2:].prod(axis=1)
    large = areas >= 2 * np.median(areas)  # so that a file of many cells is not of squared cost
    return [
        shape
        for shape, box, candidate in zip(shapes, boxes, large, strict=True)
        if not shape.label.endswith("*")
        and (shape.label or not candidate or _count_within(middles, box) <= _ITSELF_AND_ANOTHER)
    ]


def _count_within(points: NDArray[np.float64], box: NDArray[np.float64]) -> int:
    within = (points > box[:2]) & (points < box[:2] + box[2:])
    return int(within.all(axis=1).sum())


def _describe(others: Counter[str], name: str) -> tuple[str, ...]:
    counted = ((kind, count) for kind, count in others.items() if count)
    return tuple(
        f"{name}: {count} {'feature' if count == 1 else 'features'} of the type {kind} "
        f"{'was' if count == 1 else 'were'} left out; a cell is a Polygon with one cell in it."
        for kind, count in counted
    )


def format_geojson(image: AnnotatedImage, colours: Mapping[str, str]) -> str:
    """Format the cells of one image as QuPath imports them, as annotations.

    Args:
        image: a cell's feature is called by its letters; equal cells get equal ids.
        colours: #rrggbb of each class.
    """
    features = [_format_feature(image.name, each, colours) for each in image.cells]
    content = {"type": "FeatureCollection", "features": features}
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _format_feature(
    image: str, labelled: LabelledCell, colours: Mapping[str, str]
) -> dict[str, object]:
    cell = labelled.cell
    ring = [[round(x, 2), round(y, 2)] for x, y in outline_or_rectangle(cell)]
    probability = labelled.probability
    return {
        "type": "Feature",
        "id": str(uuid.uuid5(_NAMESPACE, f"{image}\n{cell.id.number}")),
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "properties": {
            "objectType": "annotation",
            "name": cell.id.letters or Path(image).stem,
            **_format_class(labelled.label, colours),
            "measurements": {} if probability is None else {"probability": round(probability, 6)},
            "metadata": {
                "origin": cell.origin.value,
                "at_edge": str(cell.at_edge).lower(),
                "reviewed": str(labelled.reviewed).lower(),
            },
        },
    }


def _format_class(label: str, colours: Mapping[str, str]) -> dict[str, object]:
    if not label:
        return {}
    return {"classification": {"name": label, "color": list(_rgb_of(colours.get(label, "")))}}


def _rgb_of(colour: str) -> tuple[int, ...]:
    if len(colour) != 7:
        return _NO_COLOUR
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _list_features(content: object, name: str) -> Sequence[object]:
    """Features of a collection, of a bare list of them (QuPath 0.2), or one alone."""
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        features = content.get("features")
        if content.get("type") == "FeatureCollection" and isinstance(features, list):
            return features
        if content.get("type") == "Feature":
            return [content]
    raise UserError(
        f"{name} holds no GeoJSON features.",
        "Export it from QuPath with File, Export objects as GeoJSON.",
    )


def _read_shape(feature: _Feature, place: str) -> Shape:
    outline = _read_outline(feature.geometry, place)
    properties = feature.properties or {}
    box = bounding_box(outline)
    drawn = () if is_rectangle(outline) else outline
    probability = _read_probability(properties.get("measurements"), place)
    label = _read_label(properties.get("classification"), place)
    return Shape(box, drawn, label, probability=probability, place=place)


def _read_outline(geometry: _Geometry, place: str) -> Polygon:
    within = f"{place}, coordinates"
    if geometry.type == "Polygon":
        parts = [validate(geometry.coordinates, _POLYGON, within)]
    else:
        parts = validate(geometry.coordinates, _MULTI_POLYGON, within)
    # The first ring of a polygon is its outside, those after it are holes.
    outlines = [open_ring([(point[0], point[1]) for point in part[0]]) for part in parts]
    found = largest(outlines)
    if found is None:
        raise UserError(
            f"{place}: the outline is in {len(outlines)} parts, or has no area.",
            "Draw one outline around each cell.",
        )
    return found


def _read_label(classification: object, place: str) -> str:
    """The name of a class, whose parts QuPath joins with a colon; empty where there is none."""
    if classification is None:
        return ""
    if isinstance(classification, dict):
        names = classification.get("names")
        if isinstance(names, list):
            classification = ": ".join(str(each) for each in names)
        else:
            classification = classification.get("name") or ""
    if not isinstance(classification, str):
        raise UserError(f"{place}: the classification has no name.")
    return classification.strip()


def _read_probability(measurements: object, place: str) -> float | None:
    """The measurement `probability`: of a map, or of a list of names and values (QuPath 0.3)."""
    if isinstance(measurements, list):
        pairs = [each for each in measurements if isinstance(each, dict)]
        measurements = {each.get("name"): each.get("value") for each in pairs}
    value = measurements.get("probability") if isinstance(measurements, dict) else None
    if not isinstance(value, int | float):
        return None
    if not 0 <= value <= 1:
        raise UserError(f"{place}: the probability is {value:g}; it must lie from 0 to 1.")
    return float(value)
