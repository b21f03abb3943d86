"""Folders of fields: every cell of an image is classified, numbered and kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.trainer.jobs.program import draw_folder
from trainer.cases.records import NewReview, Run
from trainer.cases.store import CaseStore
from trainer.data.synthetic import SyntheticField, draw_field
from trainer.domain import Box, CellId, CellOrigin, ImageContent, never_stop
from trainer.errors import Cancelled
from trainer.jobs.classify import job as classify
from trainer.jobs.explain import run as explain
from trainer.jobs.export import job as export
from trainer.jobs.similar import job as similar
from trainer.jobs.summary import run as summarize
from trainer.protocol.cell_requests import SimilarRequest
from trainer.protocol.requests import (
    ClassifyRequest,
    ExplainRequest,
    ExportRequest,
    SummaryRequest,
)

KINDS = ("monocyte", "seg_neutrophil", "lymphocyte")


class FieldFolder:
    """A folder of two fields, one without cells, and an image of one cell.

    Attributes:
        truth: what is drawn in the first field.
    """

    def __init__(self, folder: Path, package: Path) -> None:
        self.root, self.data, self.package = folder / "case", folder / "data", package
        self.root.mkdir()
        self.truth = self.draw("a.png", KINDS)
        self.draw("empty.png", ())
        draw_folder(folder / "cells", 1, size=160)[0].rename(self.root / "one.jpg")

    def draw(self, name: str, kinds: tuple[str, ...], **more: Any) -> SyntheticField:
        rng = np.random.default_rng(3)
        field = draw_field(kinds, rng, size=(480, 360), red_cell_diameter=36.0, **more)
        cv2.imwrite(str(self.root / name), field.pixels[..., ::-1])
        return field

    def classify(self, out: str = "out", **more: Any) -> dict[str, Any]:
        return classify.run(self.request(out, **more), lambda _: None, never_stop)

    def request(self, out: str = "out", **more: Any) -> ClassifyRequest:
        values = {"paths": [str(self.root)], "out": str(self.data.parent / out)}
        values |= {"model": str(self.package), "data_dir": str(self.data), "device": "cpu"}
        return ClassifyRequest(**values, red_cell_diameter=36.0, **more)

    def rows(self, out: str = "out") -> list[dict[str, str]]:
        path = self.data.parent / out / "predictions.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def summary(self, out: str = "out") -> dict[str, Any]:
        text = (self.data.parent / out / "summary.json").read_text(encoding="utf-8")
        return json.loads(text)

    def open(self) -> CaseStore:
        return CaseStore.open(self.data / "cases.sqlite")


def box_of(row: dict[str, str]) -> Box:
    return Box(*(float(row[name]) for name in ("x", "y", "width", "height")))


@pytest.fixture
def folder(tmp_path: Path, accepting: Path) -> FieldFolder:
    return FieldFolder(tmp_path, accepting)


@pytest.fixture(scope="module")
def classified(tmp_path_factory: pytest.TempPathFactory, accepting: Path) -> FieldFolder:
    """Classified once, with heat maps; tests must not change it."""
    folder = FieldFolder(tmp_path_factory.mktemp("fields"), accepting)
    folder.classify(heatmaps=True)
    return folder


def test_every_cell_of_a_field_has_a_row_and_its_place(classified: FieldFolder) -> None:
    rows = classified.rows()
    names = [(row["image"], row["cell_id"], row["origin"]) for row in rows]
    assert names == [
        *(("a.png", "A", "found"), ("a.png", "B", "found"), ("a.png", "C", "found")),
        ("one.jpg", "", "alone"),
    ]
    for cell in classified.truth.cells:
        assert max(box_of(row).iou(cell.box) for row in rows) > 0.5
    assert list(rows[0])[-7:] == ["cell_id", "x", "y", "width", "height", "origin", "at_edge"]
    assert {row["at_edge"] for row in rows} == {"false"}
    assert float(rows[3]["width"]) > 20


def test_images_fields_and_cells_are_counted_apart(classified: FieldFolder) -> None:
    summary = classified.summary()
    assert (summary["images"], summary["fields"], summary["cells"]) == (3, 2, 4)
    assert summary["cells_per_image"] == {"a.png": 3, "empty.png": 0}
    assert summary["decisions"]["accept"] == 4


def test_each_cell_of_a_field_has_a_heat_map_of_its_own(classified: FieldFolder) -> None:
    heatmaps = classified.data.parent / "out" / "heatmaps"
    names = {path.name for path in heatmaps.iterdir()}
    assert names == {"a.png.A.jpg", "a.png.B.jpg", "a.png.C.jpg", "one.jpg.jpg"}
    drawn = cv2.imread(str(heatmaps / "a.png.A.jpg"))
    assert max(drawn.shape) < 360
    assert cv2.imread(str(heatmaps / "one.jpg.jpg")).shape[0] == 160


def test_the_store_holds_the_cells_and_the_field_without_one(classified: FieldFolder) -> None:
    with classified.open() as store:
        (case,) = store.cases.list_all()
        (run,) = store.runs.list_of_case(case.id)
        cells = store.cells.list_of_image(case.id, "a.png")
        predictions = store.predictions.list_of_image(run.id, "a.png")
        assert [p.cell_id for p in predictions] == [cell.id for cell in cells]
        assert [p.box for p in predictions] == [cell.box for cell in cells]
        assert all(len(cell.outline) > 5 for cell in cells)
        empty = store.fields.get(run.id, "empty.png")
        assert empty is not None and (empty.cells, empty.width, empty.height) == (0, 480, 360)
        assert store.predictions.count(run.id) == 3
        assert len(store.features.list_after(run.id)) == 4
        assert store.audit.verify() == []


def test_summary_and_export_of_a_case_of_fields(classified: FieldFolder, tmp_path: Path) -> None:
    folder, data = str(classified.root), str(classified.data)
    found: list[Any] = []
    summary = summarize(SummaryRequest(folder=folder, data_dir=data), found.append, never_stop)
    assert (summary["images"], summary["fields"], summary["cells"]) == (3, 2, 4)
    texts = [each.data["text"] for each in found if hasattr(each, "data")]
    assert "3 images (2 fields) with 4 cells: 4 accepted" in texts[-1]
    asked = ExportRequest(
        folder=folder,
        out=str(tmp_path / "x"),
        data_dir=data,
        formats=["csv", "json", "html", "xlsx"],
    )
    export.run(asked, lambda _: None, never_stop)
    out = classified.data.parent / "out"
    assert (tmp_path / "x" / "predictions.csv").read_bytes() == (
        (out / "predictions.csv").read_bytes()
    )
    page = (tmp_path / "x" / "report.html").read_text(encoding="utf-8")
    assert "a.png, cell B" in page and "heat map of a.png, cell B" in page


def test_similar_cells_of_one_cell_of_a_field(classified: FieldFolder) -> None:
    asked = SimilarRequest(
        folder=str(classified.root), image="a.png", cell="B", data_dir=str(classified.data)
    )
    result = similar.run(asked, lambda _: None, never_stop)
    assert result["number"] == 2
    others = {(cell["image"], cell["number"]) for cell in result["cells"]}
    assert others == {("a.png", 1), ("a.png", 3), ("one.jpg", 0)}


def test_explain_draws_every_cell_of_a_field(classified: FieldFolder, tmp_path: Path) -> None:
    asked = ExplainRequest(
        images=[str(classified.root / "a.png")],
        out=str(tmp_path),
        model=str(classified.package),
        red_cell_diameter=36.0,
        content="fields",
        device="cpu",
    )
    result = explain(asked, lambda _: None, never_stop)
    assert result["written"] == 3
    letters = sorted(path.name.split(".")[2] for path in tmp_path.iterdir())
    assert letters == ["A", "B", "C"]


def test_cells_keep_their_numbers_when_the_folder_is_classified_again(folder: FieldFolder) -> None:
    folder.classify()
    before = {row["cell_id"]: row for row in folder.rows()}
    with folder.open() as store:
        (case,) = store.cases.list_all()
        sha256 = before["A"]["sha256"]
        review = NewReview("a.png", sha256, "basophil", number=3)
        store.reviews.add(case.id, [review], reviewer="AB")
        store.cells.remove(case.id, [CellId("a.png", 1)])
        middle = box_of(before["B"])
        store.cells.draw(case.id, "a.png", sha256, Box(5, 5, middle.width, middle.height))
    folder.classify("again")
    after = {row["cell_id"]: row for row in folder.rows("again") if row["image"] == "a.png"}
    assert list(after) == ["B", "C", "D"]
    assert after["B"] == before["B"]
    assert after["C"] == before["C"]
    assert (after["D"]["origin"], after["D"]["x"]) == (CellOrigin.DRAWN.value, "5.0")
    assert folder.summary("again")["cells_per_image"]["a.png"] == 3
    with folder.open() as store:
        run = store.runs.list_of_case(case.id)[-1]
        verdict = store.verdicts.get(case.id, run.id, "a.png", 3)
        assert (verdict.label, verdict.reviewer) == ("basophil", "AB")


def test_cells_that_the_edge_cuts_are_in_no_percentage(folder: FieldFolder) -> None:
    field = folder.draw("a.png", KINDS, cut=1.0)
    cut = sum(cell.at_edge for cell in field.cells)
    assert cut > 1
    folder.classify()
    rows = [row for row in folder.rows() if row["image"] == "a.png"]
    marked = [row for row in rows if row["at_edge"] == "true"]
    assert len(marked) >= cut - 1
    table = folder.summary()["differential"]
    assert table["apart"]["at_edge"] == len(marked)
    assert any(f"{len(marked)} cells are cut" in warning for warning in table["warnings"])
    asked = SummaryRequest(
        folder=str(folder.root), data_dir=str(folder.data), count_edge_cells=True
    )
    counted = summarize(asked, lambda _: None, never_stop)["differential"]
    assert "at_edge" not in counted["apart"]


def run_of(folder: FieldFolder) -> tuple[Run, dict[str, str]]:
    with folder.open() as store:
        (case,) = store.cases.list_all()
        run = store.runs.list_of_case(case.id)[-1]
        return run, store.predictions.committed_images(run.id)


def stop_after(calls: int) -> Iterator[bool]:
    yield from [False] * calls
    while True:
        yield True


def test_a_run_goes_on_at_whole_images_and_searches_none_twice(folder: FieldFolder) -> None:
    (folder.root / "a.png").rename(folder.root / "b.png")  # the empty field comes last
    (folder.root / "empty.png").rename(folder.root / "a.png")
    for name in ("c.png", "d.png", "e.png", "f.png"):
        folder.draw(name, KINDS)
    asks = stop_after(1)
    with pytest.raises(Cancelled):
        classify.run(folder.request(), lambda _: None, lambda: next(asks))
    run, committed = run_of(folder)
    assert "a.png" in committed
    assert 0 < len(committed) < 7
    with folder.open() as store:
        for image in committed:
            field = store.fields.get(run.id, image)
            assert field is not None
            assert field.cells == len(store.predictions.list_of_image(run.id, image))
    folder.classify(resume=True)
    again, committed = run_of(folder)
    assert (again.id, len(committed)) == (run.id, 7)
    folder.classify("unbroken")
    assert folder.rows() == folder.rows("unbroken")


def test_a_case_keeps_what_its_images_hold_and_a_run_of_it_too(folder: FieldFolder) -> None:
    folder.classify(content="single")
    assert [row["cell_id"] for row in folder.rows()] == ["", "", ""]
    assert "fields" not in folder.summary()
    folder.classify("kept")
    assert folder.rows("kept") == folder.rows()
    folder.classify("fields", content="fields")
    assert [row["cell_id"] for row in folder.rows("fields")][:3] == ["A", "B", "C"]
    with folder.open() as store:
        (case,) = store.cases.list_all()
        assert case.content is ImageContent.FIELDS
        last = store.runs.list_of_case(case.id)[-1]
        store.runs.resume(last.id, device="CPU")  # as one that was interrupted
    found: list[Any] = []
    classify.run(folder.request("other", content="single", resume=True), found.append, never_stop)
    assert any("a new one begins" in getattr(each, "message", "") for each in found)


def test_an_image_that_cannot_be_read_is_one_failed_row(folder: FieldFolder) -> None:
    (folder.root / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert folder.classify(content="fields")["failed"] == 1
    (row,) = [row for row in folder.rows() if row["image"] == "broken.png"]
    assert (row["decision"], row["cell_id"], row["x"], row["origin"]) == ("failed", "", "", "")
    assert folder.summary()["images"] == 4
