"""The folders of the case as a tree with live counts; a click shows what is below one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QTreeView, QWidget

from leukogui.case.folders import FolderTree, folder_tree
from leukogui.filters.counted import LINE_HEIGHT, AnyIndex, FilterRole, style_view
from leukogui.theme.metrics import GRID
from leukogui.theme.theme import Theme
from leukogui.theme.tooltips import plain_tooltip

_TOP = QModelIndex()


class FolderModel(QAbstractItemModel):
    """Adapts a `FolderTree`: an index carries the number of its folder, nothing is copied."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = ""
        self._tree = folder_tree(())
        self._counts = np.zeros(1, np.int64)
        self._rows = [0]

    @property
    def tree(self) -> FolderTree:
        """The tree that is shown."""
        return self._tree

    def show_tree(self, root: str, tree: FolderTree, counts: NDArray[np.int64]) -> None:
        """Show the folders of a case; they stay where they are if only counts changed.

        Args:
            root: name of the case's folder.
            counts: cells in and below each folder.
        """
        if (root, tree) != (self._root, self._tree):
            self.beginResetModel()
            self._root, self._tree, self._counts = root, tree, counts
            self._rows = [0] * len(tree)
            for inner in tree.children:
                for row, number in enumerate(inner):
                    self._rows[number] = row
            self.endResetModel()
            return
        changed = np.flatnonzero(counts != self._counts)
        self._counts = counts
        for outer in {self._tree.parents[number] for number in changed.tolist()}:
            inner = self._tree.children[outer] if outer >= 0 else (0,)
            self.dataChanged.emit(self.index_of(inner[0]), self.index_of(inner[-1]))

    def path(self, index: AnyIndex) -> str:
        """The folder of an index, relative to the case's."""
        return self._tree.paths[index.internalId()] if index.isValid() else ""

    def index_of(self, number: int) -> QModelIndex:
        """The index of a folder by its number in the tree."""
        return self.createIndex(self._rows[number], 0, number)

    def index(self, row: int, column: int, parent: AnyIndex = _TOP) -> QModelIndex:
        """The index of a folder by its place."""
        # Called for each folder that a view lays out; Qt's own check would call back twice.
        inner = self._tree.children[parent.internalId()] if parent.isValid() else (0,)
        if column != 0 or not 0 <= row < len(inner):
            return QModelIndex()
        return self.createIndex(row, column, inner[row])

    def parent(self, index: AnyIndex = _TOP) -> QModelIndex:  # type: ignore[override]
        """The index of the folder that this one is in."""
        outer = self._tree.parents[index.internalId()] if index.isValid() else -1
        return QModelIndex() if outer < 0 else self.index_of(outer)

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """How many folders are right below one; the case's own stands alone at the top."""
        return len(self._tree.children[parent.internalId()]) if parent.isValid() else 1

    def columnCount(self, _: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """One."""
        return 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is painted and read out of a folder."""
        if not index.isValid():
            return None
        number = index.internalId()
        name = self._tree.paths[number].rpartition("/")[2] or self._root
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(self._tree.paths[number] or self._root)
            case Qt.ItemDataRole.AccessibleTextRole:
                count = int(self._counts[number])
                return self.tr("{folder}: {n} cells").format(folder=name, n=count)
            case FilterRole.COUNT:
                return int(self._counts[number])
        return None


class FolderView(QTreeView):
    """Lets a person choose a folder."""

    chosen = Signal(str)  # relative to the case's folder; empty for all

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__()
        self.folders = FolderModel(self)
        self.setModel(self.folders)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(2 * GRID)
        self.setMinimumHeight(4 * LINE_HEIGHT)
        self._delegate = style_view(self, theme, self.tr("Folders of the case"), parent)
        self._unfolded: set[str] = {""}
        self.expanded.connect(lambda index: self._unfolded.add(self.folders.path(index)))
        self.collapsed.connect(lambda index: self._unfolded.discard(self.folders.path(index)))
        self.folders.modelReset.connect(self._unfold)
        self.selectionModel().currentChanged.connect(self._on_current)
        self._unfold()

    def show_folder(self, path: str) -> None:
        """Mark the chosen folder."""
        number = self.folders.tree.number(path)
        index = QModelIndex() if number is None else self.folders.index_of(number)
        selecting = self.selectionModel()
        if index == selecting.currentIndex() and selecting.isSelected(index):
            return
        before = selecting.blockSignals(True)
        selecting.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        selecting.blockSignals(before)
        self.viewport().update()

    def drawBranches(  # noqa: N802 - Qt's name
        self, painter: QPainter, rect: QRect, index: AnyIndex
    ) -> None:
        """The arrows; before what is chosen the bar, which the lines' own painting cannot reach."""
        super().drawBranches(painter, rect, index)
        if self.selectionModel().isSelected(index):
            self._delegate.paint_bar(painter, rect)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Letters are keys of the program; they do not search here."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.folders.path(index))

    def _unfold(self) -> None:
        """After other folders came: what was unfolded is so again."""
        for path in self._unfolded:
            number = self.folders.tree.number(path)
            if number is not None:
                self.expand(self.folders.index_of(number))
