"""A page of the retrain wizard that waits for a job and shows what it returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget, QWizardPage

from leukogui.language.worker_messages import capitalized, translate_message
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID

if TYPE_CHECKING:
    from trainer.protocol.events import ProgressEvent


class JobPage(QWizardPage):
    """Requests a job when it is entered, and shows its progress or why it failed.

    Args:
        title: of the page.
        subtitle: a sentence below it.
        bar_name: what a screen reader calls the progress bar.
    """

    requested = Signal()
    left = Signal()

    def __init__(self, title: str, subtitle: str, bar_name: str) -> None:
        super().__init__()
        self.setTitle(title)
        self.setSubTitle(subtitle)
        self.state = plain_label()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(bar_name)

    def cleanupPage(self) -> None:  # noqa: N802 - Qt's name
        """The person went back."""
        self.left.emit()

    def show_progress(self, progress: ProgressEvent) -> None:
        """How far the job is."""
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)
        self.state.setText(f"{capitalized(progress.stage)}…")

    def show_failure(self, text: str) -> None:
        """It ended without a result: nobody can go on from here."""
        self.bar.hide()
        self.state.setText(translate_message(text))

    def _request(self, text: str) -> None:
        """Request the job, and say so."""
        self.bar.setRange(0, 0)
        self.bar.show()
        self.state.setText(text)
        self.requested.emit()


def scrolled(content: QWidget | QLayout) -> QScrollArea:
    """Return an area that scrolls over a widget or a layout, which stays at its top."""
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, GRID, 0)
    if isinstance(content, QWidget):
        column.addWidget(content)
    else:
        column.addLayout(content)
    column.addStretch()
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(inner)
    return area
