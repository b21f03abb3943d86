"""A training that was killed goes on to the very result of an unbroken one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.training.drawn_cells import drawn_cells
from tests.trainer.training.tiny_network import QUICK, tiny_network, validation_set
from trainer.domain import Progress
from trainer.errors import UserError
from trainer.training.checkpoint import FILE, MAX_CHECKPOINTS, Checkpoint, TrainingState
from trainer.training.finetune import fine_tune
from trainer.training.task import FineTuneTask


def child(folder: Path, last: int, how: str) -> int:
    words = [sys.executable, "-m", "tests.trainer.training.killed_training", folder, last, how]
    return subprocess.run(
        [str(word) for word in words], check=False, capture_output=True
    ).returncode


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_after_a_kill_it_goes_on_to_the_same_result(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(backend)
    monkeypatch.setenv("KERAS_BACKEND", backend)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    whole.mkdir()
    assert child(whole, 0, "anew") == 0
    assert child(killed, 9, "anew") != 0
    assert [path.name for path in (killed / "training" / "this").iterdir()] == [FILE]
    state = Checkpoint(killed / "training" / "this").load()
    assert state is not None
    assert state.step == 8
    assert child(killed, 0, "resume") == 0
    with np.load(killed / "weights.npz") as one, np.load(whole / "weights.npz") as other:
        assert one.files == other.files
        for name in one.files:
            assert (one[name] == other[name]).all(), name


@pytest.mark.parametrize("steps", [0, 2])
def test_a_stop_before_anything_was_worth_keeping_can_be_gone_on_with(
    tmp_path: Path, steps: int
) -> None:
    recipe = replace(QUICK, average_from=0.9, check_every=3)
    told: list[Progress] = []
    stopped, whole = tiny_network(), tiny_network()
    lesson = FineTuneTask(drawn_cells(), recipe, validation=validation_set())
    checkpoint = Checkpoint(tmp_path / "this")
    history = fine_tune(
        stopped,
        lesson,
        checkpoint=checkpoint,
        on_progress=told.append,
        should_stop=lambda: len(told) == steps,
    )
    assert not history.worth_keeping
    again = tiny_network()
    fine_tune(again, lesson, checkpoint=checkpoint, resume=True, on_progress=told.append)
    assert [progress.done for progress in told] == [1, 2, 3, 4, 5, 6]
    fine_tune(whole, lesson)
    for one, other in zip(again.get_weights(), whole.get_weights(), strict=True):
        assert (one == other).all()


def test_what_had_settled_stays_so(tmp_path: Path) -> None:
    recipe = replace(QUICK, steps=60, rate=0.0, check_every=2, patience=2)
    lesson = FineTuneTask(drawn_cells(), recipe, validation=validation_set())
    checkpoint = Checkpoint(tmp_path / "this")
    first = fine_tune(tiny_network(), lesson, checkpoint=checkpoint)
    again = fine_tune(tiny_network(), lesson, checkpoint=checkpoint, resume=True)
    assert first.early_stopped
    assert again.early_stopped
    assert again.loss == first.loss


def test_a_damaged_state_is_no_state(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "this")
    assert checkpoint.load() is None
    (tmp_path / "this").mkdir()
    (tmp_path / "this" / FILE).write_bytes(b"PK\x03\x04 cut short")
    assert checkpoint.load() is None


def test_only_a_few_states_of_other_trainings_are_kept(tmp_path: Path) -> None:
    for number in range(MAX_CHECKPOINTS + 3):
        (tmp_path / f"other {number}").mkdir()
    Checkpoint(tmp_path / "this").remove()
    assert len(list(tmp_path.iterdir())) == MAX_CHECKPOINTS


def test_a_state_without_room_leaves_the_one_before(small_disk: Path) -> None:
    checkpoint = Checkpoint(small_disk / "this")
    numbers = {
        "accumulation_steps": 1,
        "n_averaged": 0,
        "wait": 0,
        "best_loss": 1.0,
        "seconds": 1.0,
    }
    lists: dict[str, Any] = {name: [] for name in ("optimizer", "average", "best", "checks")}
    first = TrainingState(
        step=1, model=[np.zeros(4)], loss=[1.0], accuracy=[0.5], **lists, **numbers
    )
    checkpoint.save(first)
    with pytest.raises(UserError, match="disk is full") as caught:
        checkpoint.save(replace(first, step=2, model=[np.zeros(20_000)]))
    assert caught.value.can_go_on
    kept = checkpoint.load()
    assert kept is not None
    assert kept.step == 1
