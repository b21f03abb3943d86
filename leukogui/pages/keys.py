"""The page of keys: every action with its keys, read from the table of actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from leukogui.look.sizes import GRID, Type, font

KeyRow = tuple[str, tuple[str, ...]]
"""What it does, and the keys that do it, in portable form."""


class KeysPage(QScrollArea):
    """Lists keys by group.

    Args:
        groups: title of a group, and its rows.
    """

    def __init__(
        self, groups: Sequence[tuple[str, Sequence[KeyRow]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName(self.tr("Keys"))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        column.setSpacing(GRID)
        title = QLabel(self.tr("Keys"))
        title.setFont(font(Type.LARGE, bold=True))
        column.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(2, 1)
        for name, rows in groups:
            _add_group(grid, name, rows)
        column.addLayout(grid)
        column.addStretch()
        self.setWidget(inner)


def _add_group(grid: QGridLayout, name: str, rows: Sequence[KeyRow]) -> None:
    at = grid.rowCount()
    head = QLabel(name)
    head.setFont(font(bold=True))
    head.setContentsMargins(0, 2 * GRID, 0, 0)
    grid.addWidget(head, at, 0, 1, 2)
    for offset, (does, keys) in enumerate(rows, 1):
        shown = "   ".join(
            QKeySequence(each).toString(QKeySequence.SequenceFormat.NativeText) for each in keys
        )
        label = QLabel(shown)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        grid.addWidget(label, at + offset, 0)
        grid.addWidget(QLabel(does), at + offset, 1)
