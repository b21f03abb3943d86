"""The table of trainings: state, name, how it learns, when it began, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from leukogui.pages.sign_off.text import format_time
from leukogui.pages.teach.text import describe_preset, describe_result, describe_state
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows

if TYPE_CHECKING:
    from leukogui.backend.training_reader import ShownTraining

_WIDTHS = (14, 20, 38, 18)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Trainings", text)


class TrainingTableModel(RowModel):
    """Trainings, the newest first."""

    def __init__(self) -> None:
        titles = (_tr("State"), _tr("Model"), _tr("How"), _tr("Began"), _tr("Result"))
        super().__init__(titles)
        self.rows: tuple[ShownTraining, ...] = ()

    def show_trainings(self, trainings: Sequence[ShownTraining]) -> None:
        """Show these; the view keeps its place where they are the same as before."""
        same = [each.id for each in trainings] == [each.id for each in self.rows]
        if not same:
            self.beginResetModel()
        self.rows = tuple(trainings)
        if same:
            last = self.index(max(len(self.rows) - 1, 0), len(self.titles) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.endResetModel()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; the whole row for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        texts = _texts(self.rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            pairs = zip(self.titles, texts, strict=True)
            words = "\n".join(f"{title}: {text}" for title, text in pairs if text)
            return words if role == Qt.ItemDataRole.AccessibleTextRole else plain_tooltip(words)
        return None


def _texts(training: ShownTraining) -> tuple[str, ...]:
    return (
        describe_state(training.state),
        training.title,
        describe_preset(training),
        format_time(training.began),
        describe_result(training),
    )


class TrainingTable(QTableView):
    """Shows a model of trainings, of which one is chosen."""

    def __init__(self, trainings: TrainingTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        trainings.setParent(self)
        self.setModel(trainings)
        show_as_rows(self, _WIDTHS, 4 * GRID)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Trainings"))
