"""The line at the bottom: how many images and cells there are, and what became of them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from leukogui.case.cells import CaseModel
from leukogui.window.status_bar import StatusBar
from trainer.domain import Box, CellId, LocatedCell


def test_images_are_no_cells_until_it_is_known_what_they_hold(qtbot: QtBot, tmp_path) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    model = CaseModel(tmp_path)
    model.set_files(["a.png", "b.png"])
    bar.show_counts(model.counts(), listing=True)
    assert bar.counts.text() == "2 images…"
    model.add_cells(
        [(LocatedCell(CellId("a.png", number), Box(0, 0, 9, 9)), 1) for number in (1, 2)]
    )
    model.update_rows()
    bar.show_counts(model.counts())
    assert bar.counts.text() == "3 cells in 2 images"
