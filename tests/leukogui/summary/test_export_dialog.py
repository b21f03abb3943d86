"""The dialog of exports: every format, and how the report is written."""

from __future__ import annotations

from typing import get_args

import pytest
from pytestqt.qtbot import QtBot

from leukogui.summary import export_dialog
from leukogui.summary.export_dialog import FORMATS, ExportDialog
from trainer.protocol.requests import ExportFormat


@pytest.fixture
def dialog(qtbot: QtBot) -> ExportDialog:
    dialog = ExportDialog()
    qtbot.addWidget(dialog)
    return dialog


def test_every_format_is_offered() -> None:
    assert {key for key, _ in FORMATS} == set(get_args(ExportFormat))


def test_the_report_is_described_only_where_one_is_written(dialog: ExportDialog) -> None:
    dialog.set_choices(("csv",), "/somewhere")
    assert not dialog.report.isEnabled()
    dialog.boxes["pdf"].setChecked(True)
    assert dialog.report.isEnabled()
    assert dialog.formats == ("pdf", "csv")


def test_what_was_chosen_last_is_there_again(dialog: ExportDialog) -> None:
    report = dialog.report
    report.set_choices("de", "Lab\nStreet <1>", "/logo.png")
    assert report.chosen_language == "de"
    assert report.laboratory.toPlainText() == "Lab\nStreet <1>"
    assert report.logo.text() == "/logo.png"
    report.set_choices("", "", "")
    assert report.chosen_language in ("en", "de")


def test_every_control_has_a_name(dialog: ExportDialog) -> None:
    report = dialog.report
    for control in (report.language, report.laboratory, report.logo, dialog.folder):
        assert control.accessibleName()


def test_what_the_reader_cannot_write_is_not_offered(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_dialog, "has_package", lambda name: name != "pyarrow")
    dialog = ExportDialog()
    qtbot.addWidget(dialog)
    dialog.set_choices(("csv", "parquet"), "/somewhere")
    assert dialog.formats == ("csv",)
    assert not dialog.boxes["parquet"].isEnabled()
    assert "full edition" in dialog.boxes["parquet"].toolTip()
