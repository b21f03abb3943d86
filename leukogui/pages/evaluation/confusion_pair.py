"""The confusion matrix of the chosen model, and beside it that of another one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from leukogui.pages.evaluation.confusion import ConfusionTable
from leukogui.pages.evaluation.table import ShownResult
from leukogui.theme.metrics import GRID, font
from leukogui.theme.theme import Theme


class ConfusionPair(QWidget):
    """Two matrices that show the same pair of classes when one of them is clicked.

    The second is hidden until another model is chosen for it.
    """

    chosen = Signal(str, object)  # title of the model, list of EvaluatedCell

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table, self.other = ConfusionTable(theme), ConfusionTable(theme)
        self.name = QLabel()
        self.name.setFont(font(bold=True))
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.beside = QComboBox()
        self.beside.setAccessibleName(self.tr("Model whose matrix is shown beside it"))
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._current: ShownResult | None = None
        self._lay_out()
        self.beside.activated.connect(lambda _: self._show_other())
        self.table.chosen.connect(self._on_chosen)
        self.other.chosen.connect(self._on_chosen_in_other)

    def show_result(self, current: ShownResult | None, results: Sequence[ShownResult]) -> None:
        """Show the matrix of a model, and offer the others for beside it.

        Args:
            current: whose matrix is shown; None shows nothing.
            results: all that were measured on the same cells.
        """
        before = self.beside.currentText()
        self._current = current
        self.name.setText(current.title if current is not None else "")
        if current is None:
            self.table.setRowCount(0)
        else:
            self.table.show_model(current.model)
        self.beside.clear()
        self.beside.addItem(self.tr("no other model"))
        for each in results:
            if each is not current:
                self.beside.addItem(each.title, each)
        self.beside.setCurrentIndex(max(self.beside.findText(before), 0))
        self.beside.setEnabled(self.beside.count() > 1)
        self._show_other()

    @property
    def _shown_beside(self) -> ShownResult | None:
        found: ShownResult | None = self.beside.currentData()
        return found

    def _show_other(self) -> None:
        beside = self._shown_beside
        self.other.setVisible(beside is not None)
        if beside is not None:
            self.other.show_model(beside.model)
            self._share_rows(beside)
            _follow(self.other, self.table)

    def _share_rows(self, beside: ShownResult) -> None:
        """Name rows of the same labels once only, and make the columns alike in width."""
        labels = self._current.model.labels if self._current is not None else ()
        is_shared = beside.model.labels == labels
        self.other.verticalHeader().setVisible(not is_shared)
        names = self.table.verticalHeader().sizeHint().width() if is_shared else 0
        columns = max(self.width() - names, 2) // 2
        self._split.setSizes([names + columns, columns])

    def _on_chosen(self, cells: object) -> None:
        _follow(self.other, self.table)
        if self._current is not None:
            self.chosen.emit(self._current.title, cells)

    def _on_chosen_in_other(self, cells: object) -> None:
        _follow(self.table, self.other)
        if (beside := self._shown_beside) is not None:
            self.chosen.emit(beside.title, cells)

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(GRID)
        above.addWidget(self.name, 1)
        label = QLabel(self.tr("Beside:"))
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        above.addWidget(label)
        above.addWidget(self.beside, 1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.other)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(above)
        column.addWidget(self._split, 1)


def _follow(follower: ConfusionTable, leader: ConfusionTable) -> None:
    """Select in one matrix the classes that are selected in the other, and say nothing of it."""
    wanted = _classes_of(leader, leader.currentItem())
    follower.blockSignals(True)
    follower.setCurrentCell(-1, -1)
    for row in range(follower.rowCount()):
        for column in range(follower.columnCount()):
            item = follower.item(row, column)
            if item is not None and _classes_of(follower, item) == wanted:
                follower.setCurrentItem(item)
    follower.blockSignals(False)


def _classes_of(table: ConfusionTable, item: QTableWidgetItem | None) -> tuple[str, str] | None:
    if item is None:
        return None
    row = table.verticalHeaderItem(item.row())
    column = table.horizontalHeaderItem(item.column())
    return (row.text(), column.text()) if row is not None and column is not None else None
