"""Where two models look at one cell: their heat maps side by side."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from leukogui.pages.sign_off.dialog import dialog_column, plain_label
from leukogui.theme.metrics import GRID, font

_SIDE = 40 * GRID


class MapsDialog(QDialog):
    """A column a model: name, map, the class that it is drawn for."""

    image_requested = Signal(object)  # Path

    def __init__(self, image: Path, models: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(image.name)
        self.pictures = (QLabel(), QLabel())
        self.captions = (plain_label(), plain_label())
        self.notes = plain_label("quiet")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * GRID)
        for at, model in enumerate(models):
            self._add_model(at, model)
        self.open_image = QPushButton(self.tr("Open the image"))
        self.open_image.clicked.connect(lambda: self.image_requested.emit(image))
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(self.open_image)
        row.addStretch()
        row.addWidget(close)
        column = dialog_column(self)
        column.addLayout(self._grid)
        column.addWidget(self.notes)
        column.addLayout(row)

    def show_map(self, at: int, file: Path, caption: str) -> None:
        """Show the map of a model: 0 the one before, 1 the candidate."""
        picture = QPixmap(str(file)).scaled(
            _SIDE,
            _SIDE,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        self.pictures[at].setPixmap(picture)
        self.captions[at].setText(caption)
        self._fit()

    def show_failure(self, at: int, text: str) -> None:
        """Show why there is no map of a model."""
        self.pictures[at].clear()
        self.captions[at].setText(text)
        self._fit()

    def add_note(self, text: str) -> None:
        """Show a warning of the worker, each once."""
        lines = self.notes.text().splitlines()
        if text not in lines:
            self.notes.setText("\n".join([*lines, text]))
            self._fit()

    def _fit(self) -> None:
        """Give lines that were added their height."""
        if (layout := self.layout()) is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _add_model(self, at: int, model: str) -> None:
        name = plain_label()
        name.setText(model)
        name.setFont(font(bold=True))
        picture = self.pictures[at]
        picture.setFixedSize(_SIDE, _SIDE)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setText(self.tr("It is being drawn…"))
        picture.setAccessibleName(self.tr("Heat map of {model}").format(model=model))
        for row, widget in enumerate((name, picture, self.captions[at])):
            self._grid.addWidget(widget, row, at)
