"""Who is taken for whom: a click on a cell of the matrix shows its images."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from leukogui.backend.evaluation_files import EvaluatedCell, EvaluatedModel, count_confusion
from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number
from leukogui.theme.theme import Theme
from leukogui.widgets.row_table import AnyIndex

_FAINTEST, _STRONGEST = 30, 200  # of the colour behind a number, 0-255


class ConfusionTable(QTableWidget):
    """Rows are labels, columns the likeliest classes, everything accepted."""

    chosen = Signal(object)  # list of EvaluatedCell

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setItemDelegate(_TintedCell(self))
        self.setAccessibleName(self.tr("Confusion matrix: labels by rows, likeliest classes"))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.currentItemChanged.connect(lambda *_: self._choose())
        self.itemClicked.connect(lambda *_: self._choose())

    def show_model(self, model: EvaluatedModel) -> None:
        """Show the matrix of a model."""
        labels, classes, counted = model.labels, model.classes, count_confusion(model)
        self.blockSignals(True)
        self.clear()
        self.setRowCount(len(labels))
        self.setColumnCount(len(classes))
        self.setVerticalHeaderLabels([class_title(name) for name in labels])
        for column, name in enumerate(classes):
            header = QTableWidgetItem(class_title(name))
            header.setToolTip(class_title(name))  # narrow columns cut it off
            self.setHorizontalHeaderItem(column, header)
        for row, label in enumerate(labels):
            total = sum(len(counted.get((label, name), ())) for name in classes)
            for column, name in enumerate(classes):
                cells = counted.get((label, name), [])
                self.setItem(row, column, self._item(cells, total, label, name))
        self.blockSignals(False)

    def _item(
        self, cells: list[EvaluatedCell], total: int, label: str, name: str
    ) -> QTableWidgetItem:
        item = QTableWidgetItem(format_number(len(cells)))
        item.setData(Qt.ItemDataRole.UserRole, cells)
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        words = self.tr("{n} of {all} cells labelled {label} are called {name}")
        text = words.format(
            n=len(cells), all=total, label=class_title(label), name=class_title(name)
        )
        item.setToolTip(text)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
        if cells:
            tone = self._theme.tones.accent if label == name else self._theme.tones.bad
            colour = QColor(tone)
            colour.setAlpha(round(_FAINTEST + (_STRONGEST - _FAINTEST) * len(cells) / total))
            item.setBackground(colour)
        return item

    def _choose(self) -> None:
        item = self.currentItem()
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class _TintedCell(QStyledItemDelegate):
    """Paints the colour behind a number, which a style sheet would leave out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one cell of the matrix."""
        colour = index.data(Qt.ItemDataRole.BackgroundRole)
        if colour is not None:
            area: QRect = option.rect
            painter.fillRect(area, colour)
        super().paint(painter, option, index)
