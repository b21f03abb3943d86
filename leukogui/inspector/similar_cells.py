"""Cells like the current one: of the model's training, and of the same case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from leukogui.gallery.text import class_name, short_name
from leukogui.inspector.prediction_panel import text_label
from leukogui.inspector.thumbnail_strip import StripItem, ThumbnailStrip
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize
from leukogui.theme.theme import Theme
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.domain import Box, CellId, Decision
from trainer.models.class_colours import marks_of

BoxOfCell = Callable[[CellId], Box | None]
_CLIENT = "similar"


class SimilarCells(QWidget):
    """Two rows of small cells, and words where there is nothing to show."""

    chosen = Signal(object)  # CellId of the case
    training_chosen = Signal(object, str)  # path of a training cell's picture, what it is

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._outputs: tuple[str, ...] = ()
        self._root = Path()
        self._found: Mapping[str, Any] = {}
        self._box_of: BoxOfCell = lambda _: None
        self.training, self.others = (
            ThumbnailStrip(theme, thumbnails, self),
            ThumbnailStrip(theme, thumbnails, self),
        )
        self._note, self._training_note, self._others_note, self._hover_note = (
            text_label(FontSize.SMALL, tone="quiet") for _ in range(4)
        )
        self._titles = (
            self._title_label(self.tr("Of the training")),
            self._title_label(self.tr("Of this case")),
        )
        self._build()
        for strip in (self.training, self.others):
            strip.hovered.connect(self._hover_note.setText)
            strip.resized.connect(self._request_thumbnails)
            thumbnails.ready.connect(strip.update)
            theme.changed.connect(strip.update)
        self.others.chosen.connect(self.chosen)
        self.training.picture_chosen.connect(self._choose_training_cell)
        self.setVisible(False)

    @property
    def text(self) -> str:
        """All notes, for a test and a screen reader."""
        notes = (self._note, self._training_note, self._others_note, self._hover_note)
        return "\n".join(note.text() for note in notes if note.text())

    def set_outputs(self, outputs: tuple[str, ...]) -> None:
        """Names of the model's outputs, for their marks."""
        self._outputs = outputs
        if self._found:
            self.show_found(self._found, self._root, self._box_of)

    def clear(self) -> None:
        """There is no cell, or no prediction of it."""
        self._found = {}
        self._thumbnails.request((), 1, _CLIENT)
        self.setVisible(False)

    def show_waiting(self) -> None:
        """Another cell: what is like it is not known yet."""
        self._found = {}
        for strip in (self.training, self.others):
            strip.show_waiting()
        self._set_notes("", "", "")
        self._show_rows(training=True, others=True)

    def show_failure(self, message: str) -> None:
        """Show in words why nothing was found."""
        self._found = {}
        self._set_notes(message, "", "")
        self._show_rows(training=False, others=False)

    def show_found(
        self, found: Mapping[str, Any], root: Path, box_of: BoxOfCell = lambda _: None
    ) -> None:
        """Show the result of the job `similar` about a cell of the case in `root`.

        Args:
            box_of: where a cell of the case lies in its field.
        """
        self._found, self._root, self._box_of = found, root, box_of
        marks = marks_of(self._outputs)
        training = [self._training_cell(cell) for cell in found["training"]]
        others = [self._case_cell(cell, root) for cell in found["cells"]]
        self.training.show_cells(training, marks)
        self.others.show_cells(others, marks)
        self._set_notes(found["note"], found["training_note"], found["cells_note"])
        self._show_rows(training=bool(training), others=bool(others))
        self._request_thumbnails()

    def _build(self) -> None:
        self.training.setAccessibleName(self.tr("Similar cells of the training"))
        self.others.setAccessibleName(self.tr("Similar cells of this case"))
        self._heading = text_label(bold=True)
        self._heading.setText(self.tr("Similar cells"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID // 2)
        for each in (
            *(self._heading, self._note, self._titles[0], self.training, self._training_note),
            *(self._titles[1], self.others, self._others_note, self._hover_note),
        ):
            column.addWidget(each)

    def _title_label(self, text: str) -> QLabel:
        label = text_label(FontSize.SMALL, tone="quiet")
        label.setText(text)
        return label

    def _set_notes(self, note: str, training: str, others: str) -> None:
        texts = {self._note: note, self._training_note: training, self._others_note: others}
        for label, text in texts.items():
            label.setText(text)
            label.setVisible(bool(text))
        self._hover_note.clear()

    def _show_rows(self, *, training: bool, others: bool) -> None:
        self._titles[0].setVisible(training or bool(self._training_note.text()))
        self._titles[1].setVisible(others or bool(self._others_note.text()))
        self.training.setVisible(training)
        self.others.setVisible(others)
        self._hover_note.setVisible(training or others)
        self.setVisible(True)

    def _choose_training_cell(self, item: StripItem) -> None:
        if item.key is not None:
            words = item.description.replace("\n", ", ")
            title = self.tr("Training cell: {description}").format(description=words)
            self.training_chosen.emit(item.key.path, title)

    def _request_thumbnails(self) -> None:
        """Have the pictures made that there is room for."""
        keys = [*self.training.keys, *self.others.keys]
        side = max(self.training.tile, self.others.tile)
        self._thumbnails.request(keys, round(side * self.devicePixelRatioF()), _CLIENT)

    def _training_cell(self, cell: Mapping[str, Any]) -> StripItem:
        text = self.tr("{kind}, {d} of the limit away").format(
            kind=class_name(cell["label"]), d=format_number(cell["distance"], ".2f")
        )
        whence = f"{PurePosixPath(cell['name']).name} {cell['source']}".rstrip()
        key = ThumbnailKey(Path(cell["file"])) if cell["file"] else None
        return StripItem(None, cell["label"], True, cell["distance"], key, f"{text}\n{whence}")

    def _case_cell(self, cell: Mapping[str, Any], root: Path) -> StripItem:
        text = self.tr("{kind}, {d} of the limit away").format(
            kind=self._describe_kind(cell), d=format_number(cell["distance"], ".2f")
        )
        found, sure = (
            CellId(cell["image"], cell.get("number", 0)),
            cell["decision"] == Decision.ACCEPT,
        )
        about = f"{text}\n{short_name(found)}"
        key = ThumbnailKey(root / found.image, self._box_of(found))
        return StripItem(found, cell["label"], sure, cell["distance"], key, about)

    def _describe_kind(self, cell: Mapping[str, Any]) -> str:
        if cell["decision"] == Decision.UNKNOWN:
            likeness = self.tr("unknown, looks like {kind}").format(
                kind=class_name(cell["looks_like"])
            )
            return likeness if cell["looks_like"] else self.tr("unknown")
        if cell["decision"] == Decision.REVIEW:
            return self.tr("perhaps {kind}").format(kind=class_name(cell["label"]))
        return class_name(cell["label"])
