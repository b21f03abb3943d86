"""A report is shown inside the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from leukogui.pages.evaluation.report import ReportView
from trainer.jobs.common.report.html import thumbnail_data_url


def test_read_when_it_is_seen(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    view = ReportView()
    qtbot.addWidget(view)
    view.show_report(file)
    url = thumbnail_data_url(np.zeros((8, 8, 3), np.uint8))
    file.write_text(
        f"<h1>Märzen</h1><div><figure><img src='{url}'><figcaption>One</figcaption></figure>"
        "<figure class='small'><figcaption>Two</figcaption></figure></div>",
        "utf-8",
    )
    assert not view.toPlainText()
    view.show()
    lines = view.toPlainText().split("\n")
    assert lines[0] == "Märzen"
    assert [each for each in lines if each][-2:] == ["One", "Two"], "each a block"
    view.show_report(tmp_path / "gone.html")
    assert view.toPlainText() == "The report can no longer be read."
    view.show_report(None)
    assert not view.toPlainText()
