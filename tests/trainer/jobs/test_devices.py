"""What computes here, and whether it computes rightly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.trainer.jobs.program import parse_events, run_trainer
from trainer.domain import Precision, never_stop, no_progress
from trainer.errors import Cancelled, UserError
from trainer.inference.engine import Outputs
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.inference.self_test import MAX_DP_FAST, SelfTestResult, self_test
from trainer.jobs import devices
from trainer.jobs.devices import describe_self_test, draw_views
from trainer.models.package.card import read_card
from trainer.protocol.requests import DevicesRequest


@pytest.mark.slow
def test_the_command_says_and_tests_what_computes(package: Path, tmp_path: Path) -> None:
    given = ("--model", package, "--device", "cpu", "--data-dir", tmp_path)
    told = run_trainer("devices", *given)
    assert "in f32" in told.stdout
    assert "cells a second" not in told.stdout
    told = run_trainer("devices", "--self-test", "--seconds", "0.2", *given, "--json")
    events = parse_events(told.stdout)
    assert any(event["event"] == "progress" for event in events)
    result = events[-1]["result"]
    assert result["device"] == "CPU"
    assert result["title"]
    assert result["agrees"]
    assert result["same_label"] == result["cells"] == 32
    assert result["max_dp"] < 1e-5
    assert result["per_second"] > 0
    assert {"leukogui", "openvino"} <= result["versions"].keys()


def test_no_model_and_no_gpu_are_said(package: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nobody"):
        ask(model="nobody", data_dir=str(tmp_path))


def test_a_test_can_be_stopped(package: Path) -> None:
    request = DevicesRequest(model=str(package), device="cpu", self_test=True)
    with pytest.raises(Cancelled):
        devices.run(request, lambda _: None, lambda: True)


def test_the_drawn_cells_are_shown_as_the_model_wants_them(package: Path) -> None:
    card = read_card(package / "card.json")
    views = draw_views(card)
    assert views.shape == (32, card.input_size, card.input_size, 3)
    assert views.dtype == np.uint8
    assert len({view.tobytes() for view in views}) == len(views)


class Wrong:
    """An engine whose device turns the answers round."""

    device, in_flight, precision = "GPU", 1, Precision.F32

    def __init__(self, right: OpenVinoEngine) -> None:
        self._right, self.batch = right, right.batch

    def submit(self, cells: np.ndarray) -> Wrong:
        found = self._right.submit(cells).result()
        self._outputs = Outputs(-found.logits, found.pooled, found.features)
        return self

    def result(self) -> Outputs:
        return self._outputs


def test_a_device_that_computes_wrongly_is_found(package: Path) -> None:
    right = OpenVinoEngine(package / "graph.xml")
    views = draw_views(read_card(package / "card.json"))
    tested = self_test(
        Wrong(right),
        right,
        views,
        1.0,
        seconds=0.01,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    assert not tested.passed
    assert "Do not use this device" in describe_self_test(tested)


def test_an_answer_that_is_not_a_number_never_agrees() -> None:
    assert not SelfTestResult(1.0, 8, 8, 1.0, MAX_DP_FAST).passed
    assert SelfTestResult(1.0, 8, 8, 0.01, MAX_DP_FAST).passed
    assert "is allowed" in describe_self_test(SelfTestResult(1.0, 8, 8, 0.1, MAX_DP_FAST))


def ask(**asked: object) -> dict[str, object]:
    return devices.run(DevicesRequest(**asked), lambda _: None, never_stop)
