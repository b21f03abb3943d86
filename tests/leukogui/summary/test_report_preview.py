"""The pages of a report as they will be written, and what keeps the case from being signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest
from fpdf import FPDF
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.settings.table import EXPORT_FORMATS, SIGN_REQUIREMENT
from leukogui.summary.report_preview import ReportPreview
from tests.leukogui.review_steps import build_case, name, open_for_review, wait_until_stored
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program
from trainer.atomic_files import sha256_of


@pytest.fixture
def preview(qtbot: QtBot) -> Iterator[ReportPreview]:
    window = ReportPreview()
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


def draw_pdf(pages: int) -> bytes:
    """Pages with a blue square at their upper left corner."""
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_font("Helvetica")
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.set_fill_color(0, 0, 255)
        pdf.rect(0, 0, 40, 40, style="F")
        pdf.text(60, 60, f"Cells of page {number}")
    return bytes(pdf.output())


def drawn(preview: ReportPreview) -> list[bool]:
    return [page.is_sharp for page in preview.area.pages]


def test_pages_are_drawn_as_they_are_seen(qtbot: QtBot, preview: ReportPreview) -> None:
    preview.show_report(draw_pdf(6))
    qtbot.waitUntil(lambda: len(preview.area.pages) == 6, timeout=PATIENCE)
    pages = preview.area.pages
    assert pages[1].accessibleName() == "Page 2 of 6"
    assert pages[1].accessibleDescription().strip() == "Cells of page 2"
    qtbot.waitUntil(lambda: drawn(preview)[0], timeout=PATIENCE)
    assert not drawn(preview)[5]
    picture = pages[0].grab().toImage()
    assert picture.pixelColor(10, 10).name() == "#0000ff"
    assert picture.pixelColor(picture.width() - 10, picture.height() - 10).name() == "#ffffff"
    bar = preview.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: drawn(preview)[5], timeout=PATIENCE)


def test_pages_can_be_made_larger_by_key_and_button(qtbot: QtBot, preview: ReportPreview) -> None:
    preview.show_report(draw_pdf(1))
    qtbot.waitUntil(lambda: drawn(preview) == [True], timeout=PATIENCE)
    (page,) = preview.area.pages
    width = page.width()
    preview.larger.click()
    assert page.width() == pytest.approx(1.25 * width, abs=2)
    qtbot.waitUntil(lambda: drawn(preview) == [True], timeout=PATIENCE)
    for _ in range(20):
        preview.smaller.click()
    assert page.width() == pytest.approx(0.5 * width, abs=2)


def show_preview(qtbot: QtBot, assembly: App) -> ReportPreview:
    """Show it from the dialog of the export, and wait for the pages and the state."""
    assembly.window.commands["summary"].trigger()
    assembly.window.commands["export"].trigger()
    dialog = assembly.export_controller.dialog
    assert dialog is not None
    dialog.report.preview.click()
    assert not dialog.isVisible()
    window = assembly.export_controller.preview.window
    assert window is not None
    qtbot.waitUntil(lambda: bool(window.area.pages), timeout=2 * PATIENCE)
    qtbot.waitUntil(lambda: bool(window.state.text()), timeout=PATIENCE)
    return window


@pytest.mark.slow
def test_the_preview_shows_what_is_missing_and_leads_there(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    card = with_model / "models" / MODEL / "card.json"
    folder = build_case(tmp_path / "smear", with_model, model_sha256=sha256_of(card))
    assembly = open_for_review(qtbot, program(), folder)
    assembly.settings.set(EXPORT_FORMATS, ("html",))
    assembly.reviews.review({name(0): "basophil"})
    wait_until_stored(qtbot, assembly)
    before = set(Path(gettempdir()).glob("leukogui-report-*"))
    window = show_preview(qtbot, assembly)
    assert "DRAFT" in window.area.pages[0].accessibleDescription()
    assert "19 cells keep the case from being signed" in window.state.text()
    assert "Every cell must be reviewed" in window.reason.text()
    assert set(Path(gettempdir()).glob("leukogui-report-*")) <= before
    window.go.click()
    assert assembly.export_controller.preview.window is None
    assert assembly.window.pages.currentWidget() is assembly.window.review
    assert assembly.window.review.gallery.current_cell() == name(1)

    # As the lab wants it now; and on to the export, which is filled in as it was.
    assembly.settings.set(SIGN_REQUIREMENT, "nothing")
    window = show_preview(qtbot, assembly)
    assert "Nothing keeps the case from being signed" in window.state.text()
    assert not window.go.isVisible()
    window.export.click()
    dialog = assembly.export_controller.dialog
    assert dialog is not None and dialog.isVisible()
    assert dialog.formats == ("html",)
    dialog.reject()

    # A preview that is closed while it is written leaves nothing behind.
    assembly.window.commands["export"].trigger()
    dialog.report.preview.click()
    preview = assembly.export_controller.preview
    assert preview.window is not None
    qtbot.keyClick(preview.window, Qt.Key.Key_Escape)
    assert preview.window is None
    qtbot.waitUntil(
        lambda: set(Path(gettempdir()).glob("leukogui-report-*")) <= before, timeout=PATIENCE
    )
