"""Doubtful labels in drawn cells, some of which were given a wrong label."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.trainer.jobs.labelled_cells import cell_drawer, write_table
from tests.trainer.jobs.program import run_trainer
from trainer.data.synthetic import WARM
from trainer.domain import never_stop
from trainer.errors import Cancelled
from trainer.jobs import label_errors
from trainer.locations import resources_folder
from trainer.protocol.training_requests import DoubtsRequest

KINDS = ("basophil", "seg_neutrophil", "erythroblast")
PER_KIND = 15
WRONG = {"basophil_3.png": "erythroblast", "erythroblast_7.png": "seg_neutrophil"}
BUNDLED = next((resources_folder() / "models").glob("*/card.json")).parent


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doubted")
    # Cells that the bundled model knows: what it misjudges by itself is doubted as well.
    draw = cell_drawer(folder, seed=0, size=160)
    rows = []
    for kind in KINDS:
        for index in range(PER_KIND):
            name = f"{kind}_{index}.png"
            draw(name, kind, WARM)
            rows.append((name, WRONG.get(name, kind)))
    return write_table(folder, ("file", "label"), rows)


@pytest.mark.slow
def test_wrong_labels_come_first(data: Path, tmp_path: Path) -> None:
    told = run_trainer("doubts", data, "--model", BUNDLED, "--out", tmp_path, "--device", "cpu")
    assert "labels are doubtful" in told.stdout
    with (tmp_path / "doubts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows[: len(WRONG)]} == set(WRONG)
    for row in rows[: len(WRONG)]:
        assert row["label"] == WRONG[row["file"]]
        assert row["suggested"] == row["file"].rpartition("_")[0]
        assert float(row["margin"]) == pytest.approx(
            float(row["p_suggested"]) - float(row["p_label"]), abs=2e-4
        )


@pytest.mark.slow
def test_the_same_seed_gives_the_same_list(data: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        out = tmp_path / name
        request = DoubtsRequest(data=str(data), model=str(BUNDLED), out=str(out), device="cpu")
        said = label_errors.run(request, lambda _: None, never_stop)
        assert json.loads(json.dumps(said))["cells"] == len(KINDS) * PER_KIND
    first, second = ((tmp_path / name / "doubts.csv").read_bytes() for name in ("one", "two"))
    assert first == second


def test_stopping_writes_nothing(data: Path, tmp_path: Path) -> None:
    request = DoubtsRequest(data=str(data), model=str(BUNDLED), out=str(tmp_path), device="cpu")
    with pytest.raises(Cancelled):
        label_errors.run(request, lambda _: None, lambda: True)
    assert not any(tmp_path.iterdir())
