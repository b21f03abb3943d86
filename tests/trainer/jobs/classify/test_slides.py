"""Slides in `classify`: found where they are known to be, none twice; a count; going on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from tests.trainer.jobs.classify.test_job import request, rows_of
from trainer.cases.store import CaseStore
from trainer.data.synthetic.slide import SmearPart, SyntheticSlide
from trainer.domain import Box, CellId, Progress, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs import ablate, field_cells
from trainer.jobs.classify import job as classify
from trainer.jobs.export import job as export
from trainer.models.package.card import read_card
from trainer.protocol.cell_requests import AblateRequest
from trainer.protocol.events import JobWarning
from trainer.protocol.requests import CellsRequest, ExportRequest

REGION = (1100.0, 600.0, 1400.0, 1400.0)


@pytest.fixture
def folder(slide: SyntheticSlide, tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    shutil.copy(slide.path, folder / "smear.svs")
    return folder


def boxes_of(out: Path) -> list[Box]:
    sides = ("x", "y", "width", "height")
    return [Box(*(float(row[side]) for side in sides)) for row in rows_of(out)]


def middle_in(box: Box, region: tuple[float, ...]) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    left, top, width, height = region
    return left <= x < left + width and top <= y < top + height


def run(folder: Path, out: Path, package: Path, should_stop=never_stop, **more: Any) -> list[Any]:
    events: list[Any] = []
    classify.run(request([folder], out, package, **more), events.append, should_stop)
    return events


@pytest.mark.slow
def test_the_cells_of_the_layer_are_found_each_once(folder, slide, package, tmp_path):
    events = run(folder, tmp_path / "out", package)
    found = boxes_of(tmp_path / "out")
    known = [cell.box for cell in slide.cells if cell.part is SmearPart.LAYER]
    # The layer is measured in squares of 16 red cells: its rim may be left out.
    region = (1450.0, 1000.0, 1300.0, 2000.0)
    inside = [box for box in known if middle_in(box, region)]
    assert len(inside) >= 10
    for box in inside:
        assert sum(box.iou(each) >= 0.5 for each in found) == 1
    assert all(any(each.iou(cell.box) > 0.5 for cell in slide.cells) for each in found)
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert stages >= {"measuring red cells", "finding the layer of cells", "scanning parts"}


def test_a_scan_stops_at_a_count_and_stays_in_its_region(folder, slide, package, tmp_path):
    events = run(folder, tmp_path / "out", package, count=5, region=REGION, red_cell_diameter=30)
    found = boxes_of(tmp_path / "out")
    assert len(found) == 5
    assert all(middle_in(box, REGION) for box in found)
    counted = [each for each in events if isinstance(each, Progress) and each.stage == "scanning"]
    assert counted[-1].done == counted[-1].total == 5
    with CaseStore.open(tmp_path / "data" / "cases.sqlite", read_only=True) as store:
        case = store.cases.find(folder)
        (run_,) = store.runs.list_of_case(case.id)
        (field,) = store.fields.stream(run_.id)
        assert (field.cells, field.width, field.height) == (5, 4096, 4096)
        assert {cell.id for cell in store.cells.stream(case.id)} == {
            CellId("smear.svs", number) for number in range(1, 6)
        }


@pytest.mark.slow
def test_a_scan_goes_on_where_it_ended(folder, slide, package, tmp_path):
    layer = slide.layer
    given = {
        "region": (layer.x, layer.y, layer.width, layer.height),
        "red_cell_diameter": 30,
    }
    run(folder, tmp_path / "whole", package, **given)
    whole = boxes_of(tmp_path / "whole")
    progress: list[Progress] = []

    def fail(event: Any) -> None:
        if isinstance(event, Progress) and event.stage == "scanning parts":
            progress.append(event)
            raise RuntimeError

    out = tmp_path / "out"
    with pytest.raises(RuntimeError):
        classify.run(request([folder], out, package, **given), fail, never_stop)
    (first,) = progress
    assert 0 < first.done < first.total
    events = run(folder, out, package, resume=True, **given)
    assert boxes_of(out) == whole
    done = [each.done for each in events if isinstance(each, Progress) if each.total == first.total]
    assert min(done) > first.done


@pytest.mark.slow
def test_a_cancelled_scan_can_be_resumed(folder, package, tmp_path):
    given = {"region": REGION, "red_cell_diameter": 30}
    events: list[Any] = []

    out = tmp_path / "out"
    with pytest.raises(Cancelled):
        given_request = request([folder], out, package, count=4, **given)
        classify.run(given_request, events.append, lambda: len(events) > 2)
    run(folder, out, package, resume=True, count=4, **given)
    assert len(boxes_of(out)) == 4


@pytest.mark.slow
def test_a_removed_cell_stays_away_and_a_drawn_one_is_judged(folder, package, tmp_path):
    given = {"region": (1100.0, 600.0, 700.0, 700.0), "red_cell_diameter": 30}
    run(folder, tmp_path / "first", package, **given)
    first = boxes_of(tmp_path / "first")
    assert len(first) >= 2
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        case = store.cases.find(folder)
        (cell, *_) = store.cells.stream(case.id)
        store.cells.remove(case.id, [cell.id])
        drawn = Box(1200.0, 1150.0, 60.0, 60.0)
        sha256 = rows_of(tmp_path / "first")[0]["sha256"]
        store.cells.draw(case.id, "smear.svs", sha256, drawn, ())
        far = Box(2800.0, 3000.0, 60.0, 60.0)  # where the scan does not reach
        store.cells.draw(case.id, "smear.svs", sha256, far, ())
    run(folder, tmp_path / "again", package, **given)
    again = boxes_of(tmp_path / "again")
    assert not any(box.iou(cell.box) > 0.5 for box in again)
    assert drawn in again
    assert far in again
    assert len(again) == len(first) + 1
    # At a count, what a person drew is among the first.
    run(folder, tmp_path / "few", package, count=2, **given)
    assert set(map(str, boxes_of(tmp_path / "few"))) == {str(drawn), str(far)}


def test_a_region_outside_of_the_slide_is_refused(folder, package, tmp_path):
    with pytest.raises(UserError, match=r"lies outside of smear\.svs"):
        run(folder, tmp_path / "out", package, region=(9e3, 0, 10, 10), red_cell_diameter=30)


def test_heat_maps_are_not_drawn_to_files(folder, package, tmp_path):
    region = (1100.0, 600.0, 300.0, 300.0)
    events = run(
        folder, tmp_path / "out", package, region=region, red_cell_diameter=30, heatmaps=True
    )
    assert any(isinstance(each, JobWarning) and "Heat maps" in each.message for each in events)


@pytest.mark.slow
def test_cells_of_a_slide_are_exported_and_drawn_like_those_of_a_field(folder, package, tmp_path):
    given = {"region": (1100.0, 600.0, 700.0, 700.0), "red_cell_diameter": 30}
    run(folder, tmp_path / "out", package, **given)
    data, out = str(tmp_path / "data"), tmp_path / "export"
    formats = ("crops", "coco", "html")
    wanted = ExportRequest(folder=str(folder), out=str(out), formats=formats, data_dir=data)
    export.run(wanted, lambda _: None, never_stop)
    found = boxes_of(tmp_path / "out")
    crops = sorted((out / "crops").glob("**/*.png"))
    assert len(crops) == len(found)
    with Pillow.open(crops[0]) as rgb:
        width = rgb.width
    assert width == pytest.approx(3 * max(found[0].width, found[0].height), abs=1)
    point = CellsRequest(
        folder=str(folder),
        action="draw",
        image="smear.svs",
        box=(1150.0, 1180.0, 0.0, 0.0),
        data_dir=data,
    )
    drawn = field_cells.run(point, lambda _: None, never_stop)
    assert drawn["cells"] == [["smear.svs", len(found) + 1]]


@pytest.mark.slow
def test_what_a_prediction_of_a_slide_cell_rests_on(folder, package, tmp_path):
    region = (1100.0, 600.0, 700.0, 700.0)
    model = tmp_path / "data" / "models" / read_card(package / "card.json").id
    shutil.copytree(package, model)
    run(folder, tmp_path / "out", model, region=region, red_cell_diameter=30)
    data = str(tmp_path / "data")
    wanted = AblateRequest(folder=str(folder), image="smear.svs", cell="A", data_dir=data)
    result = ablate.run(wanted, lambda _: None, never_stop)
    assert result["image"] == "smear.svs"
    assert result["number"] == 1
    # The same view was judged as in the scan.
    row = next(each for each in rows_of(tmp_path / "out") if each["cell_id"] == "A")
    name = result["class"]
    stored = row.get(f"p_{name}") or row[f"other_{name}"]
    assert result["probability"] == pytest.approx(float(stored), abs=1e-4)
