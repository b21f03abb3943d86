"""What an export is doing, with a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from leukogui.language.worker_messages import capitalized
from leukogui.theme.icons import Icons
from leukogui.theme.metrics import GRID, FontSize, font

if TYPE_CHECKING:
    from trainer.protocol.events import ProgressEvent


class ExportBar(QWidget):
    """Shown while an export goes on."""

    stop_requested = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.progress_label = QLabel()
        self.progress_label.setFont(font(FontSize.SMALL))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(20 * GRID)
        self.bar.setAccessibleName(self.tr("Progress of the export"))
        self.stop = QPushButton(self.tr("Stop the export"))
        icons.put(self.stop, "stop")
        self.stop.clicked.connect(self.stop_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addStretch()
        row.addWidget(self.progress_label)
        row.addWidget(self.bar)
        row.addWidget(self.stop)
        self.hide()

    def start(self) -> None:
        """An export begins."""
        self.progress_label.setText(self.tr("Exporting…"))
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self.show()

    def show_progress(self, progress: ProgressEvent) -> None:
        """How far it has come."""
        self.progress_label.setText(f"{capitalized(progress.stage)}…")
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)

    def show_stopping(self) -> None:
        """It was requested to stop."""
        self.progress_label.setText(self.tr("Stopping…"))
        self.stop.setEnabled(False)
