"""The page of trainings: the list above, the chosen one below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from leukogui.pages.teach.panel import TrainingPanel
from leukogui.pages.teach.table import TrainingTable, TrainingTableModel
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme

if TYPE_CHECKING:
    from leukogui.backend.training_reader import ShownTraining


class TeachPage(QWidget):
    """What is learned now, what waits, and what was learned."""

    new_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trainings = TrainingTableModel()
        self.table = TrainingTable(self.trainings)
        self.panel = TrainingPanel(theme)
        self.new = QPushButton(self.tr("Teach a model…"))
        self.new.setProperty("main", True)
        self.new.clicked.connect(self.new_requested)
        self.empty = QLabel(
            self.tr(
                "No model was taught here yet. What you reviewed, folders of classes or a CSV "
                "can teach one; you can go on reviewing meanwhile."
            )
        )
        self.empty.setProperty("tone", "quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusProxy(self.table)
        self._build()
        self.table.selectionModel().currentChanged.connect(self._show_current)
        self.show_trainings(())

    @property
    def current(self) -> ShownTraining | None:
        """The training that the panel shows."""
        at = self.table.currentIndex()
        return self.trainings.rows[at.row()] if at.isValid() else None

    def show_trainings(self, trainings: Sequence[ShownTraining]) -> None:
        """Show these; the chosen one stays."""
        chosen = self.current.id if self.current is not None else ""
        self.trainings.show_trainings(trainings)
        if trainings and (self.current is None or self.current.id != chosen):
            self.choose(chosen)
        self.splitter.setVisible(bool(trainings))
        self.empty.setVisible(not trainings)
        self.setFocusProxy(self.table if trainings else self.new)
        self._show_current()

    def choose(self, training_id: str) -> None:
        """Show one of the list; where it is not there, the one that runs, else the newest."""
        rows = self.trainings.rows
        chosen = [row for row, each in enumerate(rows) if each.id == training_id]
        chosen += [row for row, each in enumerate(rows) if each.state == "running"]
        if rows:
            self.table.selectRow(chosen[0] if chosen else 0)

    def _show_current(self) -> None:
        current = self.current
        self.panel.setVisible(current is not None)
        if current is not None:
            self.panel.show_training(current)

    def _build(self) -> None:
        title = QLabel(self.tr("Teach"))
        title.setFont(font(FontSize.LARGE, bold=True))
        above = QHBoxLayout()
        above.addWidget(title)
        above.addStretch()
        above.addWidget(self.new)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setSizes([20 * GRID, 60 * GRID])
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(above)
        column.addWidget(self.splitter, 1)
        column.addWidget(self.empty, 1)
