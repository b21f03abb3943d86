"""`cells`: the cells of fields listed, drawn and removed, from Python and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.trainer.jobs.program import run_trainer
from trainer.cases.records import FieldSearch
from trainer.cases.store import CaseStore
from trainer.commands.parser import build_parser, request_of
from trainer.data.synthetic import draw_field
from trainer.data.synthetic.smear import SyntheticField
from trainer.domain import Box, CellId, CellOrigin, LocatedCell, SourceProfile, never_stop
from trainer.errors import StoreError, UserError
from trainer.imaging import read_image
from trainer.jobs import field_cells
from trainer.locations import STORE_NAME
from trainer.protocol.requests import CellsRequest
from trainer.protocol.validation import decode_request

KINDS = ("monocyte", "basophil", "myeloblast")
IMAGE = "a & b/field 1.png"


@pytest.fixture(scope="module")
def drawn() -> SyntheticField:
    return draw_field(KINDS, np.random.default_rng(4), size=(700, 500), red_cell_diameter=50)


@pytest.fixture
def folder(tmp_path: Path, drawn: SyntheticField) -> Path:
    (tmp_path / "case/a & b").mkdir(parents=True)
    Pillow.fromarray(drawn.pixels).save(tmp_path / "case" / IMAGE)
    return tmp_path / "case"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def cells(folder: Path, data: Path, action: str = "list", **more: Any) -> list[CellId]:
    request = CellsRequest(folder=str(folder), action=action, data_dir=str(data), **more)
    result = field_cells.run(request, lambda _: None, never_stop)
    assert result["kind"] == action
    return [CellId(image, number) for image, number in result["cells"]]


def located(folder: Path, data: Path) -> list[LocatedCell]:
    with CaseStore.open(data / STORE_NAME) as store:
        assert store.audit.verify() == []
        case = store.cases.find(folder)
        return list(store.cells.stream(case.id))


def test_a_case_without_a_store_has_none_and_gets_none(folder: Path, data: Path) -> None:
    assert cells(folder, data) == []
    assert not data.exists()


def test_a_cell_is_drawn_removed_and_brought_back(
    folder: Path, data: Path, drawn: SyntheticField
) -> None:
    truth = drawn.cells[0].box
    point = (truth.x + truth.width / 2, truth.y + truth.height / 2, 0, 0)
    assert cells(folder, data, "draw", image=IMAGE, box=point, reviewer="AB") == [CellId(IMAGE, 1)]
    (cell,) = located(folder, data)
    assert cell.origin is CellOrigin.DRAWN
    assert cell.box.iou(truth) > 0.6
    box = drawn.cells[1].box
    assert cells(folder, data, "draw", image=IMAGE, box=(box.x, box.y, box.width, box.height)) == [
        CellId(IMAGE, 2)
    ]
    assert (
        cells(folder, data)
        == cells(folder, data, image=IMAGE)
        == [
            CellId(IMAGE, 1),
            CellId(IMAGE, 2),
        ]
    )
    removed = ((IMAGE, 1), (IMAGE, 2))
    assert cells(folder, data, "remove", cells=removed) == [CellId(IMAGE, 1), CellId(IMAGE, 2)]
    assert cells(folder, data) == []
    assert cells(folder, data, "undo") == [CellId(IMAGE, 1), CellId(IMAGE, 2)]
    assert len(cells(folder, data)) == 2
    assert cells(folder, data, "redo") == [CellId(IMAGE, 1), CellId(IMAGE, 2)]
    assert cells(folder, data, "redo") == []


def test_the_scale_is_what_a_person_stated(folder: Path, data: Path) -> None:
    with CaseStore.open(data / STORE_NAME) as store:
        case = store.cases.find_or_create(folder)
        profile = SourceProfile(red_cell_diameter=20.0, origin="entered")
        store.cases.set_profile(case.id, profile)
    Pillow.fromarray(np.full((300, 300, 3), 255, np.uint8)).save(folder / "blank.png")
    cells(folder, data, "draw", image="blank.png", box=(150, 150, 0, 0))
    assert located(folder, data)[0].box.width == pytest.approx(36, abs=2)


def test_cells_that_were_found_are_removed_too(folder: Path, data: Path) -> None:
    sha256 = read_image(folder / IMAGE).sha256
    with CaseStore.open(data / STORE_NAME) as store:
        case = store.cases.find_or_create(folder)
        found = LocatedCell(CellId(IMAGE), Box(5, 5, 60, 60), at_edge=True)
        store.cells.add_found(case.id, [FieldSearch(IMAGE, sha256, (found,))])
    assert cells(folder, data, "remove", cells=((IMAGE, 1),)) == [CellId(IMAGE, 1)]
    with pytest.raises(StoreError, match="no cell A"):
        cells(folder, data, "remove", cells=((IMAGE, 1),))


def test_what_cannot_be_drawn_is_refused(folder: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        cells(tmp_path / "gone", data)
    with pytest.raises(UserError, match="no cell to draw"):
        cells(folder, data, "draw", image=IMAGE)
    with pytest.raises(UserError, match="outside"):
        cells(folder, data, "draw", image=IMAGE, box=(9000, 5, 0, 0))
    with pytest.raises(UserError):
        cells(folder, data, "draw", image="gone.png", box=(5, 5, 0, 0))
    assert located(folder, data) == []


def of_command(*words: object) -> CellsRequest:
    request = request_of(build_parser().parse_args(["cells", *map(str, words)]))
    assert isinstance(request, CellsRequest)
    return request


def test_the_command_line_says_all_of_it(folder: Path) -> None:
    assert of_command(folder).action == "list"
    point = of_command(folder, "--image", IMAGE, "--draw", "12.5,30")
    assert (point.action, point.image, point.box) == ("draw", IMAGE, (12.5, 30, 0, 0))
    removed = of_command(folder, "--image", IMAGE, "--remove", "a,C,aa")
    assert removed.cells == ((IMAGE, 1), (IMAGE, 3), (IMAGE, 27))
    assert [of_command(folder, f"--{word}").action for word in ("undo", "redo")] == ["undo", "redo"]
    with pytest.raises(UserError, match="no cell"):
        of_command(folder, "--image", IMAGE, "--remove", "1")
    for wrong in ("1", "1,2,3", "x,y"):
        with pytest.raises(SystemExit):
            of_command(folder, "--image", IMAGE, "--draw", wrong)


def test_the_command_does_it(folder: Path, data: Path, drawn: SyntheticField) -> None:
    box = drawn.cells[0].box
    place = ",".join(str(side) for side in (box.x, box.y, box.width, box.height))
    options = ("--image", folder / IMAGE, "--data-dir", data)
    done = run_trainer("cells", folder, "--draw", place, *options)
    assert "Drawn: a & b/field 1.png A." in done.stdout
    done = run_trainer("cells", folder, "--remove", "a", *options)
    assert "Removed: a & b/field 1.png A." in done.stdout


def test_a_request_comes_through_a_pipe(folder: Path) -> None:
    fields = {"job": "cells", "folder": str(folder), "action": "draw", "box": [1, 2, 3.5, 4]}
    assert decode_request(json.loads(json.dumps(fields))).box == (1, 2, 3.5, 4)
    fields = {"job": "cells", "folder": str(folder), "action": "remove", "cells": [["a.png", 2]]}
    assert decode_request(json.loads(json.dumps(fields))).cells == (("a.png", 2),)
