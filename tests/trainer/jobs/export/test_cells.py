"""The cells of a case for other programs: COCO, QuPath, crops."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.trainer.jobs.classified_fields import KINDS, FieldCase, build_field_case
from trainer.cases.records import EXCLUDED, UNKNOWN
from trainer.cases.tables.details import CaseDetails
from trainer.data.manifest import read_manifest
from trainer.domain import Box, never_stop
from trainer.errors import UserError
from trainer.jobs.export import job as export
from trainer.jobs.import_cells import job as import_cells
from trainer.protocol.events import JobWarning
from trainer.protocol.requests import ExportRequest, ImportCellsRequest


@pytest.fixture
def made(tmp_path: Path) -> FieldCase:
    return build_field_case(tmp_path)


def exported(made: FieldCase, *formats: str, **more: Any) -> tuple[Path, list[str]]:
    """The folder of the files, and the warnings."""
    out, events = made.root.parent / "out", []
    request = ExportRequest(
        folder=str(made.root), out=str(out), data_dir=str(made.data), formats=formats, **more
    )
    export.run(request, events.append, never_stop)
    return out, [each.message for each in events if isinstance(each, JobWarning)]


def test_pycocotools_reads_the_cells_of_a_case(made: FieldCase) -> None:
    from pycocotools.coco import COCO

    made.review("a.png", 1, "lymphocyte")
    made.review("a.png", 2, EXCLUDED)
    out, warnings = exported(made, "coco")
    coco = COCO(str(out / "cells.coco.json"))
    images = {each["file_name"]: each for each in coco.dataset["images"]}
    assert set(images) == {"a.png", "b c/ä.png", "empty.png", "one.png"}
    assert (images["a.png"]["width"], images["a.png"]["height"]) == (480, 360)
    names = {each["id"]: each["name"] for each in coco.dataset["categories"]}
    assert tuple(names.values())[:3] == KINDS

    def cells(name: str) -> list[dict[str, Any]]:
        return coco.loadAnns(coco.getAnnIds(imgIds=[images[name]["id"]]))

    first, *_, last = cells("a.png")
    drawn = made.fields["a.png"].cells
    assert len(cells("a.png")) == len(drawn) - 1
    assert names[first["category_id"]] == "lymphocyte"
    assert "score" not in first and first["attributes"]["reviewed"]
    assert names[last["category_id"]] == drawn[-1].label
    assert last["score"] == 0.75
    box = drawn[0].cell.box
    assert first["bbox"] == [box.x, box.y, box.width, box.height]
    assert cells("empty.png") == []
    assert [each["bbox"] for each in cells("one.png")] == [[0, 0, 128, 128]]
    # The first cell of the other field was neither accepted nor reviewed.
    assert names[cells("b c/ä.png")[0]["category_id"]] == "unlabelled"
    assert warnings == [
        "Left out: 1 cell that a person excluded.",
        "1 cell is pending, and got no label.",
    ]


def test_qupath_gets_a_file_an_image(made: FieldCase) -> None:
    from shapely.geometry import shape

    made.review("a.png", 1, "lymphocyte")
    out, _ = exported(made, "geojson")
    files = sorted(each.relative_to(out).as_posix() for each in out.rglob("*.*"))
    assert files == [
        "geojson/a.png.geojson",
        "geojson/b c/ä.png.geojson",
        "geojson/one.png.geojson",
    ]
    content = json.loads((out / files[0]).read_text("utf-8"))
    names = [each["properties"]["name"] for each in content["features"]]
    assert names == ["A", "B", "C"][: len(made.fields["a.png"].cells)]
    first = content["features"][0]
    box = made.fields["a.png"].cells[0].cell.box
    assert shape(first["geometry"]).bounds == (box.x, box.y, box.x + box.width, box.y + box.height)
    assert first["properties"]["classification"]["name"] == "lymphocyte"
    assert len(first["properties"]["classification"]["color"]) == 3


def test_a_cell_that_was_drawn_since_is_there(made: FieldCase) -> None:
    with made.open() as store:
        case = made.case(store)
        store.cells.draw(case.id, "empty.png", made.sha256("empty.png"), Box(10, 20, 30, 40))
    made.review("empty.png", 1, "monocyte")
    out, _ = exported(made, "geojson")
    content = json.loads((out / "geojson/empty.png.geojson").read_text("utf-8"))
    (feature,) = content["features"]
    assert feature["properties"]["classification"]["name"] == "monocyte"
    assert feature["properties"]["metadata"]["origin"] == "drawn"


def test_a_training_reads_the_crops(made: FieldCase) -> None:
    made.review("a.png", 1, "lymphocyte")
    out, _ = exported(made, "crops")
    count = sum(len(image.cells) for image in made.fields.values()) + 1
    assert len(list(out.rglob("*.png"))) == count
    manifest = read_manifest(out / "crops/crops.csv")
    # The pending first cell of the other field is no labelled cell.
    assert len(manifest.items) == count - 1
    first = manifest.items[0]
    assert (first.path.name, first.label) == ("a.png_A.png", "lymphocyte")
    assert (first.sample, first.source, first.box) == ("a.png", "warm", None)
    box = made.fields["a.png"].cells[0].cell.box
    crop = cv2.imread(str(first.path))
    assert crop.shape[:2] == (round(3 * max(box.width, box.height)),) * 2
    assert cv2.imread(str(out / "crops/one.png.png")).shape == (128, 128, 3)
    with (out / "crops/crops.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["cell"], row["reviewed"], row["probability"]) == ("A", "true", "")
    assert float(row["image_x"]) == box.x


def test_the_annotations_of_a_case_are_data_for_a_training(made: FieldCase) -> None:
    out, _ = exported(made, "coco")
    (made.root / "cells.json").write_bytes((out / "cells.coco.json").read_bytes())
    manifest = read_manifest(made.root / "cells.json")
    labelled = [label for image in made.fields.values() for label in image.cells[1:]]
    assert len(manifest.items) == len(labelled) + 1
    assert "2 cells have no label, and did not count." in manifest.notes


def test_a_warning_is_given_once_for_all_formats(made: FieldCase) -> None:
    _, warnings = exported(made, "coco", "geojson", "crops")
    assert warnings == ["2 cells are pending, and got no label."]


def test_an_image_that_changed_gets_no_crops(made: FieldCase) -> None:
    cv2.imwrite(str(made.root / "a.png"), cv2.imread(str(made.root / "b c/ä.png")))
    (made.root / "one.png").unlink()
    out, warnings = exported(made, "crops")
    assert "No crops: 1 image changed or vanished since, as a.png." in warnings
    assert any("1 image that cannot be read any more, as one.png" in each for each in warnings)
    assert not list(out.rglob("a.png_*"))


def test_a_folder_is_replaced_only_where_that_is_allowed(made: FieldCase) -> None:
    exported(made, "geojson", "coco")
    with pytest.raises(UserError, match=r"holds cells.coco.json, geojson already"):
        exported(made, "coco", "geojson", "crops")
    exported(made, "coco", "geojson", overwrite=True)


def test_without_a_wish_only_the_results_are_written(made: FieldCase) -> None:
    request = ExportRequest(folder="f", out="o")
    assert request.formats == ("csv", "json", "xlsx", "html", "png")


def test_pyarrow_reads_a_row_a_cell(made: FieldCase) -> None:
    import pyarrow.parquet as pq

    made.review("a.png", 1, "=lymphocyte")
    out, _ = exported(made, "parquet")
    table = pq.read_table(out / "cells.parquet")
    assert table.schema.metadata[b"model"] == b"tiny"
    rows = {(row["image"], row["cell"]): row for row in table.to_pylist()}
    assert len(rows) == sum(len(image.cells) for image in made.fields.values()) + 1
    first = rows["a.png", "A"]
    assert (first["verdict"], first["origin"], first["reviewer"]) == ("=lymphocyte", "review", "me")
    box = made.fields["a.png"].cells[0].cell.box
    assert (first["x"], first["width"]) == (box.x, box.width)
    assert sorted(first[f"p_{name}"] for name in KINDS) == [0.125, 0.125, 0.75]
    pending = rows["b c/ä.png", "A"]
    assert (pending["verdict"], pending["origin"], pending["decision"]) == ("", "", "review")
    assert rows["one.png", ""]["verdict"] == "monocyte"


def test_a_training_reads_the_class_folders(made: FieldCase) -> None:
    with made.open() as store:
        store.details.set(made.case(store).id, CaseDetails(sample="S 1", patient="=P"))
    made.review("a.png", 1, "../lymphocyte")
    made.review("a.png", 2, UNKNOWN)
    (made.root / "one.png").write_bytes(b"gone bad")
    out, warnings = exported(made, "class-folders")
    folder = out / "class_folders"
    labels = {path.name for path in folder.iterdir() if path.is_dir()}
    assert labels == {"%2E./lymphocyte".replace("/", "%2F"), "lymphocyte", "seg_neutrophil"}
    manifest = read_manifest(folder / "cells.csv")
    assert {each.sample for each in manifest.items} == {"S 1"}
    assert {each.patient for each in manifest.items} == {"=P"}
    assert all(each.path.is_relative_to(folder / each.label) for each in manifest.items[1:])
    assert "Left out: 1 image that cannot be read any more, as one.png." in warnings
    assert read_manifest(folder).items


def test_label_studio_tasks_come_back_as_reviews(made: FieldCase, tmp_path: Path) -> None:
    made.review("a.png", 1, "lymphocyte")
    out, _ = exported(made, "label-studio")
    assert (out / "label_studio/labels.xml").read_text("utf-8").startswith("<View>")
    other = build_field_case(tmp_path / "other", classified=False)
    request = ImportCellsRequest(
        folder=str(other.root),
        files=[str(out / "label_studio/tasks.json")],
        data_dir=str(other.data),
    )
    result = import_cells.run(request, lambda _: None, never_stop)
    with other.open(read_only=True) as store:
        reviews = store.reviews.latest(other.case(store).id)
    assert result["reviewed"] == 1
    assert [each.label for each in reviews.values()] == ["lymphocyte"]


def test_the_workbook_has_the_reviews(made: FieldCase) -> None:
    import openpyxl

    made.review("a.png", 1, "=lymphocyte")
    made.review("a.png", 2, "smudge_cell")
    out, _ = exported(made, "xlsx")
    book = openpyxl.load_workbook(out / "predictions.xlsx")
    rows = list(book["reviews"].iter_rows(min_row=2))
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    assert [[cell.value for cell in row[:5]] for row in rows] == [
        ["a.png", "A", "=lymphocyte", "=lymphocyte", "me"],
        ["a.png", "B", "smudge_cell", "Smudge cell", "me"],
    ]
    facts = {row[0].value: row[1].value for row in book["summary"].iter_rows()}
    assert facts["in no percentage by review: smudge_cell"] == 1


@pytest.mark.parametrize("kind", ["parquet", "label-studio"])
def test_a_full_disk_leaves_the_old_file(made: FieldCase, small_disk: Path, kind: str) -> None:
    name = {"parquet": "cells.parquet", "label-studio": "label_studio/labels.xml"}[kind]
    (small_disk / name).parent.mkdir(exist_ok=True)
    (small_disk / name).write_bytes(b"old")
    with (
        pytest.raises(OSError, match="No space"),
        (small_disk / "ballast").open("wb", buffering=0) as file,
    ):
        while file.write(bytes(4096)):
            pass
    request = ExportRequest(
        folder=str(made.root),
        out=str(small_disk),
        data_dir=str(made.data),
        formats=(kind,),
        overwrite=True,
    )
    with pytest.raises(UserError, match="disk is full"):
        export.run(request, lambda _: None, never_stop)
    assert (small_disk / name).read_bytes() == b"old"
