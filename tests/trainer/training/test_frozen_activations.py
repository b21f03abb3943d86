"""A network whose lower part works once: as good, as sure of its result, and no surprise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.trainer.training.drawn_cells import drawn_cells
from tests.trainer.training.test_finetune import Narrow, same
from tests.trainer.training.tiny_network import QUICK, tiny_network, validation_set
from trainer.cache.arrays import ArrayCache, NotCachedError
from trainer.domain import Progress
from trainer.errors import Cancelled, UserError
from trainer.models.network.freeze_point import split_at_freeze_point
from trainer.training.batches import iterate_batches
from trainer.training.checkpoint import Checkpoint
from trainer.training.finetune import fine_tune
from trainer.training.frozen_activations import STAGE, cache_activations
from trainer.training.recipe import override_recipe
from trainer.training.task import FineTuneTask
from trainer.training.trainable import set_trainable

# The second of the tiny network's two convolutions learns, and what follows.
UPPER = replace(QUICK, steps=16, check_every=4, unfreeze=0.6, cut_looks=2, average_from=0.3)


def kept(folder: Path, network: keras.Model, lesson: FineTuneTask, **more: Any) -> FineTuneTask:
    return cache_activations(network, lesson, ArrayCache(folder), **more)


def lesson_of(**settings: Any) -> FineTuneTask:
    return FineTuneTask(drawn_cells(), replace(UPPER, **settings), validation=validation_set())


def taught(folder: Path, lesson: FineTuneTask, **more: Any) -> tuple[keras.Model, list[str]]:
    """A network trained by the lesson, and the stages that were told of."""
    network, told = tiny_network(), []
    heard: Callable[[Progress], None] = lambda progress: told.append(progress.stage)  # noqa: E731
    fine_tune(network, kept(folder, network, lesson, on_progress=heard, **more), on_progress=heard)
    return network, told


def test_what_is_kept_is_what_the_lower_part_says_of_each_look(tmp_path: Path) -> None:
    network, lesson = tiny_network(), lesson_of()
    found = kept(tmp_path, network, lesson)
    assert found.activations is not None
    assert found.validation is not None
    assert found.activations.shape == (30, 2, 15, 15, 8)
    assert found.validation.views.shape == (30, 15, 15, 8)
    assert (found.activations[:, 0] != found.activations[:, 1]).any(axis=(1, 2, 3)).all()
    set_trainable(network, UPPER.unfreeze)
    split = split_at_freeze_point(network)
    assert split is not None
    through = split.upper(found.validation.views.astype(np.float32))
    whole = network(validation_set().views.astype(np.float32))["logits"]
    np.testing.assert_allclose(through, whole, atol=2e-3)


@pytest.mark.slow
def test_a_second_training_computes_nothing_anew_and_learns_the_same(tmp_path: Path) -> None:
    first, told = taught(tmp_path / "one", lesson_of())
    assert told.count(STAGE) == 3  # 60 looks and 30 validation cells, 32 at a time
    again, told = taught(tmp_path / "one", lesson_of())
    assert STAGE not in told
    elsewhere, _ = taught(tmp_path / "two", lesson_of(workers=1))
    assert same(first, again)
    assert same(first, elsewhere)
    untouched, moved = tiny_network().layers[2], first.layers[2]
    assert np.array_equal(untouched.get_weights()[0], moved.get_weights()[0])


def test_what_decides_nothing_of_activations_does_not_make_them_anew(tmp_path: Path) -> None:
    told: list[Progress] = []

    def computes(lesson: FineTuneTask, network: keras.Model | None = None) -> bool:
        told.clear()
        kept(tmp_path, network or tiny_network(), lesson, on_progress=told.append)
        return bool(told)

    cells = drawn_cells()
    assert computes(lesson_of())
    assert not computes(lesson_of(rate=1e-2, steps=17, cut_looks=9))
    corrected = replace(cells, label=np.roll(cells.label, 1))
    assert not computes(replace(lesson_of(), cells=corrected))
    assert computes(lesson_of(looks_on="round"))
    assert computes(lesson_of(seed=1))
    assert computes(lesson_of(cut_looks=1))
    assert computes(replace(lesson_of(), cells=replace(cells, pixels=cells.pixels[::-1])))
    assert computes(lesson_of(), tiny_network(seed=5))


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    kept(tmp_path, tiny_network(), lesson_of())
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-400] + bytes(400)):
        path.write_bytes(damaged)
        told: list[Progress] = []
        kept(tmp_path, tiny_network(), lesson_of(), on_progress=told.append)
        assert told
        assert path.read_bytes() == whole


def test_broken_off_it_goes_on_to_the_same_result(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def until(step: int) -> Callable[[Progress], None]:
        def heard(progress: Progress) -> None:
            if progress.done == step:
                raise Killed

        return heard

    checkpoint, broken = Checkpoint(tmp_path / "this"), tiny_network()
    lesson = kept(tmp_path / "arrays", broken, lesson_of())
    with pytest.raises(Killed):
        fine_tune(broken, lesson, checkpoint=checkpoint, on_progress=until(6))
    state = checkpoint.load()
    assert state is not None
    assert state.step == 4
    again = tiny_network()
    resumed = kept(tmp_path / "arrays", again, lesson_of())
    history = fine_tune(again, resumed, checkpoint=checkpoint, resume=True)
    assert history.views_per_cell == 2
    assert "shown in 2 varied looks" in history.note()
    assert same(again, taught(tmp_path / "arrays", lesson_of())[0])


def test_what_cannot_be_kept_is_said_and_can_be_done_without(tmp_path: Path) -> None:
    network = tiny_network()
    for settings, words in (
        ({"unfreeze": "all"}, "No part of the network"),
        ({"steps": 14}, "14 steps show 112 looks of 30 cells"),
    ):
        with pytest.raises(NotCachedError, match=words):
            kept(tmp_path, network, lesson_of(**settings))
    with pytest.raises(NotCachedError, match="more than the"):
        cache_activations(network, lesson_of(), ArrayCache(tmp_path, limit_bytes=1000))
    bright = tiny_network()
    bright.layers[2].kernel.assign(bright.layers[2].kernel * 1e7)
    with pytest.raises(NotCachedError, match="too large"):
        kept(tmp_path, bright, lesson_of())
    lesson = lesson_of(cut_looks=0)
    assert kept(tmp_path, network, lesson) is lesson
    assert not list(tmp_path.iterdir())
    with pytest.raises(UserError, match="compares two looks"):
        override_recipe(UPPER, {"cut_looks": 1, "consistency": 1})


def test_a_stop_while_activations_are_computed_leaves_nothing(tmp_path: Path) -> None:
    told: list[Progress] = []
    with pytest.raises(Cancelled):
        kept(
            tmp_path,
            tiny_network(),
            lesson_of(),
            on_progress=told.append,
            should_stop=lambda: bool(told),
        )
    assert [(progress.stage, progress.done, progress.total) for progress in told] == [
        (STAGE, 32, 90)
    ]
    assert not list(tmp_path.iterdir())


def test_fewer_at_once_where_memory_runs_out(tmp_path: Path) -> None:
    narrow = kept(
        tmp_path / "narrow", tiny_network(gate=Narrow()), lesson_of(unfreeze=0.5)
    ).activations
    wide = kept(tmp_path / "wide", tiny_network(), lesson_of()).activations
    assert narrow is not None
    np.testing.assert_allclose(narrow, wide, atol=2e-3)


def test_twins_are_two_looks_of_one_cell(tmp_path: Path) -> None:
    lesson = kept(tmp_path, tiny_network(), lesson_of(consistency=1.0, cut_looks=2))
    assert lesson.activations is not None
    for shown, targets in iterate_batches(lesson):
        assert (targets[:4] == targets[4:]).all()
        for one, other in zip(shown[:4], shown[4:], strict=True):
            (cell,) = np.flatnonzero((lesson.activations == one).all(axis=(2, 3, 4)).any(axis=1))
            assert (lesson.activations[cell] == other).all(axis=(1, 2, 3)).any()
            assert (one != other).any()
    fine_tune(tiny_network(), lesson)


def test_in_mixed_arithmetic_both_parts_work_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = kept(tmp_path, tiny_network(), lesson_of()).activations
    monkeypatch.setattr("trainer.training.trainable.has_gpu", lambda: True)
    network = tiny_network()
    lesson = kept(tmp_path, network, lesson_of())
    assert lesson.activations is not None
    assert exact is not None
    assert 0 < np.abs(lesson.activations.astype(np.float32) - exact).max() < 0.1
    history = fine_tune(network, lesson)
    assert history.arithmetic == "mixed bfloat16"
    assert np.isfinite(history.loss).all()
    assert {layer.dtype_policy.name for layer in network.layers} == {"float32"}
