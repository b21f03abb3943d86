"""The page of settings, made from the table of settings; and the folders of the program."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from leukogui.pages.setting_row import SettingRow
from leukogui.settings.store import Settings
from leukogui.settings.table import SETTINGS, AnySetting, translate_setting
from leukogui.theme.metrics import GRID, FontSize, font

_MAX_WIDTH = 96 * GRID


class SettingsPage(QScrollArea):
    """Lists every setting that has a title, searchable; each takes effect at once.

    Args:
        folders: title and path of each folder of the program.
    """

    folder_requested = Signal(object)  # Path of a folder to be shown

    def __init__(
        self,
        settings: Settings,
        folders: Sequence[tuple[str, Path]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows = [SettingRow(each, settings) for each in SETTINGS if each.title]
        self._headings: list[tuple[QLabel, list[SettingRow]]] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search the settings"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setMinimumHeight(4 * GRID)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.show_matching)
        self.setFocusProxy(self.search)
        self._no_matches = QLabel(self.tr("No setting is about that."))
        self._no_matches.setProperty("tone", "quiet")
        self._build(folders)
        self.show_matching("")

    def show_matching(self, words: str) -> None:
        """Show the settings that all of the words are about."""
        shown = {row for row in self.rows if row.matches(words)}
        for row in self.rows:
            row.setVisible(row in shown)
        for head, rows in self._headings:
            head.setVisible(any(row in shown for row in rows))
        self._no_matches.setVisible(not shown)
        self._folders.setVisible(not words.strip())

    def show_note(self, setting: AnySetting, text: str) -> None:
        """Show what is known of a setting's choices here and now."""
        for row in self.rows:
            if row.setting is setting:
                row.show_note(text)

    def _build(self, folders: Sequence[tuple[str, Path]]) -> None:
        inner = QWidget()
        inner.setMaximumWidth(_MAX_WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        column.setSpacing(GRID // 2)
        title = QLabel(self.tr("Settings"))
        title.setFont(font(FontSize.LARGE, bold=True))
        column.addWidget(title)
        column.addSpacing(GRID)
        column.addWidget(self.search)
        column.addWidget(self._no_matches)
        for name, group in groupby(self.rows, key=lambda row: row.setting.group):
            rows = list(group)
            self._headings.append((_heading(translate_setting(name)), rows))
            column.addWidget(self._headings[-1][0])
            for row in rows:
                column.addWidget(row)
        self._folders = self._folder_rows(folders)
        column.addWidget(self._folders)
        column.addStretch()
        self.setWidget(inner)

    def _folder_rows(self, folders: Sequence[tuple[str, Path]]) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(_heading(self.tr("Where things are kept")), 0, 0, 1, 3)
        for line, (name, folder) in enumerate(folders, 1):
            where = QLabel(str(folder))
            where.setTextFormat(Qt.TextFormat.PlainText)
            where.setWordWrap(True)
            where.setProperty("tone", "quiet")
            where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            button = QPushButton(self.tr("Open"))
            button.setAccessibleName(self.tr("Open the folder of: {what}").format(what=name))
            button.clicked.connect(lambda *_, folder=folder: self.folder_requested.emit(folder))
            grid.addWidget(QLabel(name), line, 0)
            grid.addWidget(where, line, 1)
            grid.addWidget(button, line, 2)
        return box


def _heading(text: str) -> QLabel:
    head = QLabel(text)
    head.setFont(font(bold=True))
    head.setContentsMargins(0, 2 * GRID, 0, 0)
    return head
