"""The further folders of a case: each stays, leaves the case, or lies elsewhere now."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.theme.metrics import GRID
from leukogui.widgets.elided_text import ElidedLabel


class FurtherFolder(QWidget):
    """One folder: whether it belongs to the case, and where it lies now.

    Args:
        name: relative to the case's folder, as its details have it.
        path: where it lay.
    """

    def __init__(self, name: str, path: Path, *, is_signed: bool) -> None:
        super().__init__()
        self.name, self._path = name, path
        self.place: Path | None = None
        self.stays = QCheckBox(path.name.replace("&", "&&"))
        self.stays.setChecked(True)
        self.stays.setToolTip(self.tr("Whether the folder belongs to the case"))
        self.locate = QPushButton(self.tr("Choose its place…"))
        self.locate.setToolTip(self.tr("Where the folder is now, if it was moved"))
        self.locate.setAccessibleName(
            self.tr("Choose the place of {folder}").format(folder=path.name)
        )
        self.locate.setAutoDefault(False)
        self.state = ElidedLabel()
        self.state.setProperty("tone", "quiet")
        self.picker: QFileDialog | None = None
        self._build()
        for control in (self.stays, self.locate):
            control.setEnabled(not is_signed)
        self.stays.toggled.connect(self._show_state)
        self.locate.clicked.connect(self._choose)
        self._show_state()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.stays, 0, 0)
        grid.addWidget(self.locate, 0, 1)
        grid.addWidget(self.state, 1, 0, 1, 2)

    def _choose(self) -> None:
        """Let a person choose where the folder is now; nothing changes before it is saved."""
        title = self.tr("Where is the folder {name} now?").format(name=self._path.name)
        near = next((each for each in self._path.parents if each.is_dir()), Path.home())
        picker = QFileDialog(self, title, str(near))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.fileSelected.connect(self._take_place)
        picker.finished.connect(picker.deleteLater)
        self.picker = picker
        picker.open()

    def _take_place(self, folder: str) -> None:
        self.place = Path(folder)
        self.stays.setChecked(True)
        self._show_state()

    def _show_state(self) -> None:
        if not self.stays.isChecked():
            text = self.tr("Leaves the case; results and reviews are kept")
        elif self.place is not None:
            text = self.tr("Lies in {folder} now").format(folder=self.place)
        elif not self._path.is_dir():
            text = self.tr("Not there: {folder}").format(folder=self._path)
        else:
            text = str(self._path)
        self.state.setText(text)
        self.state.setToolTip("" if text == str(self._path) else str(self.place or self._path))


class FurtherFolders(QWidget):
    """The list of them."""

    def __init__(self, root: Path, names: Sequence[str], *, is_signed: bool) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Further folders"))
        self.rows = [
            FurtherFolder(name, Path(os.path.normpath(root / name)), is_signed=is_signed)
            for name in names
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for row in self.rows:
            column.addWidget(row)

    @property
    def removed(self) -> tuple[str, ...]:
        """The folders that are to leave the case."""
        return tuple(row.name for row in self.rows if not row.stays.isChecked())

    @property
    def moved(self) -> dict[str, Path]:
        """Where folders lie now that a person has chosen another place for."""
        return {
            row.name: row.place
            for row in self.rows
            if row.place is not None and row.stays.isChecked()
        }
