"""Label Studio: tasks written and read, broken ones refused with the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.trainer.data.annotations.annotated_cells import annotated_image, message_of, put
from trainer.data.annotations.files import read_annotations
from trainer.data.annotations.label_studio import format_label_studio, format_labelling_config
from trainer.data.annotations.records import clip_cells


def result(**value: object) -> dict[str, Any]:
    box = {"x": 10.0, "y": 20.0, "width": 30.0, "height": 40.0, "rectanglelabels": ["monocyte"]}
    return {
        "type": "rectanglelabels",
        "original_width": 200,
        "original_height": 100,
        "value": box | value,
    }


def task(*results: object, image: str = "/data/local-files/?d=a/f.png", **more: object) -> object:
    return {"data": {"image": image}, "annotations": [{"result": list(results)}], **more}


def read(folder: Path, *tasks: object):
    return read_annotations(put(folder / "tasks.json", json.dumps(tasks)))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written = annotated_image()
    text = format_label_studio([written], "tiny")
    (content,) = json.loads(text)
    assert content["data"]["image"] == "/data/local-files/?d=a/field%201.jpg"
    (found,) = read_annotations(put(tmp_path / "tasks.json", text)).images
    assert found.name == written.name
    # A person's annotation goes before what the model predicted.
    reviewed = [each for each in written.cells if each.reviewed]
    back = clip_cells(found, written.width, written.height)
    assert [each.label for each in back.cells] == [each.label for each in reviewed]
    for one, other in zip(back.cells, reviewed, strict=True):
        assert np.array(one.cell.outline) == pytest.approx(np.array(other.cell.outline), abs=1e-3)
        assert one.probability is None


def test_predictions_are_read_where_nobody_annotated(tmp_path: Path) -> None:
    predicted = {**result(), "score": 0.75}
    raw = {"data": {"image": "f.png"}, "predictions": [{"result": [predicted]}]}
    (image,) = read(tmp_path, raw).images
    (cell,) = image.cells
    assert (cell.label, cell.probability, cell.reviewed) == ("monocyte", 0.75, False)
    box = clip_cells(image, 200, 100).cells[0].cell.box
    assert (box.x, box.y, box.width, box.height) == pytest.approx((20, 20, 60, 40))


def test_the_newest_annotation_that_was_not_cancelled_counts(tmp_path: Path) -> None:
    done = [{"result": [result(rectanglelabels=[name])]} for name in ("old", "new")]
    cancelled = {"result": [result(rectanglelabels=["no"])], "was_cancelled": True}
    (image,) = read(tmp_path, task() | {"annotations": [*done, cancelled]}).images
    assert [each.label for each in image.cells] == ["new"]


@pytest.mark.parametrize(
    "address, name",
    [
        ("/data/local-files/?d=b%20c/%C3%A4.png", "b c/ä.png"),
        ("/data/upload/3/0a1b2c3d-cell_1.png", "data/upload/3/cell_1.png"),
        ("s3://bucket/folder/f.png", "folder/f.png"),
        ("https://host/x/f.png?X=1", "x/f.png"),
    ],
)
def test_names_of_images(tmp_path: Path, address: str, name: str) -> None:
    assert read(tmp_path, task(image=address)).images[0].name == name


def test_a_turned_box_is_an_outline(tmp_path: Path) -> None:
    turned = result(x=50.0, y=50.0, width=10.0, height=20.0, rotation=90)
    (image,) = read(tmp_path, task(turned)).images
    cell = clip_cells(image, 200, 100).cells[0].cell
    # Around its corner (100, 50): 20 x 20 px lie to the left and below now.
    assert cell.box.x == pytest.approx(80)
    assert cell.box.y == pytest.approx(50)
    assert len(cell.outline) == 4


def test_what_is_no_cell_is_left_out_with_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, task(result(), {"type": "choices", "value": {"choices": ["x"]}}))
    assert len(found.images[0].cells) == 1
    assert found.notes == (
        "“tasks.json”: 1 results of the type choices were left out; a cell is a box or an outline.",
    )


@pytest.mark.parametrize(
    "tasks, message",
    [
        ([task(result(x=None))], "task 1, result 1: the box lacks"),
        ([task(result(x="left"))], "task 1, result 1, value.x"),
        ([task(result()), task(result())], "is in several tasks"),
        ([{"data": {}, "annotations": []}], "task 1: it names no image"),
        ([task({"type": "polygonlabels", "value": {"points": [[1, 1], [2, 2]]}})], "no area"),
    ],
)
def test_a_broken_file_is_refused_with_the_place(
    tmp_path: Path, tasks: list[object], message: str
) -> None:
    path = put(tmp_path / "tasks.json", json.dumps(tasks))
    assert message in message_of(read_annotations, path)


def test_a_name_cannot_break_the_labelling_interface() -> None:
    text = format_labelling_config([('<b> & "x"', "#0072b2")])
    labels = [each.attrib["value"] for each in ElementTree.fromstring(text).iter("Label")]  # noqa: S314
    assert labels == ['<b> & "x"', "unlabelled"] * 2
