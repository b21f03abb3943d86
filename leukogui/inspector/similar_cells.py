"""Cells like the current one: of the model's training, and of the same case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from leukogui.inspector.prediction_panel import words
from leukogui.inspector.thumbnail_strip import CellStrip, StripCell
from leukogui.language.number_format import digits
from leukogui.theme.metrics import GRID, Type
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailShop
from trainer.domain import Decision
from trainer.models.class_colours import marks_of, readable_name

_WISHER = "similar"


class SimilarCells(QWidget):
    """Two rows of small cells, and words where there is nothing to show."""

    chosen = Signal(str)  # image of the case

    def __init__(self, theme: Theme, shop: ThumbnailShop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shop = shop
        self._outputs: tuple[str, ...] = ()
        self._root = Path()
        self._found: Mapping[str, Any] = {}
        self.training, self.others = CellStrip(theme, shop, self), CellStrip(theme, shop, self)
        self._note, self._training_note, self._others_note, self._pointed = (
            words(Type.SMALL, tone="quiet") for _ in range(4)
        )
        self._titles = (
            self._title(self.tr("Of the training")),
            self._title(self.tr("Of this case")),
        )
        self._build()
        for strip in (self.training, self.others):
            strip.pointed.connect(self._pointed.setText)
            strip.resized.connect(self._want)
            shop.ready.connect(strip.update)
            theme.changed.connect(strip.update)
        self.others.chosen.connect(self.chosen)
        self.setVisible(False)

    @property
    def text(self) -> str:
        """All notes, for a test and a screen reader."""
        notes = (self._note, self._training_note, self._others_note, self._pointed)
        return "\n".join(note.text() for note in notes if note.text())

    def set_outputs(self, outputs: tuple[str, ...]) -> None:
        """Names of the model's outputs, for their marks."""
        self._outputs = outputs
        if self._found:
            self.show_found(self._found, self._root)

    def show_nothing(self) -> None:
        """There is no cell, or nothing was said of it."""
        self._found = {}
        self._shop.want((), 1, _WISHER)
        self.setVisible(False)

    def show_waiting(self) -> None:
        """Another cell: what is like it is not known yet."""
        self._found = {}
        for strip in (self.training, self.others):
            strip.show_waiting()
        self._say("", "", "")
        self._show_rows(training=True, others=True)

    def show_failure(self, message: str) -> None:
        """Say in words why nothing was found out."""
        self._found = {}
        self._say(message, "", "")
        self._show_rows(training=False, others=False)

    def show_found(self, found: Mapping[str, Any], root: Path) -> None:
        """Show the answer of the job `similar` about a cell of the case in `root`."""
        self._found, self._root = found, root
        marks = marks_of(self._outputs)
        training = [self._training_cell(cell) for cell in found["training"]]
        others = [self._case_cell(cell, root) for cell in found["cells"]]
        self.training.show_cells(training, marks)
        self.others.show_cells(others, marks)
        self._say(found["note"], found["training_note"], found["cells_note"])
        self._show_rows(training=bool(training), others=bool(others))
        self._want()

    def _build(self) -> None:
        self.training.setAccessibleName(self.tr("Similar cells of the training"))
        self.others.setAccessibleName(self.tr("Similar cells of this case"))
        self._heading = words(bold=True)
        self._heading.setText(self.tr("Similar cells"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID // 2)
        for each in (
            *(self._heading, self._note, self._titles[0], self.training, self._training_note),
            *(self._titles[1], self.others, self._others_note, self._pointed),
        ):
            column.addWidget(each)

    def _title(self, text: str) -> QLabel:
        label = words(Type.SMALL, tone="quiet")
        label.setText(text)
        return label

    def _say(self, note: str, training: str, others: str) -> None:
        texts = {self._note: note, self._training_note: training, self._others_note: others}
        for label, text in texts.items():
            label.setText(text)
            label.setVisible(bool(text))
        self._pointed.clear()

    def _show_rows(self, *, training: bool, others: bool) -> None:
        self._titles[0].setVisible(training or bool(self._training_note.text()))
        self._titles[1].setVisible(others or bool(self._others_note.text()))
        self.training.setVisible(training)
        self.others.setVisible(others)
        self._pointed.setVisible(training or others)
        self.setVisible(True)

    def _want(self) -> None:
        """Have the pictures made that there is room for."""
        paths = [*self.training.paths, *self.others.paths]
        side = max(self.training.tile, self.others.tile)
        self._shop.want(paths, round(side * self.devicePixelRatioF()), _WISHER)

    def _training_cell(self, cell: Mapping[str, Any]) -> StripCell:
        said = self.tr("{kind}, {d} of the limit away").format(
            kind=readable_name(cell["label"]), d=digits(cell["distance"], ".2f")
        )
        whence = f"{PurePosixPath(cell['name']).name} {cell['source']}".rstrip()
        path = Path(cell["file"]) if cell["file"] else None
        return StripCell("", cell["label"], True, cell["distance"], path, f"{said}\n{whence}")

    def _case_cell(self, cell: Mapping[str, Any], root: Path) -> StripCell:
        said = self.tr("{kind}, {d} of the limit away").format(
            kind=self._kind(cell), d=digits(cell["distance"], ".2f")
        )
        name, sure = cell["image"], cell["decision"] == Decision.ACCEPT
        about = f"{said}\n{PurePosixPath(name).name}"
        return StripCell(name, cell["label"], sure, cell["distance"], root / name, about)

    def _kind(self, cell: Mapping[str, Any]) -> str:
        if cell["decision"] == Decision.UNKNOWN:
            likeness = self.tr("unknown, looks like {kind}").format(
                kind=readable_name(cell["looks_like"])
            )
            return likeness if cell["looks_like"] else self.tr("unknown")
        if cell["decision"] == Decision.REVIEW:
            return self.tr("perhaps {kind}").format(kind=readable_name(cell["label"]))
        return readable_name(cell["label"])
