"""Annotated cells become drawn and reviewed cells of a case, each once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.classified_fields import FieldCase, build_field_case
from tests.trainer.jobs.labelled_fields import KINDS
from tests.trainer.jobs.program import run_trainer
from trainer.cases.records import Review
from trainer.data.annotations.coco import format_coco
from trainer.data.annotations.geojson import format_geojson
from trainer.data.annotations.records import AnnotatedImage, LabelledCell
from trainer.domain import Box, CellId, CellOrigin, ImageContent, LocatedCell, never_stop
from trainer.errors import UserError
from trainer.jobs.export import job as export
from trainer.jobs.import_cells import job as import_cells
from trainer.protocol.events import JobWarning
from trainer.protocol.requests import ExportRequest, ImportCellsRequest


@pytest.fixture
def new(tmp_path: Path) -> FieldCase:
    """A folder of fields that nobody has classified."""
    return build_field_case(tmp_path, classified=False)


@pytest.fixture
def classified(tmp_path: Path) -> FieldCase:
    return build_field_case(tmp_path)


def annotations(made: FieldCase) -> Path:
    """All fields as COCO, beside the case."""
    path = made.root.parent / "cells.json"
    path.write_text(format_coco(list(made.fields.values()), KINDS), "utf-8")
    return path


def imported(made: FieldCase, data: Path, **more: Any) -> tuple[dict[str, object], list[str]]:
    events: list[object] = []
    request = ImportCellsRequest(
        folder=str(made.root), files=[str(data)], data_dir=str(made.data), **more
    )
    result = import_cells.run(request, events.append, never_stop)
    return result, [each.message for each in events if isinstance(each, JobWarning)]


def cells_of(made: FieldCase, name: str) -> tuple[LocatedCell, ...]:
    with made.open(read_only=True) as store:
        return store.cells.list_of_image(made.case(store).id, name)


def reviews_of(made: FieldCase, name: str) -> list[Review]:
    with made.open(read_only=True) as store:
        return [r for r in store.reviews.history(made.case(store).id, name) if r.active]


def refusal(made: FieldCase, data: Path, **more: Any) -> str:
    with pytest.raises(UserError) as caught:
        imported(made, data, **more)
    return str(caught.value)


def test_cells_are_drawn_and_reviewed(new: FieldCase) -> None:
    result, warnings = imported(new, annotations(new), reviewer="Dr. X")
    count = sum(len(image.cells) for image in new.fields.values())
    changed = [name for name, image in new.fields.items() if image.cells]
    counts = {"images": 3, "drawn": count, "known": 0, "reviewed": count}
    assert result == {**counts, "changed": changed}
    assert warnings == []
    drawn = new.fields["b c/ä.png"].cells
    found = cells_of(new, "b c/ä.png")
    assert [cell.box for cell in found] == [each.cell.box for each in drawn]
    assert [cell.id.number for cell in found] == list(range(1, len(drawn) + 1))
    assert {cell.origin for cell in found} == {CellOrigin.DRAWN}
    reviews = reviews_of(new, "b c/ä.png")
    assert [review.label for review in reviews] == [each.label for each in drawn]
    assert {review.reviewer for review in reviews} == {"Dr. X"}
    with new.open(read_only=True) as store:
        assert store.audit.verify() == []


def test_the_same_annotations_again_change_nothing(new: FieldCase) -> None:
    first, _ = imported(new, annotations(new))
    again, _ = imported(new, annotations(new))
    counts = {"images": 3, "drawn": 0, "known": first["drawn"], "reviewed": 0}
    assert again == {**counts, "changed": []}


def test_a_cell_that_was_found_is_only_reviewed(classified: FieldCase) -> None:
    before = cells_of(classified, "a.png")
    result, _ = imported(classified, annotations(classified))
    assert (result["drawn"], result["known"]) == (0, result["reviewed"])
    assert cells_of(classified, "a.png") == before
    labels = [review.label for review in reviews_of(classified, "a.png")]
    assert labels == [each.label for each in classified.fields["a.png"].cells]


def test_one_undo_takes_all_reviews_back_and_another_all_cells(new: FieldCase) -> None:
    imported(new, annotations(new))
    with new.open() as store:
        case = new.case(store).id
        for kind in ("review", "draw"):
            change = store.reviews.undo(case)
            assert change is not None and len(change.images) == 2, kind
    assert cells_of(new, "a.png") == ()
    assert reviews_of(new, "a.png") == []


def one_cell(made: FieldCase, *boxes: tuple[float, float, float, float]) -> Path:
    """Annotations of the image of one cell."""
    cells = [
        LabelledCell(LocatedCell(CellId("one.png", at), Box(*box)), "lymphocyte", reviewed=True)
        for at, box in enumerate(boxes, 1)
    ]
    path = made.root.parent / "one.json"
    image = AnnotatedImage("one.png", 128, 128, tuple(cells))
    path.write_text(format_coco([image], KINDS), "utf-8")
    return path


def test_the_only_cell_of_an_image_is_reviewed_as_such(classified: FieldCase) -> None:
    result, _ = imported(classified, one_cell(classified, (30, 30, 60, 60)))
    assert (result["drawn"], result["known"], result["reviewed"]) == (0, 1, 1)
    (review,) = reviews_of(classified, "one.png")
    assert (review.number, review.label) == (0, "lymphocyte")


def test_an_image_with_more_cells_than_one_becomes_a_field(classified: FieldCase) -> None:
    path = one_cell(classified, (0, 0, 60, 60), (70, 70, 50, 50))
    result, _ = imported(classified, path)
    assert (result["drawn"], result["known"]) == (2, 0)
    out = classified.root.parent / "out"
    request = ExportRequest(
        folder=str(classified.root),
        out=str(out),
        data_dir=str(classified.data),
        formats=["geojson"],
    )
    export.run(request, lambda _: None, never_stop)
    content = json.loads((out / "geojson/one.png.geojson").read_text("utf-8"))
    names = [each["properties"]["name"] for each in content["features"]]
    assert names == ["A", "B"]


def test_a_case_of_single_cells_takes_no_field(new: FieldCase) -> None:
    with new.open() as store:
        store.cases.set_content(new.case(store).id, ImageContent.SINGLE)
    assert "are set to one cell each, but several are annotated in “a.png”" in refusal(
        new, annotations(new)
    )
    result, _ = imported(new, one_cell(new, (10, 10, 90, 90)))
    assert (result["drawn"], result["known"]) == (0, 1)
    assert [review.number for review in reviews_of(new, "one.png")] == [0]


def test_only_cells_of_some_labels(new: FieldCase) -> None:
    result, _ = imported(new, annotations(new), labels=["monocyte"])
    labels = [cell.label for image in new.fields.values() for cell in image.cells]
    assert result["drawn"] == labels.count("monocyte")
    assert "No cell has the label “eosinophil”" in refusal(
        new, annotations(new), labels=["monocyte", "eosinophil"]
    )


def test_labels_of_a_model_are_no_reviews(new: FieldCase) -> None:
    content = json.loads(annotations(new).read_text("utf-8"))
    for each in content["annotations"]:
        each["score"] = 0.9
    path = new.root.parent / "predicted.json"
    path.write_text(json.dumps(content), "utf-8")
    result, _ = imported(new, path)
    assert result["reviewed"] == 0
    assert result["drawn"] == len(content["annotations"])


def test_a_label_that_was_changed_after_the_export_is_a_review(classified: FieldCase) -> None:
    out = classified.root.parent / "out"
    request = ExportRequest(
        folder=str(classified.root),
        out=str(out),
        data_dir=str(classified.data),
        formats=["geojson"],
    )
    export.run(request, lambda _: None, never_stop)
    path = out / "geojson/a.png.geojson"
    content = json.loads(path.read_text("utf-8"))
    changed = content["features"][1]["properties"]
    assert changed["measurements"] == {"probability": 0.75}
    before = changed["classification"]["name"]
    changed["classification"]["name"] = after = next(kind for kind in KINDS if kind != before)
    path.write_text(json.dumps(content), "utf-8")
    result, _ = imported(classified, out / "geojson")
    assert (result["drawn"], result["reviewed"]) == (0, 1)
    assert [(r.number, r.label) for r in reviews_of(classified, "a.png")] == [(2, after)]


def test_labels_are_spelled_as_the_classes_of_the_model(classified: FieldCase) -> None:
    path = annotations(classified)
    path.write_text(path.read_text("utf-8").replace("seg_neutrophil", "Seg Neutrophil"), "utf-8")
    assert "“seg_neutrophil” (of the model)" in refusal(classified, path)
    imported(classified, path, merge_labels=True)
    names = {review.label for review in reviews_of(classified, "a.png")}
    assert names <= set(KINDS)


def test_a_label_that_the_model_does_not_know_is_named(classified: FieldCase) -> None:
    path = annotations(classified)
    path.write_text(path.read_text("utf-8").replace("monocyte", "mast cell"), "utf-8")
    _, warnings = imported(classified, path)
    assert warnings == ["The model of the case has no class “mast cell”."]


def test_a_folder_of_qupath_files(new: FieldCase) -> None:
    folder = new.root.parent / "geojson"
    for name, image in new.fields.items():
        path = folder / f"{Path(name).stem}.geojson"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(format_geojson(image, {}), "utf-8")
    result, _ = imported(new, folder)
    assert result["images"] == 3
    boxes = [each.cell.box for each in new.fields["a.png"].cells]
    assert [cell.box for cell in cells_of(new, "a.png")] == boxes


def test_what_was_exported_is_imported_into_another_case(
    classified: FieldCase, tmp_path: Path
) -> None:
    imported(classified, annotations(classified))
    out = tmp_path / "out"
    request = ExportRequest(
        folder=str(classified.root), out=str(out), data_dir=str(classified.data), formats=["coco"]
    )
    export.run(request, lambda _: None, never_stop)
    (tmp_path / "other").mkdir()
    other = build_field_case(tmp_path / "other", classified=False)
    result, _ = imported(other, out / "cells.coco.json", labels=KINDS)
    assert result["reviewed"] == sum(len(image.cells) for image in other.fields.values())


def test_images_that_the_case_does_not_hold(new: FieldCase) -> None:
    (new.root / "a.png").unlink()
    result, warnings = imported(new, annotations(new))
    assert result["images"] == 2
    assert "name 1 image that are not in" in warnings[0] and "“a.png”" in warnings[0]
    for name in ("b c/ä.png", "empty.png"):
        (new.root / name).unlink()
    assert "name 3 images that are not in" in refusal(new, annotations(new))


def test_an_image_that_cannot_be_read_is_left_out(new: FieldCase) -> None:
    (new.root / "a.png").write_bytes(b"")
    result, warnings = imported(new, annotations(new))
    assert result["images"] == 2
    assert warnings == ["Left out: a.png: The file is empty."]


def test_another_version_of_an_image_is_refused_and_nothing_is_stored(new: FieldCase) -> None:
    path = annotations(new)
    path.write_text(path.read_text("utf-8").replace('"width":480', '"width":481'), "utf-8")
    assert "is stated to be 481 × 360 pixels, but it is 480 × 360" in refusal(new, path)
    assert cells_of(new, "a.png") == ()


def test_other_files_are_refused(new: FieldCase) -> None:
    assert "There are no annotations in" in refusal(new, new.root)
    assert "There are no annotations in" in refusal(new, new.root / "a.png")
    request = ImportCellsRequest(folder=str(new.root / "none"), files=["x"])
    with pytest.raises(UserError, match="There is no folder"):
        import_cells.run(request, lambda _: None, never_stop)


def test_from_the_command_line(new: FieldCase) -> None:
    data = annotations(new)
    options = ("--label", "monocyte", "--label", "lymphocyte", "--data-dir", new.data)
    done = run_trainer("import-cells", new.root, data, *options)
    assert "were there already" in done.stdout
    assert {review.reviewer for review in reviews_of(new, "a.png")} == {"cells.json"}
