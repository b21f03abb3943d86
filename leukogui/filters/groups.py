"""The groups of the case with live counts; a click shows only one, Ctrl and clicks several."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from leukogui.case.cells import ACCEPTED, EMPTY, FAILED, PENDING, REVIEW, UNKNOWN
from leukogui.filters.counted import LINE_HEIGHT, AnyIndex, FilterRole, style_view
from leukogui.gallery.text import describe_group
from leukogui.theme.theme import Theme
from trainer.models.class_colours import Mark

ALL = -1
_TOP = QModelIndex()


@dataclass(frozen=True)
class _Line:
    group: int
    text: str
    mark: Mark | None
    level: int


class GroupModel(QAbstractListModel):
    """All, accepted, each class of the card, and what no class was given to."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines = _build_lines((), {}, ())
        self._counts = [0] * len(self._lines)

    @property
    def groups(self) -> list[int]:
        """The group of each row; ALL first."""
        return [line.group for line in self._lines]

    def show_counts(
        self,
        classes: Sequence[str],
        marks: Mapping[str, Mark],
        by_group: NDArray[np.int64],
        titles: Sequence[str] = (),
        hidden: Collection[int] = (),
    ) -> None:
        """Show how many cells each group has; the rows stay where the classes do.

        Args:
            by_group: counts by number of the group, EMPTY + 1 of them.
            titles: of the classes; empty: their names.
            hidden: classes that are not listed.
        """
        lines = _build_lines(classes, marks, titles or classes, empty_fields=bool(by_group[EMPTY]))
        lines = [line for line in lines if line.group not in hidden]
        counts = [_count_cells(line.group, by_group) for line in lines]
        if lines != self._lines:
            self.beginResetModel()
            self._lines, self._counts = lines, counts
            self.endResetModel()
        elif counts != self._counts:
            self._counts = counts
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """How many groups there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is painted and read out of a group."""
        if not index.isValid():
            return None
        line, count = self._lines[index.row()], self._counts[index.row()]
        values = {
            int(Qt.ItemDataRole.DisplayRole): line.text,
            int(Qt.ItemDataRole.AccessibleTextRole): self._describe(line, count),
            int(FilterRole.COUNT): count,
            int(FilterRole.MARK): line.mark,
            int(FilterRole.LEVEL): line.level,
        }
        return values.get(int(role))

    def _describe(self, line: _Line, count: int) -> str:
        return self.tr("{group}: {n} cells").format(group=line.text, n=count)


class GroupList(QListView):
    """Lets a person choose groups."""

    chosen = Signal(object)  # frozenset of groups, or None for all

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__()
        self.lines = GroupModel(self)
        self.setModel(self.lines)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        style_view(self, theme, self.tr("Groups of cells"), parent)
        self._groups: frozenset[int] | None = None
        self.lines.modelReset.connect(self._fit)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self._fit()

    def show_groups(self, groups: frozenset[int] | None) -> None:
        """Mark the chosen groups; None: all of them together."""
        self._groups = groups
        wanted = {ALL} if groups is None else groups
        if wanted == self._selected():
            return
        selection = QItemSelection()
        for row, group in enumerate(self.lines.groups):
            if group in wanted:
                selection.select(self.lines.index(row), self.lines.index(row))
        selecting = self.selectionModel()
        before = selecting.blockSignals(True)
        selecting.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        selecting.blockSignals(before)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Letters are keys of the program; they do not search here."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _selected(self) -> frozenset[int]:
        groups = self.lines.groups
        return frozenset(groups[index.row()] for index in self.selectionModel().selectedRows())

    def _on_selected(self) -> None:
        selected = self._selected()
        # Whoever adds a group to all of them wants that group; whoever adds "all", all.
        all_added = ALL in selected and self._groups is not None
        groups = None if all_added else (selected - {ALL} or None)
        self._groups = groups
        self.chosen.emit(groups)

    def _fit(self) -> None:
        self.setFixedHeight(self.lines.rowCount() * LINE_HEIGHT)


def _build_lines(
    classes: Sequence[str],
    marks: Mapping[str, Mark],
    titles: Sequence[str],
    *,
    empty_fields: bool = False,
) -> list[_Line]:
    lines = [_Line(ALL, describe_group(ALL, titles), None, 0)]
    lines.append(_Line(ACCEPTED, describe_group(ACCEPTED, titles), None, 0))
    for number, name in enumerate(classes):
        lines.append(_Line(number, describe_group(number, titles), marks.get(name), 1))
    others = [REVIEW, UNKNOWN, FAILED, PENDING, *([EMPTY] if empty_fields else [])]
    return lines + [_Line(group, describe_group(group, classes), None, 0) for group in others]


def _count_cells(group: int, by_group: NDArray[np.int64]) -> int:
    if group == ALL:
        return int(by_group[:EMPTY].sum())
    return int(by_group[:ACCEPTED].sum()) if group == ACCEPTED else int(by_group[group])
