"""The table of what was left out: all rows, gone on with, and refused; tiny, a head alone."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.tiny_backbone import TINY
from trainer.data.left_out import LeftOutGroup
from trainer.domain import Progress, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.left_out import job as left_out
from trainer.jobs.left_out.table import build_table, format_table_csv
from trainer.models.package.evidence import LeftOutTable
from trainer.protocol.training_requests import LeftOutRequest


def request(data: Path, out: Path, **more: Any) -> LeftOutRequest:
    values: dict[str, Any] = {
        "data": str(data),
        "out": str(out),
        "backbone": TINY,
        "preset": "head",
        "weights": "none",
        "other_classes": ["lymphocyte"],
        "recipe": {"input_size": 64},
        "pairs": ["warm:monocyte"],
        "data_dir": str(out.parent / "data"),
    }
    return LeftOutRequest.model_validate(values | more)


@pytest.mark.slow
@pytest.mark.usefixtures("warm_cache")
def test_a_table_is_gone_on_with(data: Path, tmp_path: Path) -> None:
    out, said = tmp_path / "table", []

    def stop_after_one() -> bool:
        return any(isinstance(each, Progress) and each.done == 1 for each in leaving(said))

    with pytest.raises(Cancelled):
        left_out.run(request(data, out, seeds=[0, 1]), said.append, stop_after_one)
    (first,) = [file for file in (out / "rows").iterdir() if file.name != "settings.json"]
    written = first.read_bytes(), first.stat().st_mtime_ns
    result = left_out.run(request(data, out, seeds=[0, 1]), lambda _: None, never_stop)
    assert (first.read_bytes(), first.stat().st_mtime_ns) == written, "it is not computed again"
    assert (result["worst"], result["rows"], result["failed"]) == ("warm:monocyte", 1, 0)
    table = LeftOutTable.model_validate_json((out / "left-out.json").read_text("utf-8"))
    assert (table.worst.cells, table.worst.seeds) == (7, 2)
    assert table.recipe["stages"] == ["head", "calibrate", "thresholds"]
    page = (out / "left-out.html").read_text("utf-8")
    assert f"warm:monocyte: {table.worst.found:.3f}" in page
    assert not (out / "models").exists()
    with pytest.raises(UserError, match="another recipe"):
        left_out.run(request(data, out, recipe={"input_size": 32}), said.append, never_stop)


def leaving(said: list[Any]) -> list[Any]:
    return [each for each in said if getattr(each, "stage", "") == "leaving out"]


def test_rows_are_means_over_seeds_worst_first() -> None:
    def figures(found: float, wrong: float | None) -> dict[str, Any]:
        return {"cells": 5, "found": found, "wrong": wrong, "alert_lost": None}

    table = build_table(
        {
            LeftOutGroup("north"): [figures(0.75, 0.125)],
            LeftOutGroup("south", "=a"): [figures(0.5, None), figures(0.75, 0.25)],
        },
        {"steps": 3},
    )
    assert [(row.name, row.found, row.wrong) for row in table.rows] == [
        ("south:=a", 0.625, 0.25),
        ("north", 0.75, 0.125),
    ]
    rows = list(csv.reader(format_table_csv(table).splitlines()))
    assert rows[1] == ["south", "'=a", "5", "2", "0.625000", "0.250000", ""]
    assert math.isclose(float(rows[2][4]), 0.75)


def test_without_a_figure_there_is_no_table() -> None:
    with pytest.raises(UserError, match="Not one training"):
        build_table({}, {})


def test_data_of_which_nothing_can_be_left_out(tmp_path: Path, data: Path) -> None:
    rows = data.read_text("utf-8").splitlines()
    one = tmp_path / "one.csv"
    kept = [rows[0], *(f"{data.parent}/{row}" for row in rows[1:] if row.endswith("warm"))]
    one.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(UserError, match="Nothing of these data"):
        left_out.run(request(one, tmp_path / "out", pairs=[]), lambda _: None, never_stop)


def test_another_table_in_the_folder_is_not_mixed_in(tmp_path: Path, data: Path) -> None:
    rows = tmp_path / "out" / "rows"
    rows.mkdir(parents=True)
    (rows / "settings.json").write_text(json.dumps({"steps": 1}), encoding="utf-8")
    with pytest.raises(UserError, match="other data or another recipe"):
        left_out.run(request(data, tmp_path / "out"), lambda _: None, never_stop)
