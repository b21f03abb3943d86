from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukogui.backend.run_queue import RunQueue, build_run_spec
from leukogui.backend.worker import QtWorker
from tests.leukogui.window_fixtures import PATIENCE
from tests.paths import LEUKOGUI
from trainer.domain import ExecutionInfo


@pytest.fixture
def worker(data: Path) -> Iterator[QtWorker]:
    worker = QtWorker(persistent=False, command=[sys.executable, str(LEUKOGUI / "gpu_worker.py")])
    yield worker
    worker.close()


def test_the_queue_reads_what_a_run_computes_on(
    qtbot: QtBot, worker: QtWorker, tmp_path: Path
) -> None:
    queue, images = RunQueue(worker), tmp_path / "images"
    images.mkdir()
    spec = build_run_spec(images, tmp_path / "results", "")
    with qtbot.waitSignal(queue.execution_changed, timeout=PATIENCE) as first:
        queue.add(spec)
    assert first.args == [
        spec,
        ExecutionInfo("Imaginary R&D", "f16", "GPU: Imaginary R&D, by torch"),
    ]
    with qtbot.waitSignal(queue.execution_changed, timeout=PATIENCE) as second:
        (images / "lose").touch()
    cpu = ExecutionInfo("CPU", "f32", "Imaginary R&D failed; going on on the CPU")
    assert second.args == [spec, cpu]
    assert queue.execution == cpu
    with qtbot.waitSignal(queue.ended, timeout=PATIENCE):
        queue.cancel()
    assert queue.execution is None
