"""QuPath's GeoJSON: valid geometries for shapely, the properties that QuPath reads, and back."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.data.annotations.annotated_cells import (
    OUTLINE,
    annotated_image,
    message_of,
    put,
)
from trainer.data.annotations.geojson import format_geojson, read_geojson
from trainer.data.annotations.polygons import bounding_box
from trainer.data.annotations.records import AnnotatedImage, LabelledCell
from trainer.data.synthetic import draw_field
from trainer.domain import Box, CellId, LocatedCell
from trainer.imaging.fields.cells import find_cells
from trainer.imaging.segmentation.white_cell import boundary_polygon

SQUARE = [[10, 20], [40, 20], [40, 60], [10, 60], [10, 20]]
COLOURS = {"basophil": "#0072b2"}


def feature(kind: str = "Polygon", coordinates: object = (SQUARE,), **properties: object) -> dict:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def written(folder: Path, *features: object) -> Path:
    collection = {"type": "FeatureCollection", "features": features}
    return put(folder / "f.png.geojson", json.dumps(collection))


def test_shapely_reads_what_is_written() -> None:
    from shapely.geometry import box, shape

    content = json.loads(format_geojson(annotated_image(), COLOURS))
    assert content["type"] == "FeatureCollection"
    first, second = (shape(each["geometry"]) for each in content["features"])
    assert first.is_valid and second.is_valid
    assert list(first.exterior.coords) == [*OUTLINE, OUTLINE[0]]
    assert first.bounds == (9, 18, 42.5, 50)
    assert second.equals(box(100, 0, 140, 30.5))


def test_properties_are_those_of_qupath() -> None:
    content = json.loads(format_geojson(annotated_image(), COLOURS))
    first, second = content["features"]
    assert first["type"] == "Feature"
    assert uuid.UUID(first["id"]) != uuid.UUID(second["id"])
    assert content == json.loads(format_geojson(annotated_image(), COLOURS))
    properties = first["properties"]
    assert (properties["objectType"], properties["name"]) == ("annotation", "A")
    assert properties["classification"] == {"name": "basophil", "color": [0, 114, 178]}
    assert second["properties"]["measurements"] == {"probability": 0.875}
    # QuPath reads measurements as a map of numbers, and metadata as a map of texts.
    for each in (first["properties"], second["properties"]):
        assert all(isinstance(value, float) for value in each["measurements"].values())
        assert all(isinstance(value, str) for value in each["metadata"].values())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    image = annotated_image()
    path = put(tmp_path / "field 1.jpg.geojson", format_geojson(image, COLOURS))
    (read,) = read_geojson(path).images
    first, second = read.cells
    assert read.name == "field 1.jpg"
    assert (first.cell.outline, first.cell.box) == (OUTLINE, image.cells[0].cell.box)
    assert (first.label, first.reviewed) == ("basophil", True)
    assert (second.cell.outline, second.cell.box) == ((), Box(100, 0, 40, 30.5))
    assert (second.label, second.probability) == ("seg_neutrophil", 0.875)


@pytest.mark.parametrize(
    ("classification", "label"),
    [
        (None, ""),
        ("monocyte", "monocyte"),
        ({"name": "monocyte", "colorRGB": -377282}, "monocyte"),
        ({"name": "Immune cells: T", "color": [1, 2, 3]}, "Immune cells: T"),
        ({"names": ["Immune cells", "T"]}, "Immune cells: T"),
        ({"name": None}, ""),
    ],
)
def test_classes_of_every_version(tmp_path: Path, classification: object, label: str) -> None:
    (image,) = read_geojson(written(tmp_path, feature(classification=classification))).images
    assert image.cells[0].label == label


def test_files_of_every_version(tmp_path: Path) -> None:
    one = feature(measurements=[{"name": "probability", "value": 0.5}], object_type="annotation")
    for content in ([one], one, {"type": "FeatureCollection", "features": [one]}):
        (image,) = read_geojson(put(tmp_path / "f.geojson", json.dumps(content))).images
        assert image.name == "f"
        assert [cell.probability for cell in image.cells] == [0.5]


def test_holes_and_slivers_are_left_out(tmp_path: Path) -> None:
    hole = [[20, 30], [25, 30], [25, 35], [20, 30]]
    sliver = [[41, 60], [42, 60], [42, 61], [41, 60]]
    octagon = [[10, 20], [30, 20], [40, 40], [10, 60], [10, 20]]
    holed = feature("Polygon", [octagon, hole])
    slivered = feature("MultiPolygon", [[sliver], [octagon, hole]])
    (image,) = read_geojson(written(tmp_path, holed, slivered)).images
    for labelled in image.cells:
        assert labelled.cell.outline == ((10, 20), (30, 20), (40, 40), (10, 60))


def test_points_and_lines_are_left_out_with_a_note(tmp_path: Path) -> None:
    found = read_geojson(
        written(tmp_path, feature("Point", [1, 2]), feature("LineString", SQUARE), feature())
    )
    assert len(found.images[0].cells) == 1
    assert "1 feature of the type Point was left out" in found.notes[0]
    assert len(found.notes) == 2


def test_regions_are_no_cells(tmp_path: Path) -> None:
    around = [[0, 0], [90, 0], [90, 90], [0, 90], [0, 0]]
    beside = [[[60, 20], [80, 20], [80, 60], [60, 60], [60, 20]]]
    children = [feature(classification="basophil"), feature(coordinates=beside)]
    nested = feature("Polygon", [around], childObjects=children)
    for features in (
        [nested],
        [feature("Polygon", [around]), *children],
        [feature("Polygon", [around], classification={"name": "Region*"}), *children],
    ):
        found = read_geojson(written(tmp_path, *features))
        labels = [cell.label for cell in found.images[0].cells]
        assert labels == ["basophil", ""]
        assert "1 feature of the type region was left out" in found.notes[0]


def test_a_broken_feature_within_another_is_named(tmp_path: Path) -> None:
    broken = feature("Polygon", [[[1, 1]]])
    text = message_of(read_geojson, written(tmp_path, feature(childObjects=[broken])))
    assert "“f.png.geojson”, feature 1.1" in text


def test_outlines_of_found_cells_are_valid(tmp_path: Path) -> None:
    from shapely.geometry import shape

    field = draw_field(("monocyte", "seg_neutrophil"), np.random.default_rng(3), size=(400, 300))
    found = find_cells(field.pixels, field.red_cell_diameter)
    assert found
    cells = []
    for number, each in enumerate(found, 1):
        outline = tuple((float(x), float(y)) for x, y in boundary_polygon(each.cell))
        located = LocatedCell(CellId("f", number), bounding_box(outline), outline)
        cells.append(LabelledCell(located))
    text = format_geojson(AnnotatedImage("f", 400, 300, tuple(cells)), {})
    for each in json.loads(text)["features"]:
        assert shape(each["geometry"]).is_valid
        assert "classification" not in each["properties"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (
            feature("MultiPolygon", [[SQUARE], [[[50, 20], [80, 20], [80, 60], [50, 20]]]]),
            "2 parts",
        ),
        (feature("Polygon", [[[1, 1], [2, 2], [3, 3], [1, 1]]]), "has no area"),
        (feature("Polygon", [[[1, 1], [2, 2]]]), "coordinates[0]"),
        (feature("Polygon", [[[1, float("nan")], [2, 2], [3, 1]]]), "coordinates[0][0][1]"),
        (feature("Polygon", [[[1], [2, 2], [3, 1]]]), "coordinates[0][0]"),
        (feature("Polygon", []), "coordinates"),
        (feature("Polygon", None), "coordinates"),
        (feature(classification=3), "the classification has no name"),
        (feature(measurements={"probability": 7}), "the probability is 7"),
        ({"type": "Feature", "geometry": None}, "geometry"),
        ({"type": "Polygon", "coordinates": [SQUARE]}, "type"),
        (None, "“f.png.geojson”, feature 2"),
    ],
)
def test_a_broken_feature_is_named(tmp_path: Path, broken: object, words: str) -> None:
    text = message_of(read_geojson, written(tmp_path, feature(), broken))
    assert words in text.replace("coordinates, ", "coordinates")
    assert "“f.png.geojson”, feature 2" in text


def test_another_file_is_refused(tmp_path: Path) -> None:
    for text in ("{}", "3", '{"type": "FeatureCollection"}', '{"type": "Topology"}'):
        path = put(tmp_path / "f.geojson", text)
        assert "holds no GeoJSON features" in message_of(read_geojson, path)
