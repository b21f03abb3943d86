"""The page of keys: every action with its keys, to be read and to be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.pages.shortcut_button import ShortcutButton, format_keys
from leukogui.theme.metrics import GRID, FontSize, font

_MAX_WIDTH = 112 * GRID


class ShortcutRow(NamedTuple):
    """What keys do.

    Attributes:
        does: in words.
        keys: in portable form; those it has by itself.
        action: id of the action; empty for keys that cannot be changed.
    """

    does: str
    keys: tuple[str, ...]
    action: str = ""


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Actions", text))


GALLERY_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_t("Move in the gallery"), ("Left", "Right", "Up", "Down")),
    (_t("A screen up or down"), ("PgUp", "PgDown")),
    (_t("First and last cell"), ("Home", "End")),
    (_t("Select more cells"), ("Shift+Right", "Shift+Down")),
    (_t("Select all cells"), ("Ctrl+A",)),
)

VIEWER_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_t("Move the picture; where all of it is seen, another cell"), ("Left", "Right")),
)


CONTROL_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_t("Go to the next or previous control"), ("Tab", "Shift+Tab")),
    (_t("Press a button, select a cell"), ("Space",)),
    (_t("Go back, close"), ("Esc",)),
    (_t("Copy, cut and insert text"), ("Ctrl+C", "Ctrl+X", "Ctrl+V")),
)


def fixed_keys(where: str) -> Iterator[tuple[str, str]]:
    """What keys do that no action can take, in words, and each of the keys.

    Args:
        where: the action is possible, as in the table of actions.
    """
    gallery = () if where == "viewer" else GALLERY_KEYS
    viewer = () if where == "gallery" else VIEWER_KEYS
    for does, keys in (*gallery, *viewer, *CONTROL_KEYS):
        yield from ((QCoreApplication.translate("Actions", does), each) for each in keys)


class ShortcutsPage(QScrollArea):
    """Lists keys by group; filled when it is first shown.

    Args:
        groups: title of a group, and its rows.
    """

    chosen = Signal(str, str)  # action, keys in portable form
    reset_requested = Signal(str)  # action; empty for all

    def __init__(
        self, groups: Sequence[tuple[str, Sequence[ShortcutRow]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._groups = list(groups)
        self._further: tuple[str, Sequence[ShortcutRow]] = ("", ())
        self._custom: Mapping[str, str] = {}
        self._lines: dict[str, _ShortcutWidgets] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName(self.tr("Keys"))

    def show_custom(self, own: Mapping[str, str]) -> None:
        """Show the keys that a person chose, by action, in the place of the usual ones."""
        self._custom = own
        for line in self._lines.values():
            line.show_custom(own.get(line.row.action))
        if self._lines:
            self._reset_all.setEnabled(bool(own))

    def show_further(self, title: str, rows: Sequence[ShortcutRow]) -> None:
        """Show a group of keys that are changed elsewhere, above the others."""
        self._further = (title, rows)
        if self._lines:
            self._lines = {}
            self._build()
            self.show_custom(self._custom)

    def show_message(self, action: str, words: str) -> None:
        """Show a message beside an action, and none elsewhere."""
        for name, line in self._lines.items():
            line.message.setText(words if name == action else "")

    def button(self, action: str) -> ShortcutButton:
        """The button that takes an action's keys; KeyError before the page was shown."""
        return self._lines[action].keys

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Fill it the first time."""
        if not self._lines:
            self._build()
            self.show_custom(self._custom)
        super().showEvent(event)

    def _build(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(_MAX_WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        column.setSpacing(GRID)
        column.addLayout(self._head())
        hint = QLabel(self.tr("Click keys to change them."))
        hint.setProperty("tone", "quiet")
        column.addWidget(hint)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(3, 1)
        further = [self._further] if self._further[1] else []
        for name, rows in (*further, *self._groups):
            self._add_group(grid, name, rows)
        column.addLayout(grid)
        column.addStretch()
        self.setWidget(inner)

    def _head(self) -> QHBoxLayout:
        title = QLabel(self.tr("Keys"))
        title.setFont(font(FontSize.LARGE, bold=True))
        self._reset_all = QPushButton(self.tr("Reset all"))
        self._reset_all.setToolTip(self.tr("Give every action its usual keys again"))
        self._reset_all.clicked.connect(lambda: self.reset_requested.emit(""))
        row = QHBoxLayout()
        row.addWidget(title)
        row.addStretch()
        row.addWidget(self._reset_all)
        return row

    def _add_group(self, grid: QGridLayout, name: str, rows: Sequence[ShortcutRow]) -> None:
        at = grid.rowCount()
        head = QLabel(name)
        head.setFont(font(bold=True))
        head.setContentsMargins(0, 2 * GRID, 0, 0)
        grid.addWidget(head, at, 0, 1, 3)
        for offset, row in enumerate(rows, 1):
            if not row.action:
                grid.addWidget(QLabel(format_keys(row.keys)), at + offset, 0)
                grid.addWidget(QLabel(row.does), at + offset, 1)
                continue
            line = _ShortcutWidgets(row, self)
            self._lines[row.action] = line
            for place, widget in enumerate((line.keys, line.does, line.reset, line.message)):
                grid.addWidget(widget, at + offset, place)


class _ShortcutWidgets:
    """The widgets of one action."""

    def __init__(self, row: ShortcutRow, page: ShortcutsPage) -> None:
        self.row = row
        self.keys = ShortcutButton(row.does)
        self.does = QLabel(row.does)
        self.reset = QToolButton()
        self.reset.setText(page.tr("Reset"))
        self.reset.setAccessibleName(page.tr("Reset the keys of {action}").format(action=row.does))
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setProperty("tone", "bad")
        self.keys.pressed_keys.connect(lambda keys: page.chosen.emit(row.action, keys))
        self.reset.clicked.connect(lambda: page.reset_requested.emit(row.action))

    def show_custom(self, keys: str | None) -> None:
        """Show the keys that a person chose; None: the usual ones."""
        own = (keys,) if keys else ()
        self.keys.show_keys(self.row.keys if keys is None else own)
        # Hidden, it must still hold its place: the words beside it must not jump.
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.setVisible(keys is not None)
