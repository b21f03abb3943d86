"""Images made ready in child processes are those that are made ready here."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import psutil
import pytest

from tests.paths import ROOT
from tests.trainer.jobs.program import draw_folder
from trainer.domain import SourceProfile
from trainer.imaging.model_input import ImageTask, ModelInput, Product
from trainer.imaging.preprocess import ViewParameters, preprocess
from trainer.imaging.view import View
from trainer.inference.preprocess_pool import PreprocessPool, open_preprocessor

LENS = ViewParameters(View(), 64, SourceProfile(red_cell_diameter=40.0, origin="entered"))
KEEP = Product.IMAGE


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> list[ImageTask]:
    """Drawn cells, and a file that is no image."""
    folder = tmp_path_factory.mktemp("cells")
    paths = draw_folder(folder, 5)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no image")
    return [ImageTask(path.name, path) for path in (*paths, folder / "broken.jpg")]


def assert_same(found: ModelInput, expected: ModelInput) -> None:
    for field in fields(ModelInput):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_children_make_ready_what_is_made_ready_here(tasks: list[ImageTask]) -> None:
    before = children()
    with open_preprocessor(LENS, KEEP, 10_000, 8) as make_ready, ThreadPoolExecutor(2) as pool:
        found = [image.cells[0] for image in pool.map(make_ready, tasks)]
        assert 1 <= len(children() - before) <= 2
    for one, task in zip(found, tasks, strict=True):
        assert_same(one, preprocess(task, LENS, KEEP))
    assert found[-1].view is None
    assert found[-1].error
    assert children() == before


@pytest.mark.parametrize(("images", "workers"), [(10_000, 2), (10, 16)])
def test_no_process_is_begun_for_few_cores_or_images(
    images: int, workers: int, tasks: list[ImageTask]
) -> None:
    before = children()
    with open_preprocessor(LENS, KEEP, images, workers) as make_ready:
        assert make_ready(tasks[0]).cells[0].view is not None
        assert children() == before


def test_a_process_that_ends_costs_its_image_only(tasks: list[ImageTask]) -> None:
    preparers = PreprocessPool(LENS, KEEP)
    try:
        assert preparers.preprocess(tasks[0]).cells[0].view is not None
        process = psutil.Process(preparers.pids[0])
        process.kill()
        (lost,) = preparers.preprocess(tasks[1]).cells
        assert lost.view is None
        assert lost.task == tasks[1]
        assert "exit code" in lost.error
        assert_same(preparers.preprocess(tasks[1]).cells[0], preprocess(tasks[1], LENS, KEEP))
    finally:
        preparers.close()


@pytest.mark.parametrize("command", [["no such program"], [sys.executable, "-c", "print('no')"]])
def test_where_none_starts_images_are_made_ready_here(
    command: list[str], tasks: list[ImageTask], caplog: pytest.LogCaptureFixture
) -> None:
    preparers = PreprocessPool(LENS, KEEP, command)
    for task in tasks[:2]:
        assert_same(preparers.preprocess(task).cells[0], preprocess(task, LENS, KEEP))
    preparers.close()
    assert caplog.text.count("no process makes images ready") == 1


ABANDON = """
import os, pickle, sys
from trainer.inference.preprocess_pool import PreprocessPool
lens, task = pickle.load(sys.stdin.buffer)
preparers = PreprocessPool(lens)
preparers.preprocess(task)
print(*preparers.pids, flush=True)
os._exit(0)
"""


def test_children_end_with_a_parent_that_says_nothing(tasks: list[ImageTask]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", ABANDON],
        input=pickle.dumps((LENS, tasks[0])),
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    (pid,) = map(int, told.stdout.split())
    try:
        child = psutil.Process(pid)
        psutil.wait_procs([child], timeout=30)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        pass
