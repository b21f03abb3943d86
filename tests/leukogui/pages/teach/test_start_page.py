"""Where a training may start, by what this copy of the program can train."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukogui.pages.teach import start_page
from leukogui.pages.teach.choice import RetrainChoice
from leukogui.pages.teach.start_page import StartPage
from trainer.models.package.registry import registry_of
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.protocol.training_requests import TuneRequest


@pytest.fixture
def choice(tmp_path: Path) -> RetrainChoice:
    return RetrainChoice(tmp_path, serving=registry_of(tmp_path).find("").card)


def test_the_reader_trains_heads_alone(
    qtbot: QtBot, choice: RetrainChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_page, "has_package", lambda name: name != "keras")
    page = StartPage(choice, ["MobileNetV2"])
    qtbot.addWidget(page)
    page.initializePage()
    assert not page.new.isEnabled()
    assert page.from_model.isEnabled()
    assert not page.preset.isEnabled()
    assert page.preset.currentData() == "head"
    assert page.validatePage()
    assert choice.preset == "head"


def test_a_tuning_is_for_networks_and_heads_that_are_trained(
    qtbot: QtBot, choice: RetrainChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = StartPage(choice, ["MobileNetV2"])
    qtbot.addWidget(page)
    page.initializePage()
    page.tunes.setChecked(True)
    assert page.trials.isEnabled()
    page.hours.setValue(8)
    page.validatePage()
    request = choice.request()
    assert isinstance(request, TuneRequest)
    assert (request.trials, request.minutes) == (20, 480)
    assert request.out == str(choice.folder / "tuning")
    forecast = choice.forecast_request()
    assert (forecast.trials, forecast.minutes) == (20, 480)
    page.adapt.setChecked(True)
    assert not page.tunes.isEnabled()
    page.validatePage()
    assert isinstance(choice.request(), AdaptRequest)
    monkeypatch.setattr(start_page, "has_package", lambda name: name != "optuna")
    page.from_model.setChecked(True)
    assert not page.tunes.isEnabled()


def test_the_full_edition_trains_all(qtbot: QtBot, choice: RetrainChoice) -> None:
    page = StartPage(choice, ["MobileNetV2"])
    qtbot.addWidget(page)
    page.initializePage()
    assert page.new.isEnabled()
    assert page.preset.isEnabled()
    assert page.preset.currentData() == "finetune"
