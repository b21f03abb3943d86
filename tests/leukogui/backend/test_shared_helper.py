"""Who asks the helper gets an answer, although others use it, too, and may have it ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukogui.backend.cell_query import CellQuery, CellQueryRunner, build_similar_request
from leukogui.backend.worker import QtWorker
from leukogui.summary import summary_query
from leukogui.summary.summary_query import SummaryLoader
from tests.leukogui.window_fixtures import PATIENCE
from tests.paths import LEUKOGUI
from trainer.domain import CellId

HELD = [sys.executable, str(LEUKOGUI / "blocking_worker.py")]


@pytest.fixture
def helper(data: Path) -> Iterator[QtWorker]:
    helper = QtWorker(persistent=True, command=HELD)
    yield helper
    helper.close()


def end_process(qtbot: QtBot, helper: QtWorker, folder: Path) -> None:
    """End the process in the middle of its work; the next one is not held for long."""
    qtbot.waitUntil(lambda: len(helper.jobs) == 1, timeout=PATIENCE)
    (job,) = helper.jobs
    with qtbot.waitSignal(job.progressed, timeout=PATIENCE):
        pass
    with qtbot.waitSignal(job.ended, timeout=PATIENCE) as ended:
        job.terminate()
    assert ended.args[0].kind == "terminated"
    (folder / "go").touch()


def test_similar_cells_are_asked_for_again(qtbot: QtBot, helper: QtWorker, tmp_path: Path) -> None:
    finder = CellQueryRunner(helper, build_similar_request)
    with qtbot.waitSignal(finder.failed, timeout=2 * PATIENCE) as told:
        finder.request(CellQuery(tmp_path, CellId("a.jpg"), 1))
        end_process(qtbot, helper, tmp_path)
    assert told.args == [CellQuery(tmp_path, CellId("a.jpg"), 1), "It was asked again."]


def test_figures_are_asked_for_again(
    qtbot: QtBot, helper: QtWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary_query, "MIN_INTERVAL_MILLISECONDS", 10)
    monkeypatch.setattr(summary_query, "_PAUSE_FACTOR", 0)
    asker = SummaryLoader(helper)
    with qtbot.waitSignal(asker.failed, timeout=2 * PATIENCE) as told:
        asker.choose(tmp_path)
        end_process(qtbot, helper, tmp_path)
    assert told.args[0].message == "It was asked again."
    asker.stop()
