"""A copy of the program that computes something else than it did is found out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.trainer.jobs.program import parse_events, run_trainer
from trainer.errors import UserError
from trainer.jobs.self_test import MAX_DP, compare
from trainer.locations import resources_folder
from trainer.models.package.registry import registry_of

RECORDED = resources_folder() / "self_test" / "predictions.csv"


@pytest.fixture
def recorded() -> list[dict[str, str]]:
    with RECORDED.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_recorded_is_of_the_bundled_model(
    recorded: list[dict[str, str]], tmp_path: Path
) -> None:
    bundled = registry_of(tmp_path).find("").card
    assert {row["model"] for row in recorded} == {bundled.id}, "see resources/README.md"
    assert {row["precision"] for row in recorded} == {"f32"}
    assert {"accept", "review", "unknown"} & {row["decision"] for row in recorded}
    names = {path.name for path in (RECORDED.parent / "cells").glob("cell_*")}
    assert {row["image"] for row in recorded} == names


def test_rounding_is_no_difference(recorded: list[dict[str, str]]) -> None:
    found = [dict(row) for row in recorded]
    assert compare(found, recorded) == 0
    found[3]["p_basophil"] = str(float(found[3]["p_basophil"]) + MAX_DP / 2)
    assert compare(found, recorded) == pytest.approx(MAX_DP / 2, rel=0.01)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("label", "nobody", "label is “nobody”"),
        ("decision", "failed", "decision is “failed”"),
        ("p_basophil", "0.5", "a probability is"),
        ("p_basophil", "nan", "a probability is nan away"),
    ],
)
def test_a_difference_is_refused(
    recorded: list[dict[str, str]], column: str, value: str, words: str
) -> None:
    found = [dict(row) for row in recorded]
    found[0][column] = value
    with pytest.raises(UserError, match=words):
        compare(found, recorded)


def test_missing_cells_are_refused(recorded: list[dict[str, str]]) -> None:
    with pytest.raises(UserError, match="15 cells were found instead of 16"):
        compare(recorded[1:], recorded)


@pytest.mark.slow
def test_this_copy_computes_what_was_recorded() -> None:
    told = run_trainer("--self-test")
    assert told.returncode == 0, told.stderr
    assert "16 cells" in told.stdout
    events = parse_events(run_trainer("self-test", "--json").stdout)
    assert events[-1]["result"]["device"] == "CPU, f32"
    assert events[-1]["result"]["edition"] == "full"
