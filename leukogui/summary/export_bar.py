"""What an export is doing, with a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from leukogui.language.worker_messages import begun
from leukogui.theme.icons import Icons
from leukogui.theme.metrics import GRID, Type, font

if TYPE_CHECKING:
    from trainer.protocol.messages import ProgressEvent


class ExportBar(QWidget):
    """Shown while an export goes on."""

    stop_asked = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = QLabel()
        self.said.setFont(font(Type.SMALL))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(20 * GRID)
        self.bar.setAccessibleName(self.tr("Progress of the export"))
        self.stop = QPushButton(self.tr("Stop the export"))
        icons.put(self.stop, "stop")
        self.stop.clicked.connect(self.stop_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addStretch()
        row.addWidget(self.said)
        row.addWidget(self.bar)
        row.addWidget(self.stop)
        self.hide()

    def begin(self) -> None:
        """An export begins."""
        self.said.setText(self.tr("Exporting…"))
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self.show()

    def show_progress(self, progress: ProgressEvent) -> None:
        """How far it has come."""
        self.said.setText(f"{begun(progress.stage)}…")
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)

    def stopping(self) -> None:
        """It was asked to stop."""
        self.said.setText(self.tr("Stopping…"))
        self.stop.setEnabled(False)
