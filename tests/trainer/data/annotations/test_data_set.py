"""Folders of fields with annotations, as other programs lay them out, become items."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.trainer.data.annotations.annotated_cells import annotated_image, message_of, put
from trainer.data.annotations.coco import format_coco
from trainer.data.annotations.geojson import format_geojson
from trainer.data.groups import group_indices
from trainer.data.item import Item
from trainer.data.manifest import read_manifest, write_manifest
from trainer.domain import Box


def image(path: Path, width: int = 200, height: int = 150) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 230, np.uint8))
    return path


def coco(path: Path, *names: str, categories: tuple[str, ...] = ("monocyte", "basophil")) -> Path:
    images = [
        {"id": at, "file_name": name, "width": 200, "height": 150} for at, name in enumerate(names)
    ]
    annotations = [
        {"id": 1, "image_id": at, "category_id": kind, "bbox": [10 + 60 * kind, 20, 30, 40]}
        for at in range(len(names))
        for kind in range(2)
    ]
    kinds = [{"id": at, "name": name} for at, name in enumerate(categories)]
    value = {"images": images, "annotations": annotations, "categories": kinds}
    return put(path, json.dumps(value))


def voc(path: Path, filename: str, *labels: str) -> Path:
    objects = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{10 + 50 * at}</xmin><ymin>20</ymin>"
        f"<xmax>{40 + 50 * at}</xmax><ymax>60</ymax></bndbox></object>"
        for at, label in enumerate(labels)
    )
    return put(path, f"<annotation><filename>{filename}</filename>{objects}</annotation>")


def found(data: Path, **options) -> list[tuple[str, str, str]]:
    manifest = read_manifest(data, **options)
    return [(item.name(manifest.root), item.label, item.split) for item in manifest.items]


def test_images_beside_a_coco_file(tmp_path: Path) -> None:
    image(tmp_path / "f.png")
    file = coco(tmp_path / "cells.json", "f.png")
    first, second = read_manifest(tmp_path).items
    assert first == Item(tmp_path / "f.png", "monocyte", box=Box(10, 20, 30, 40), number=1)
    assert second == Item(tmp_path / "f.png", "basophil", box=Box(70, 20, 30, 40), number=2)
    assert read_manifest(file).items == (first, second)


def test_the_layout_of_coco_itself(tmp_path: Path) -> None:
    for name in ("train2017/a.png", "val2017/b.png", "test/c.png"):
        image(tmp_path / name)
    coco(tmp_path / "annotations/instances_train2017.json", "a.png")
    coco(tmp_path / "annotations/instances_val2017.json", "b.png")
    coco(tmp_path / "annotations/instances_test2017.json", "c.png")
    put(tmp_path / "annotations/captions_train2017.json", '{"images": [], "annotations": []}')
    assert found(tmp_path) == [
        ("test/c.png#A", "monocyte", "test"),
        ("test/c.png#B", "basophil", "test"),
        ("train2017/a.png#A", "monocyte", "train"),
        ("train2017/a.png#B", "basophil", "train"),
        ("val2017/b.png#A", "monocyte", "val"),
        ("val2017/b.png#B", "basophil", "val"),
    ]


def test_split_folders_each_with_its_file(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        image(tmp_path / split / "same.png", width=200)
        coco(tmp_path / split / "_annotations.coco.json", "same.png")
    assert [split for _, _, split in found(tmp_path)] == ["test", "test", "train", "train"] + [
        "val"
    ] * 2


def test_the_layout_of_pascal_voc(tmp_path: Path) -> None:
    for stem in ("a", "b"):
        image(tmp_path / f"JPEGImages/{stem}.png")
        voc(tmp_path / f"Annotations/{stem}.xml", f"{stem}.jpg", "WBC", "RBC")
    put(tmp_path / "ImageSets/Main/train.txt", "a\n")
    put(tmp_path / "ImageSets/Main/val.txt", "b 1\n")
    put(tmp_path / "Annotations/pom.xml", "<project/>")
    expected = [
        ("JPEGImages/a.png#A", "WBC", "train"),
        ("JPEGImages/a.png#B", "RBC", "train"),
        ("JPEGImages/b.png#A", "WBC", "val"),
        ("JPEGImages/b.png#B", "RBC", "val"),
    ]
    assert found(tmp_path) == expected
    assert found(tmp_path / "Annotations") == expected


def test_a_renamed_image_is_found_by_the_name_of_its_xml(tmp_path: Path) -> None:
    image(tmp_path / "BloodImage_7.png")
    voc(tmp_path / "BloodImage_7.xml", "C:\\data\\old name.jpg", "WBC", "RBC")
    assert [name for name, _, _ in found(tmp_path)] == ["BloodImage_7.png#A", "BloodImage_7.png#B"]


def test_qupath_files_beside_images(tmp_path: Path) -> None:
    image(tmp_path / "a.png")
    image(tmp_path / "b.png")
    put(tmp_path / "geojson/a.geojson", format_geojson(annotated_image(), {}))
    put(tmp_path / "geojson/b.png.geojson", format_geojson(annotated_image(), {}))
    assert found(tmp_path) == [
        ("a.png#A", "basophil", ""),
        ("a.png#B", "seg_neutrophil", ""),
        ("b.png#A", "basophil", ""),
        ("b.png#B", "seg_neutrophil", ""),
    ]


@pytest.mark.parametrize("suffix", ["json", "geojson"])
def test_qupath_files_by_their_content(tmp_path: Path, suffix: str) -> None:
    image(tmp_path / "a.png")
    text = format_geojson(annotated_image(), {})
    features = json.dumps(json.loads(text)["features"])
    for content in (text, features):
        file = put(tmp_path / f"a.{suffix}", content)
        expected = [("a.png#A", "basophil", ""), ("a.png#B", "seg_neutrophil", "")]
        assert found(file) == found(tmp_path) == expected


def test_names_of_other_systems(tmp_path: Path) -> None:
    name = "Blut a\u0308.png"
    image(tmp_path / "fields" / name)
    assert [n for n, _, _ in found(coco(tmp_path / "c.json", "D:\\x\\Blut \u00e4.PNG"))] == [
        f"fields/{name}#A",
        f"fields/{name}#B",
    ]


def test_images_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ("day 1", "day 2"):
        image(tmp_path / "images" / folder / "f.png")
    file = coco(tmp_path / "c.json", "day 1/f.png", "day 2/f.png")
    assert len(found(file)) == 4
    coco(file, "f.png")
    assert "several images could be meant by “f.png”" in message_of(read_manifest, file)


def test_cells_without_a_label_are_counted(tmp_path: Path) -> None:
    image(tmp_path / "f.png")
    coco(tmp_path / "c.json", "f.png", categories=("monocyte", "unlabelled"))
    manifest = read_manifest(tmp_path, min_classes=1)
    assert [item.label for item in manifest.items] == ["monocyte"]
    assert manifest.notes == ("1 cell has no label, and did not count.",)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("none.png", "f.png"), "name 1 image that cannot be found: “none.png”"),
        (("f.png", "./f.png"), "“f.png” is annotated twice, in “c.json”"),
        (("../../etc/passwd",), "cannot be found"),
    ],
)
def test_images_that_are_not_there(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    image(tmp_path / "f.png")
    coco(tmp_path / "c.json", *names)
    assert words in message_of(read_manifest, tmp_path)


def test_another_version_of_the_image_is_refused(tmp_path: Path) -> None:
    image(tmp_path / "f.png", width=150, height=200)
    coco(tmp_path / "c.json", "f.png")
    message = message_of(read_manifest, tmp_path)
    assert "is stated to be 200 × 150 pixels, but it is 150 × 200" in message


def test_a_box_outside_of_an_image_whose_size_is_not_stated(tmp_path: Path) -> None:
    image(tmp_path / "f.png", width=60, height=50)
    voc(tmp_path / "f.xml", "f.png", "WBC", "RBC", "RBC")
    assert "“f.xml”, cell B: the box (60, 20, 30 × 40) lies" in message_of(read_manifest, tmp_path)


def test_annotations_of_two_formats_are_refused(tmp_path: Path) -> None:
    image(tmp_path / "f.png")
    coco(tmp_path / "c.json", "f.png")
    voc(tmp_path / "f.xml", "f.png", "WBC")
    assert "of several formats: COCO, Pascal VOC" in message_of(read_manifest, tmp_path)


def test_class_folders_with_other_files_stay_class_folders(tmp_path: Path) -> None:
    for label in ("monocyte", "basophil"):
        image(tmp_path / label / "a.png")
        put(tmp_path / label / "a.json", "{}")
    put(tmp_path / "settings.json", '{"images": 3}')
    put(tmp_path / "broken.json", "{")
    put(tmp_path / "layout.xml", "<layout/>")
    assert found(tmp_path) == [
        ("basophil/a.png", "basophil", ""),
        ("monocyte/a.png", "monocyte", ""),
    ]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    put(tmp_path / "_annotations.coco.json", '{"images": [}')
    assert "“_annotations.coco.json”, line 1" in message_of(read_manifest, tmp_path)


def test_boxes_in_a_csv(tmp_path: Path) -> None:
    image(tmp_path / "f.png")
    image(tmp_path / "one.png")
    table = put(
        tmp_path / "cells.csv",
        "file;label;x;y;width;height\nf.png;monocyte;10,5;20;30;40\nf.png;basophil;70;20;30;40\n"
        "one.png;monocyte;;;;\n",
    )
    manifest = read_manifest(table)
    assert manifest.items == (
        Item(tmp_path / "f.png", "monocyte", box=Box(10.5, 20, 30, 40), number=1),
        Item(tmp_path / "f.png", "basophil", box=Box(70, 20, 30, 40), number=2),
        Item(tmp_path / "one.png", "monocyte"),
    )
    write_manifest(manifest, tmp_path / "again.csv")
    assert read_manifest(tmp_path / "again.csv").items == manifest.items


@pytest.mark.parametrize("box", ["1,2,3,0", "1,2,-3,4", "1,2,nan,4", "1,,3,4", "a,2,3,4"])
def test_a_broken_box_in_a_csv_is_named(tmp_path: Path, box: str) -> None:
    image(tmp_path / "f.png")
    table = put(tmp_path / "cells.csv", f"file,label,x,y,width,height\nf.png,monocyte,{box}\n")
    assert "Line 2 of “cells.csv” has a box that is none" in message_of(read_manifest, table)


def test_a_box_named_twice_is_refused(tmp_path: Path) -> None:
    image(tmp_path / "f.png")
    rows = "f.png,monocyte,1,2,3,4\nf.png,basophil,1,2,3,4\n"
    table = put(tmp_path / "cells.csv", f"file,label,x,y,width,height\n{rows}")
    assert "gives “f.png” two labels" in message_of(read_manifest, table)


def test_a_box_that_was_moved_makes_other_data(tmp_path: Path) -> None:
    image(tmp_path / "a.png")
    file = coco(tmp_path / "c.json", "a.png")
    before = read_manifest(tmp_path).digest()
    assert read_manifest(tmp_path).digest() == before
    put(file, file.read_text().replace("[10, 20, 30, 40]", "[11, 20, 30, 40]"))
    assert read_manifest(tmp_path).digest() != before


def test_cells_of_one_field_are_one_group(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        image(tmp_path / name)
    coco(tmp_path / "c.json", "a.png", "b.png")
    items = read_manifest(tmp_path).items
    assert group_indices(items, [str(at) for at in range(4)]) == [[0, 1], [2, 3]]


def test_written_coco_is_data_for_a_training(tmp_path: Path) -> None:
    image(tmp_path / "a/field 1.jpg")
    put(tmp_path / "cells.json", format_coco([annotated_image()], ["basophil"]))
    assert [label for _, label, _ in found(tmp_path)] == ["basophil", "seg_neutrophil"]
    notes = read_manifest(tmp_path).notes
    assert notes == ("1 of 2 labels were given by a model, not by a person.",)
