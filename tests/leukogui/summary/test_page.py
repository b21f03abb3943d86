"""The page of figures: the real window, a real run, a real export."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QAbstractItemModel, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.gallery.text import class_title
from leukogui.settings.table import LABORATORY, REPORT_LANGUAGE
from leukogui.summary.case_summary import CaseSummary
from leukogui.summary.differential_model import Column
from tests.leukogui.case_steps import CELLS, add_copies, classify_all, open_case, run_to_end
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program
from trainer.domain import CellId


@pytest.fixture
def accepting(with_model: Path) -> Path:
    """The data folder with a model that accepts whatever it is shown."""
    file = with_model / "models" / MODEL / "card.json"
    card = json.loads(file.read_text("utf-8"))
    card["thresholds"] |= {"review_probability": 0.0, "unknown_probability": 1.0}
    card["thresholds"]["unknown_distance"] = 1e6
    file.write_text(json.dumps(card), "utf-8")
    return with_model


def show_summary(qtbot: QtBot, assembly: App) -> CaseSummary:
    page = assembly.summary_controller.page
    assembly.window.commands["summary"].trigger()
    qtbot.waitUntil(lambda: page.summary is not None, timeout=PATIENCE)
    assert page.summary is not None
    return page.summary


def shown(model: QAbstractItemModel) -> list[list[Any]]:
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@pytest.mark.slow
def test_the_page_shows_what_summary_json_says(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    assembly.window.commands["summary"].trigger()
    page = assembly.summary_controller.page
    assert assembly.window.pages.currentWidget() is page
    assert not page.export.isEnabled()
    outcome = run_to_end(qtbot, assembly)
    qtbot.waitUntil(
        lambda: page.summary is not None and page.summary.images == CELLS, timeout=PATIENCE
    )
    figures = page.summary
    assert figures is not None
    written = json.loads(Path(outcome.result["summary"]).read_text("utf-8"))
    table = written["differential"]
    assert page.cards.number("images") == str(CELLS)
    assert page.cards.number("accept") == str(written["decisions"]["accept"]) == "16"
    assert page.cards.number("failed") == "1"
    for part, widget in (("percent", page.percent), ("per_100_white_cells", page.per_100)):
        for row, (name, share) in zip(shown(widget.rows), table[part].items(), strict=True):
            assert row[Column.NAME] == class_title(name)
            assert row[Column.CELLS] == str(share["cells"])
            if share["value"] is not None:
                assert row[Column.VALUE] == f"{share['value']:.1f}"
                high = "no bound" if share["high"] is None else f"{share['high']:.1f}"
                assert row[Column.INTERVAL] == f"{share['low']:.1f} – {high}"
    # Those that begin with a class begin with its title.
    assert [*map(str.casefold, page.warnings())] == [*map(str.casefold, table["warnings"])]
    assert [row[1] for row in shown(page.excluded.rows)] == ["0", "0", "1"]
    assert page.failed.images.rows[0][0] == "cut.jpg"
    assert sum(figures.histogram["accept"]) == 16
    said = " ".join(label.text() for label in page.provenance.findChildren(QLabel))
    assert written["model"]["card_sha256"] in said
    assert "not a medical device" in said
    for widget in (page.percent, page.histogram):
        assert re.search(r"\d+ cells", widget.accessibleDescription())


@pytest.mark.slow
def test_a_class_leads_to_its_cells(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    classify_all(qtbot, assembly)
    figures = show_summary(qtbot, assembly)
    page, review = assembly.summary_controller.page, assembly.window.review
    row, share = next(
        (row, share)
        for row, share in enumerate((*figures.percent, *figures.per_100))
        if share.cells
    )
    table = page.percent if row < len(figures.percent) else page.per_100
    index = table.rows.index(row % len(figures.percent), 0)
    where = table.visualRect(index).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert assembly.window.pages.currentWidget() is review
    assert review.cells.rowCount() == share.cells
    assembly.window.commands["clear_filters"].trigger()
    assert review.cells.rowCount() == CELLS

    show_summary(qtbot, assembly)
    page.excluded.selectRow(2)
    qtbot.keyClick(page.excluded, Qt.Key.Key_Return)
    assert review.cells.rowCount() == 1

    show_summary(qtbot, assembly)
    page.failed.selectRow(0)
    qtbot.keyClick(page.failed, Qt.Key.Key_Return)
    assert assembly.window.pages.currentWidget() is review
    assert review.gallery.current_name() == "cut.jpg"

    # What a person then reviews stands there before and after.
    assert page.review.isHidden()
    assembly.window.commands["clear_filters"].trigger()
    review.gallery.setCurrentIndex(review.cells.index(0))
    assembly.correction_controller.give("artefact")
    show_summary(qtbot, assembly)
    qtbot.waitUntil(lambda: not page.review.isHidden(), timeout=PATIENCE)
    table = page.review.table
    counts = [[int(table.item(row, at).text()) for at in (1, 3)] for row in range(table.rowCount())]
    assert sum(before for before, _ in counts) == sum(after for _, after in counts) == 16
    assert [0, 1] in counts


@pytest.mark.slow
def test_a_mended_image_is_judged_again(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    show_summary(qtbot, assembly)
    page = assembly.summary_controller.page
    shutil.copy(drawn / "cell_001.jpg", drawn / "cut.jpg")
    # The figures are the worker's; which cells failed, the window has to read itself.
    qtbot.waitUntil(assembly.window.commands["retry"].isEnabled, timeout=PATIENCE)
    outcome = run_to_end(qtbot, assembly, page.retry.click)
    assert outcome.result["images"] == 1
    qtbot.waitUntil(
        lambda: page.summary is not None and page.summary.decisions["failed"] == 0,
        timeout=PATIENCE,
    )
    assert page.summary is not None
    assert page.summary.decisions["accept"] == page.summary.images == CELLS
    assert page.failed.isHidden() or not page.failed.isVisible()
    assert "2 runs" in page.chooser.currentText()
    qtbot.waitUntil(lambda: not assembly.window.commands["retry"].isEnabled(), timeout=PATIENCE)

    # The first run is as it was.
    page.chooser.setCurrentIndex(2)
    page.chooser.activated.emit(2)
    qtbot.waitUntil(lambda: page.summary is not None and page.summary.run == 1, timeout=PATIENCE)
    assert page.summary.decisions["failed"] == 1
    assert page.chooser.currentText().startswith("Run 1")


@pytest.mark.slow
def test_figures_come_while_a_run_goes_on(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path
) -> None:
    assembly = program()
    total = add_copies(drawn, 8)
    open_case(qtbot, assembly, drawn, total)
    assembly.window.commands["summary"].trigger()
    seen: list[int] = []
    asked: list[object] = []
    assembly.summary_controller.loader.loaded.connect(lambda figures: seen.append(figures.images))
    assembly.queue.progressed.connect(lambda _: asked.append(None))
    run_to_end(qtbot, assembly)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] == total, timeout=PATIENCE)
    assert seen == sorted(seen)
    assert len(seen) <= len(asked) + 3


def export(qtbot: QtBot, assembly: App, out: Path, formats: set[str], replace: bool = False) -> str:
    """Export through the dialog; what the notice says."""
    told = len(assembly.window.notifications.shown)
    assembly.window.commands["export"].trigger()
    dialog = assembly.export_controller.dialog
    assert dialog is not None
    for key, box in dialog.boxes.items():
        box.setChecked(key in formats)
    dialog.folder.setText(str(out))
    dialog.replace.setChecked(replace)
    dialog.export_button.click()
    bar = assembly.summary_controller.page.export_bar
    assert not bar.isHidden()
    qtbot.waitUntil(bar.isHidden, timeout=PATIENCE)
    assert len(assembly.window.notifications.shown) >= min(told, 1)
    return assembly.window.notifications.shown[-1].message


@pytest.mark.slow
def test_export(
    qtbot: QtBot,
    program: Program,
    accepting: Path,
    drawn: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    assert not assembly.window.commands["export"].isEnabled()
    outcome = run_to_end(qtbot, assembly)
    show_summary(qtbot, assembly)
    out = tmp_path / "exports" / "case & co"
    everything = {"csv", "json", "xlsx", "html", "png"}
    assert str(out) in export(qtbot, assembly, out, everything)
    assert len(list(out.iterdir())) == 5
    written = Path(outcome.result["predictions"])
    assert (out / "predictions.csv").read_bytes() == written.read_bytes()
    texts = [
        re.sub(r'"seconds": [0-9.]+', "", (folder / "summary.json").read_text("utf-8"))
        for folder in (out, written.parent)
    ]
    assert texts[0] == texts[1]
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    notice = assembly.window.notifications.shown[-1]
    next(b for b in notice.findChildren(QToolButton) if b.text() == "Open the folder").click()
    assert opened == [QUrl.fromLocalFile(str(out))]

    # Nothing is replaced unless that is said; and nothing is written among the images.
    assert "holds predictions.csv already" in export(qtbot, assembly, out, {"csv"})
    change = assembly.window.notifications.shown[-1].findChildren(QToolButton)
    next(button for button in change if button.text() == "Change…").click()
    dialog = assembly.export_controller.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.formats == ("csv",)
    dialog.reject()
    (out / "predictions.csv").write_bytes(b"old")
    assert str(out) in export(qtbot, assembly, out, {"csv"}, replace=True)
    assert (out / "predictions.csv").read_bytes() == written.read_bytes()
    assert "among the images" in export(qtbot, assembly, drawn / "x", {"csv"})
    assert not (drawn / "x").exists()

    # The cells for other programs.
    cells = tmp_path / "exports" / "cells"
    assert str(cells) in export(qtbot, assembly, cells, {"coco", "geojson", "crops"})
    assert {each.name for each in cells.iterdir()} == {"cells.coco.json", "geojson", "crops"}
    assert len(list((cells / "crops").glob("*.png"))) == len(list(drawn.glob("*.jpg")))

    # A report in German with the head of the lab, to be opened at once.
    assembly.settings.set(REPORT_LANGUAGE, "de")
    assembly.settings.set(LABORATORY, "Lab <One>")
    reports = tmp_path / "exports" / "reports"
    assert str(reports) in export(qtbot, assembly, reports, {"pdf"})
    words = PdfReader(reports / "report.pdf").pages[0].extract_text()
    assert "Lab <One>" in words and "ENTWURF" in words
    notice = assembly.window.notifications.shown[-1]
    next(b for b in notice.findChildren(QToolButton) if b.text() == "Open the report").click()
    assert opened[-1] == QUrl.fromLocalFile(str(reports / "report.pdf"))

    # The next export is offered beside the last one.
    assembly.window.commands["export"].trigger()
    assert Path(dialog.folder.text()).parent == out.parent
    assert dialog.formats == ("pdf",)
    dialog.folder.setText(" ")
    assert not dialog.export_button.isEnabled()
    dialog.reject()


@pytest.mark.slow
def test_a_full_disk_is_told_and_leaves_nothing(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path, small_disk: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    show_summary(qtbot, assembly)
    said = export(qtbot, assembly, small_disk, {"csv", "html"})
    assert re.search(r"disk is full: report\.html was not written\. [0-9,]+ bytes", said)
    assert list(small_disk.iterdir()) == []


@pytest.mark.slow
def test_an_export_can_be_stopped(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path, tmp_path: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    show_summary(qtbot, assembly)
    assembly.window.commands["export"].trigger()
    dialog, bar = (
        assembly.export_controller.dialog,
        assembly.summary_controller.page.export_bar,
    )
    assert dialog is not None
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.export_button.click()
    bar.stop.click()
    assert not bar.stop.isEnabled()
    qtbot.waitUntil(bar.isHidden, timeout=PATIENCE)
    assert "stopped" in assembly.window.notifications.shown[-1].message
    assert not [path for path in tmp_path.glob("out/**/*") if path.is_file()]


@pytest.mark.slow
def test_changed_images_are_told_and_retry_knows_only_what_is_there(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    (drawn / "cell_001.jpg").write_bytes((drawn / "cell_002.jpg").read_bytes())
    show_summary(qtbot, assembly)
    page, model = assembly.summary_controller.page, assembly.session.model
    assert model is not None

    def is_told() -> bool:
        texts = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
        return any("changed or vanished" in text and "cell_001.jpg" in text for text in texts)

    qtbot.waitUntil(is_told, timeout=PATIENCE)
    (drawn / "cut.jpg").unlink()
    qtbot.waitUntil(lambda: model.row(CellId("cut.jpg")) is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not assembly.window.commands["retry"].isEnabled(), timeout=PATIENCE)
    page.failed.selectRow(0)
    page.retry.click()
    assert assembly.queue.current is None


def test_nothing_to_sum_up_is_said(qtbot: QtBot, program: Program, data: Path, drawn: Path) -> None:
    assembly = program()
    assembly.window.commands["summary"].trigger()
    assert assembly.window.pages.currentWidget() is assembly.window.welcome
    open_case(qtbot, assembly, drawn)
    assembly.window.commands["summary"].trigger()
    page = assembly.summary_controller.page
    assert assembly.window.pages.currentWidget() is page
    assert any("Nothing was classified" in each.text() for each in page.findChildren(QLabel))


@pytest.mark.slow
def test_the_page_says_that_it_counts(
    qtbot: QtBot, program: Program, accepting: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    qtbot.waitUntil(lambda: assembly.session.run is not None, timeout=PATIENCE)
    page = assembly.summary_controller.page
    assembly.window.commands["summary"].trigger()
    words = [each.text() for each in page.findChildren(QLabel)]
    assert any("being counted" in text for text in words)
    assert not any("Nothing was classified" in text for text in words)
    qtbot.waitUntil(lambda: page.summary is not None, timeout=PATIENCE)
