"""YOLO's lines and layouts; broken lines are refused with their number."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.trainer.data.annotations.annotated_cells import message_of, put
from trainer.data.annotations.yolo import is_yolo, read_yolo
from trainer.data.item import Item
from trainer.data.manifest import read_manifest
from trainer.domain import Box

LINE = "1 0.25 0.5 0.1 0.2\n"


def image(path: Path, width: int = 200, height: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 230, np.uint8))
    return path


def labels_of(path: Path) -> list[str]:
    return [cell.label for cell in read_yolo(path).images[0].cells]


def test_cells_are_in_pixels_of_the_image(tmp_path: Path) -> None:
    image(tmp_path / "f.png")
    put(tmp_path / "f.txt", f"{LINE}0 0.1 0.2 0.2 0.2 0.2 0.4 0.1 0.4\n\n")
    put(tmp_path / "classes.txt", "RBC\nWBC\n")
    items = read_manifest(tmp_path).items
    assert [(item.label, item.number) for item in items] == [("WBC", 1), ("RBC", 2)]
    for item, expected in zip(items, (Box(40, 40, 20, 20), Box(20, 20, 20, 20)), strict=True):
        box = item.box
        assert box is not None
        assert (box.x, box.y, box.width, box.height) == pytest.approx(
            (expected.x, expected.y, expected.width, expected.height)
        )


def test_the_layout_of_ultralytics(tmp_path: Path) -> None:
    for split in ("train", "val"):
        image(tmp_path / f"images/{split}/same.png")
        put(tmp_path / f"labels/{split}/same.txt", f"{LINE}0 0.5 0.5 0.1 0.1 0.75\n")
    put(
        tmp_path / "data.yaml",
        "train: images/train\nnames:\n  0: monocyte\n  1: 'basophil'\nnc: 2\n",
    )
    manifest = read_manifest(tmp_path)
    assert [(item.name(tmp_path), item.label, item.split) for item in manifest.items] == [
        ("images/train/same.png#A", "basophil", "train"),
        ("images/train/same.png#B", "monocyte", "train"),
        ("images/val/same.png#A", "basophil", "val"),
        ("images/val/same.png#B", "monocyte", "val"),
    ]
    assert manifest.notes == ("2 of 4 labels were given by a model, not by a person.",)
    assert len(read_manifest(tmp_path / "labels/train").items) == 2


@pytest.mark.parametrize(
    "names",
    [
        "names: ['a', b]",
        'names: ["a", "b"] # two',
        "names: {0: a, 1: b}",
        "names:\n- a\n- b\n",
        "names:\n\n  # the classes\n  1: b\n  0: a\nnc: 2",
    ],
)
def test_names_as_yaml_has_them(tmp_path: Path, names: str) -> None:
    put(tmp_path / "data.yaml", f"path: x\n{names}\n")
    assert labels_of(put(tmp_path / "labels/f.txt", "0 .5 .5 .1 .1\n1 .5 .5 .1 .1")) == ["a", "b"]


def test_without_names_a_class_is_called_by_its_number(tmp_path: Path) -> None:
    assert labels_of(put(tmp_path / "f.txt", LINE)) == ["class 1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LINE + "1 0.5 nan 0.1 0.1", "line 2: “1 0.5 nan 0.1 0.1” is no cell"),
        (LINE + "WBC 0.5 0.5 0.1 0.1", "line 2: “WBC 0.5"),
        (LINE + "\n1 0.5 0.5 0.1", "line 3: “1 0.5 0.5 0.1” is no cell"),
        (LINE + "1 0.5 0.5 0 0.1", "line 2: the box of the cell is 0 × 0.1"),
        (LINE + "1 240 130 60 60", "line 2: the box (210, 100, 60 × 60) lies outside of the image"),
        (LINE + "1 0.1 0.1 0.2 0.2 0.3 0.3 0.4", "line 2: an outline of 7 numbers"),
        (LINE + "1 0.5 0.5 0.1 0.1 7", "line 2: the probability is 7"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, text: str, words: str) -> None:
    message = message_of(read_yolo, put(tmp_path / "f.txt", text))
    assert words in message
    assert "“f.txt”" in message


def test_other_texts_are_no_annotations(tmp_path: Path) -> None:
    for text in ("", "notes\n", "a.png monocyte\n", "file\tlabel\n", "1 2\n", "1 2 3 4\n"):
        assert not is_yolo(put(tmp_path / "f.txt", text))
    image(tmp_path / "a.png")
    image(tmp_path / "b.png")
    table = put(tmp_path / "cells.txt", "file\tlabel\na.png\tmonocyte\nb.png\tbasophil\n")
    assert read_manifest(table).items == (
        Item(tmp_path / "a.png", "monocyte"),
        Item(tmp_path / "b.png", "basophil"),
    )
