"""The row below two compared cells: reference cells of a class, to be put beside the cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.language.number_format import format_number
from leukogui.theme.class_icon import class_icon
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.tooltips import plain_tooltip
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.cases.tables.references import Reference
from trainer.domain import CellId, Window
from trainer.models.class_colours import Mark

if TYPE_CHECKING:
    from leukogui.viewer.page import ViewerPage

_TILE = 8 * GRID
_CLIENT = "references"


@dataclass(frozen=True)
class ComparableCell:
    """A cell that can be put beside another.

    Attributes:
        key: of its picture.
        description: of it, in words.
        reference: where it is of the library.
        cell: where it is of the case.
    """

    key: ThumbnailKey
    description: str
    reference: Reference | None = None
    cell: CellId | None = None


@dataclass(frozen=True)
class ClassChoice:
    """A class with its name, its mark, and how many references it has."""

    label: str
    title: str
    mark: Mark
    count: int


class ReferencePanel(QWidget):
    """Class, its reference cells and those of the case; one of them is chosen."""

    class_chosen = Signal(str)
    chosen = Signal(object)  # ComparableCell
    remove_requested = Signal(object)  # Reference

    def __init__(self, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.cells: tuple[ComparableCell, ...] = ()
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.classes = QComboBox()
        self.classes.setAccessibleName(self.tr("Class of the reference cells"))
        self.row = _build_row()
        self.row.setAccessibleName(self.tr("Reference cells of the class, then cells of this case"))
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setFont(font(FontSize.SMALL))
        self.note.setProperty("tone", "quiet")
        self.remove = QPushButton(self.tr("Remove from references"))
        for control in (self.classes, self.remove):
            control.setFixedWidth(30 * GRID)
        self._build()
        self.classes.activated.connect(lambda _: self.class_chosen.emit(self.classes.currentData()))
        self.row.currentRowChanged.connect(self._choose)
        self.row.itemActivated.connect(lambda _: self._choose(self.row.currentRow()))
        self.remove.clicked.connect(self._request_removal)
        thumbnails.ready.connect(self._show_pictures)

    @property
    def label(self) -> str:
        """The class whose cells are shown; empty for none."""
        return str(self.classes.currentData() or "")

    @property
    def current(self) -> ComparableCell | None:
        """The cell that is chosen, None for none."""
        at = self.row.currentRow()
        return self.cells[at] if 0 <= at < len(self.cells) else None

    def show_classes(self, choices: Sequence[ClassChoice], label: str) -> None:
        """Show the classes with the number of their references, this one chosen."""
        self.classes.clear()
        for each in choices:
            text = f"{each.title} ({format_number(each.count)})"
            self.classes.addItem(class_icon(each.mark), text, each.label)
        self.classes.setCurrentIndex(self.classes.findData(label))

    def show_cells(self, cells: Sequence[ComparableCell], note: str) -> None:
        """Show these cells, none of them chosen but the one that was, and a note."""
        before = self.current
        self.cells = tuple(cells)
        with QSignalBlocker(self.row):
            self.row.clear()
            for each in cells:
                item = QListWidgetItem("")
                item.setToolTip(plain_tooltip(each.description))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, each.description)
                self.row.addItem(item)
            self.row.setCurrentRow(self.cells.index(before) if before in self.cells else -1)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.row.setVisible(bool(cells))
        self._thumbnails.request([each.key for each in cells], self._side, _CLIENT)
        self._show_pictures()
        self._show_removal()

    def step(self) -> None:
        """Choose the next cell; after the last one, the first."""
        if self.cells:
            self.row.setCurrentRow((self.row.currentRow() + 1) % len(self.cells))

    @property
    def _side(self) -> int:
        return round(_TILE * self.devicePixelRatioF())

    def _choose(self, _: int) -> None:
        self._show_removal()
        if self.current is not None:
            self.chosen.emit(self.current)

    def _request_removal(self) -> None:
        if self.current is not None and self.current.reference is not None:
            self.remove_requested.emit(self.current.reference)

    def _show_removal(self) -> None:
        current = self.current
        self.remove.setEnabled(current is not None and current.reference is not None)

    def _show_pictures(self) -> None:
        for at, each in enumerate(self.cells):
            image = self._thumbnails.get(each.key)
            if image is not None:
                self.row.item(at).setIcon(QIcon(QPixmap.fromImage(image)))

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addWidget(self.classes)
        left.addWidget(self.remove)
        left.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addLayout(left)
        row.addWidget(self.row, 1)
        row.addWidget(self.note, 1)


def show_picture(viewer: ViewerPage, path: Path, title: str, window: Window | None = None) -> None:
    """Show the picture of a cell that is none of the case beside the one that is looked at."""
    pane = viewer.other
    pane.show_reference(CellId(path.name), path, window, title)
    image = viewer.loader.get(path)
    if image is not None:
        pane.set_image(image)
    viewer.loader.request([viewer.pane.path, path])
    viewer.split_view.link()
    viewer.show_captions()


def _build_row() -> QListWidget:
    row = QListWidget()
    row.setViewMode(QListView.ViewMode.IconMode)
    row.setFlow(QListView.Flow.LeftToRight)
    row.setWrapping(False)
    row.setMovement(QListView.Movement.Static)
    row.setResizeMode(QListView.ResizeMode.Adjust)
    row.setIconSize(QSize(_TILE, _TILE))
    row.setGridSize(QSize(_TILE + GRID, _TILE + GRID // 2))
    row.setFixedHeight(_TILE + 3 * GRID)
    row.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return row
