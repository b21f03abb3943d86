"""Cells that a training is made without, and what its card then says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.tiny_backbone import TINY
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.jobs.train import job as train
from trainer.jobs.train.data import read_data
from trainer.jobs.train.plan import build_plan
from trainer.models.package.evidence import LeftOutRow, LeftOutTable
from trainer.models.package.layout import open_package
from trainer.protocol.training_requests import TrainRequest

PAIR, SET = "warm:monocyte", "left out warm:monocyte"


def request(data: Path, out: Path, **more: Any) -> TrainRequest:
    values: dict[str, Any] = {
        "data": str(data),
        "out": str(out),
        "backbone": TINY,
        "preset": "head",
        "weights": "none",
        "other_classes": ["lymphocyte"],
        "recipe": {"input_size": 64},
        "about": {"roles": {"monocyte": "alert"}},
        "data_dir": str(out.parent / "data"),
    }
    return TrainRequest.model_validate(values | more)


def test_the_cells_are_in_no_split_but_in_a_set_of_their_own(data: Path, tmp_path: Path) -> None:
    plan = build_plan(request(data, tmp_path / "out", leave_out=[PAIR, "cool:lymphocyte"]))
    read = read_data(plan, lambda _: None, never_stop)
    kept = {(item.source, item.label) for item in read.manifest.items}
    assert kept == {
        *(("cool", "monocyte"), ("cool", "seg_neutrophil")),
        *(("warm", "seg_neutrophil"), ("warm", "lymphocyte")),
    }
    assert list(read.holdouts) == [SET, "left out cool:lymphocyte"]
    held = read.holdouts[SET].items
    assert len(held) == 3 + 2 + 2, "of all splits"
    assert {(item.source, item.label, item.split) for item in held} == {
        ("warm", "monocyte", "test")
    }
    assert any("7 cells took no part" in note for note in read.notes)


def test_a_class_that_no_other_source_has_is_refused(data: Path, tmp_path: Path) -> None:
    plan = build_plan(request(data, tmp_path / "out", leave_out=["warm:monocyte", "cool:monocyte"]))
    with pytest.raises(UserError, match="no training images of monocyte"):
        read_data(plan, lambda _: None, never_stop)


def test_a_source_that_is_not_there_is_refused(data: Path, tmp_path: Path) -> None:
    plan = build_plan(request(data, tmp_path / "out", leave_out=["hot"]))
    with pytest.raises(UserError, match="no cells “hot”"):
        read_data(plan, lambda _: None, never_stop)


@pytest.mark.usefixtures("warm_cache")
def test_the_card_says_what_is_found_and_what_the_table_said(data: Path, tmp_path: Path) -> None:
    row = LeftOutRow(source="warm", label="monocyte", cells=7, found=0.5, wrong=0.25)
    table = tmp_path / "left-out.json"
    table.write_text(LeftOutTable(worst=row, rows=(row,)).model_dump_json(), encoding="utf-8")
    out = tmp_path / "out"
    asked = request(data, out, leave_out=[PAIR], left_out_table=str(table))
    train.run(asked, lambda _: None, never_stop)
    card = open_package(out).card
    assert card.metrics["sensitivity_monocyte"][SET].n == 7
    assert 0 <= card.metrics["alert_lost"][SET].value <= 1
    assert card.metrics["alert_looked_at"][SET].n is not None
    assert "test" not in card.metrics["alert_lost"], "its sources are in the card"
    assert card.left_out is not None
    assert card.left_out.worst.name == PAIR
    text = (out / "MODEL_CARD.md").read_text("utf-8")
    assert "| warm | monocyte | 7 | 0.500 | 0.250 |  |" in text
    assert "left_out" in json.loads((out / "card.json").read_text("utf-8"))


def test_a_file_that_is_no_table_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no table of what was left out"):
        build_plan(request(data, tmp_path / "out", left_out_table=str(data)))
