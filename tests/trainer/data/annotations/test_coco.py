"""COCO: written files are those of pycocotools, broken ones are refused with the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainer.data.annotations.annotated_cells import (
    OUTLINE,
    annotated_image,
    message_of,
    put,
)
from trainer.data.annotations.coco import format_coco, read_coco
from trainer.data.annotations.run_lengths import decode_counts, trace_mask
from trainer.domain import Box
from trainer.errors import UserError


def content(**annotation: object) -> dict[str, Any]:
    one = {"id": 7, "image_id": 3, "category_id": 2, "bbox": [10, 20, 30, 40], **annotation}
    return {
        "images": [{"id": 3, "file_name": "f.png", "width": 200, "height": 150}],
        "categories": [{"id": 2, "name": "monocyte"}],
        "annotations": [{key: value for key, value in one.items() if value is not ...}],
    }


def written(folder: Path, value: object) -> Path:
    return put(folder / "cells.json", json.dumps(value))


def test_pycocotools_reads_what_is_written(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    path = put(tmp_path / "cells.json", format_coco([annotated_image()], ["basophil", "monocyte"]))
    coco = COCO(str(path))
    assert [c["name"] for c in coco.loadCats(coco.getCatIds())] == [
        "basophil",
        "monocyte",
        "seg_neutrophil",
    ]
    (image,) = coco.loadImgs(coco.getImgIds())
    assert (image["file_name"], image["width"], image["height"]) == ("a/field 1.jpg", 200, 150)
    first, second = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
    assert (first["bbox"], second["bbox"]) == ([9, 18, 33.5, 32], [100, 0, 40, 30.5])
    assert (first["iscrowd"], "score" in first, second["score"]) == (0, False, 0.875)
    mask = coco.annToMask(first)
    assert mask.shape == (150, 200)
    assert mask.sum() == pytest.approx(first["area"], rel=0.05)
    assert coco.annToMask(second)[:30, 100:140].all()


def test_pycocotools_evaluates_written_predictions(tmp_path: Path, capsys) -> None:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO(str(put(tmp_path / "cells.json", format_coco([annotated_image()], []))))
    found = [{**a, "score": 0.9} for a in truth.dataset["annotations"]]
    evaluation = COCOeval(truth, truth.loadRes(found), "segm")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert evaluation.stats[1] == pytest.approx(1.0)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    image = annotated_image()
    (read,) = read_coco(put(tmp_path / "cells.json", format_coco([image], []))).images
    first, second = read.cells
    assert (read.name, read.width, read.height) == (image.name, 200, 150)
    assert (first.cell.outline, first.cell.box) == (OUTLINE, image.cells[0].cell.box)
    assert (first.label, first.reviewed, first.probability) == ("basophil", True, None)
    assert (second.label, second.reviewed, second.probability) == ("seg_neutrophil", False, 0.875)
    assert [cell.cell.id.letters for cell in read.cells] == ["A", "B"]
    assert [cell.cell.at_edge for cell in read.cells] == [False, True]


def test_box_of_an_outline_and_clipping(tmp_path: Path) -> None:
    polygon = content(bbox=..., segmentation=[[180, 100, 210, 100, 210, 130, 180, 130]])
    (image,) = read_coco(written(tmp_path, polygon)).images
    (cell,) = image.cells
    assert cell.cell.box == Box(180, 100, 20, 30)
    assert cell.cell.at_edge
    assert max(x for x, _ in cell.cell.outline) == 200


def test_slivers_beside_an_outline_are_left_out(tmp_path: Path) -> None:
    whole, sliver = [10, 20, 40, 20, 40, 60, 10, 60], [10, 61, 12, 61, 12, 63]
    (image,) = read_coco(written(tmp_path, content(segmentation=[sliver, whole]))).images
    assert image.cells[0].cell.outline == ((10, 20), (40, 20), (40, 60), (10, 60))
    halves = content(segmentation=[[10, 20, 20, 20, 20, 60], [30, 20, 40, 20, 40, 60]])
    assert "annotation 1: the outline is in 2 parts" in message_of(
        read_coco, written(tmp_path, halves)
    )


@pytest.mark.parametrize("compressed", [True, False])
def test_run_lengths(tmp_path: Path, compressed: bool) -> None:
    from pycocotools import mask as masks

    pixels = np.zeros((150, 200), np.uint8)
    pixels[20:60, 10:40] = 1
    pixels[30:40, 20:30] = 0  # a hole
    encoded = masks.encode(np.asfortranarray(pixels))
    counts = encoded["counts"].decode()
    lengths = decode_counts(counts)
    rle = {"size": [150, 200], "counts": counts if compressed else lengths}
    (image,) = read_coco(written(tmp_path, content(segmentation=rle))).images
    outline = np.array(image.cells[0].cell.outline)
    assert outline.min(axis=0) == pytest.approx([10, 20], abs=0.3)
    assert outline.max(axis=0) == pytest.approx([40, 60], abs=0.3)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=12, max_size=12), st.integers(1, 12))
def test_run_lengths_as_pycocotools(bits: bytes, rows: int) -> None:
    from pycocotools import mask as masks

    pixels = np.unpackbits(np.frombuffer(bits, np.uint8)).reshape(96, 1)[: rows * 8]
    pixels = np.asfortranarray(pixels.reshape(rows, 8))
    lengths = decode_counts(masks.encode(pixels)["counts"].decode())
    on = np.repeat(np.arange(len(lengths)) % 2, lengths).reshape(8, rows).T
    assert (on == pixels).all()
    trace_mask(lengths, rows, 8)


def test_crowds_are_left_out_with_a_note(tmp_path: Path) -> None:
    crowd = content(iscrowd=1, segmentation={"size": [150, 200], "counts": "x"})
    found = read_coco(written(tmp_path, crowd))
    assert found.images[0].cells == ()
    assert found.notes == ("“cells.json”: 1 region of many cells was left out (iscrowd).",)


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        ({"bbox": [10, 20, float("nan"), 40]}, "annotation 1, bbox[2]"),
        ({"bbox": [float("inf"), 20, 3, 40]}, "annotation 1, bbox[0]"),
        ({"bbox": [1e300, 20, 3, 40]}, "annotation 1, bbox[0]"),
        ({"bbox": [10, 20, 30]}, "annotation 1, bbox"),
        ({"bbox": "10 20 30 40"}, "annotation 1, bbox"),
        ({"bbox": [10, 20, 0, 40]}, "the box of the cell is 0 × 40 pixels"),
        ({"bbox": [10, 20, -5, 40]}, "the box of the cell is -5 × 40 pixels"),
        ({"bbox": [500, 20, 30, 40]}, "outside of the image, which is 200 × 150 pixels"),
        ({"bbox": [-20, 20, 30, 40]}, "outside of the image"),
        ({"bbox": ...}, "neither a box nor an outline"),
        ({"image_id": 99}, "there is no image with the id 99"),
        ({"image_id": ...}, "annotation 1, image_id"),
        ({"image_id": [1]}, "annotation 1, image_id"),
        ({"category_id": 5}, "there is no category with the id 5"),
        ({"score": 87}, "the score is 87"),
        ({"segmentation": [[1, 2, 3]]}, "an outline of 3 numbers"),
        ({"segmentation": [[1, 2, 3, 4, 5]]}, "an outline of 5 numbers"),
        ({"segmentation": [[1, 2, None, 4, 5, 6]]}, "segmentation, [0][2]"),
        ({"segmentation": [[0.1, 0.2, 0.3, 0.4, 0.5, 0.1]]}, "lies beside its box"),
        ({"segmentation": {"size": [150, 200], "counts": "\u0100"}}, "cannot be decoded"),
        ({"segmentation": {"size": [150, 200], "counts": "PP"}}, "cannot be decoded"),
        ({"segmentation": {"size": [150, 200], "counts": [1, 2]}}, "do not fill 200 × 150"),
        ({"segmentation": {"size": [150, 200], "counts": [0, -1, 30001]}}, "do not fill"),
        ({"segmentation": {"size": [200, 150], "counts": [30000]}}, "the mask is 150 × 200"),
        ({"segmentation": {"counts": [30000]}}, "segmentation, size"),
    ],
)
def test_a_broken_annotation_is_named(tmp_path: Path, annotation: dict, words: str) -> None:
    text = message_of(read_coco, written(tmp_path, content(**annotation)))
    assert words in text
    assert "“cells.json”, annotation 1" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1, column 1"),
        ('{"images": [],\n "annotations": [}', "line 2"),
        ("[]", "“cells.json”"),
        ('{"images": [], "annotations": []}', "categories"),
        ("[" * 100_000, "“cells.json”"),
        ('{"images": 1' + "0" * 5000 + "}", "“cells.json”"),
        (b"\xff\xd8\xff\xe0 a jpeg", "“cells.json”"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str | bytes, words: str) -> None:
    assert words in message_of(read_coco, put(tmp_path / "cells.json", text))


def test_what_stands_twice_is_refused(tmp_path: Path) -> None:
    twice = content()
    twice["images"].append({"id": 4, "file_name": "f.png", "width": 1, "height": 1})
    assert "two images are called f.png" in message_of(read_coco, written(tmp_path, twice))
    twice["images"][1] = {"id": 3, "file_name": "g.png"}
    assert "two images have the id 3" in message_of(read_coco, written(tmp_path, twice))
    del twice["images"][1]
    twice["categories"].append({"id": 2, "name": "basophil"})
    assert "two categories have the id 2" in message_of(read_coco, written(tmp_path, twice))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "does not exist" in message_of(read_coco, tmp_path / "none.json")


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "image_id", "category_id", "bbox", "segmentation", "counts"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_any_annotation_is_read_or_refused(tmp_path_factory, value: object) -> None:
    whole = content()
    whole["annotations"] = [value, *(whole["annotations"] if isinstance(value, dict) else [])]
    if isinstance(value, dict):
        whole["annotations"][0] = {**whole["annotations"][1], **value}
    try:
        read_coco(written(tmp_path_factory.getbasetemp(), whole))
    except UserError as error:
        assert "cells.json" in error.message
