"""Finding a recipe on folds; tiny, from random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.labelled_cells import cell_drawer, write_table
from tests.trainer.jobs.program import run_trainer
from tests.trainer.tiny_backbone import TINY
from trainer.data.synthetic import COOL, WARM
from trainer.domain import Progress, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs import tune
from trainer.protocol.events import Result
from trainer.protocol.training_requests import TuneRequest

KINDS = ("monocyte", "seg_neutrophil")
FIXED = {"input_size": 64, "hidden": 0}


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEUKO_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 cells of each kind to learn from, and test cells that cannot be read."""
    folder = tmp_path_factory.mktemp("tuned")
    draw = cell_drawer(folder, seed=8, size=128)
    rows = []
    for kind in KINDS:
        for index in range(12):
            name = f"{kind}_{index}.png"
            draw(name, kind, (WARM, COOL)[index % 2])
            rows.append((name, kind, "train" if index % 4 else "val"))
        (folder / f"test_{kind}.png").write_bytes(f"no image of a {kind}".encode())
        rows.append((f"test_{kind}.png", kind, "test"))
    return write_table(folder, ("file", "label", "split"), rows)


def asked(data: Path, out: Path, **more: Any) -> TuneRequest:
    values: dict[str, Any] = {
        "data": str(data),
        "out": str(out),
        "backbone": TINY,
        "preset": "head",
        "weights": "none",
        "trials": 2,
        "recipe": FIXED,
    }
    return TuneRequest(**{**values, **more})


@pytest.mark.slow
def test_a_recipe_is_found_without_a_look_at_test_cells(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "tuning"
    words = ("tune", data, "--out", out, "--backbone", TINY, "--weights", "none")
    fixed = [f"--recipe={name}={value}" for name, value in FIXED.items()]
    told = run_trainer(*words, "--preset", "head", "--trials", 2, *fixed)
    assert "The best of 2 recipes" in told.stdout
    record = json.loads((out / "recipe.json").read_text("utf-8"))
    # What is fixed is not searched.
    assert record["settings"].items() >= FIXED.items()
    assert record["balanced_log_loss"] > 0
    assert not (out / "none").exists()


@pytest.mark.slow
def test_a_study_goes_on(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "tuning"

    def stop_after_one(said: object) -> None:
        if isinstance(said, Progress) and said.stage == "trying recipes" and said.done:
            stopped.append(True)

    stopped: list[bool] = []
    first = tune.run(asked(data, out, trials=50), stop_after_one, lambda: bool(stopped))
    # The trial that was being made counts as failed, and what was over is kept.
    assert first["trials"] <= 2
    second = tune.run(asked(data, out), lambda _: None, never_stop)
    assert second["trials"] == first["trials"] + 2
    assert second["value"] <= first["value"]
    with pytest.raises(UserError, match="a tuning of something else"):
        tune.run(asked(data, out, folds=4), lambda _: None, never_stop)


@pytest.mark.slow
def test_a_paused_study_goes_on_to_as_many_recipes_as_were_wanted(
    data: Path, tmp_path: Path
) -> None:
    out, events, orders = tmp_path / "tuning", list[Any](), list[str]()

    def pause_after_one(event: object) -> None:
        events.append(event)
        if isinstance(event, Progress) and event.stage == "trying recipes" and event.done:
            orders.append("pause")

    def take_order() -> bool:
        if orders:
            raise Cancelled
        return False

    with pytest.raises(Cancelled):
        tune.run(asked(data, out), pause_after_one, take_order)
    assert not (out / "recipe.json").exists(), "it is to go on"
    orders.clear()
    ended = tune.run(asked(data, out, resume=True), events.append, never_stop)
    progress = [e for e in events if isinstance(e, Progress) and e.stage == "trying recipes"]
    assert [each.done for each in progress] == [0, 1, 1, 2]
    texts = [each.data["text"] for each in events if isinstance(each, Result)]
    losses = {text.split("log-loss")[1] for text in texts if text.startswith("Recipe ")}
    assert len(losses) == 2, "no recipe is tried twice"
    assert ended["settings"]


def test_what_was_stopped_at_once_has_no_recipe(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        tune.run(asked(data, tmp_path / "out"), lambda _: None, lambda: True)
    assert not (tmp_path / "out" / "recipe.json").exists()
