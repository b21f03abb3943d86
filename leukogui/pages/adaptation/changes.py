"""The cells that an adapted model decides otherwise, as a gallery of pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from leukogui.gallery.painter import paint_fitted
from leukogui.gallery.text import short_name
from leukogui.pages.adaptation.text import readable_class
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.domain import Box, CellId, Decision

_PICTURE, _CAPTION = 14 * GRID, 5 * GRID
_CLIENT = "changes"
_TOP = QModelIndex()
_MOST_REQUESTED = 80
AnyIndex = QModelIndex | QPersistentModelIndex
BoxOfCell = Callable[[CellId], Box | None]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Adaptation", text)


@dataclass(frozen=True)
class ChangedCell:
    """A cell with what it was and would be, as a person reads it."""

    cell: CellId
    key: ThumbnailKey
    before: str
    after: str
    reviewed: str = ""

    @property
    def description(self) -> str:
        """All of it, for a tool tip and a screen reader."""
        lines = [f"{self.before} → {self.after}", short_name(self.cell)]
        if self.reviewed:
            lines.append(_tr("Reviewed as {kind}").format(kind=self.reviewed))
        return "\n".join(lines)


def build_changed_cells(
    changes: Sequence[Mapping[str, Any]], root: Path, box_of: BoxOfCell, titles: Mapping[str, str]
) -> list[ChangedCell]:
    """Build the cells from the result of the job `changes`.

    Args:
        root: of the case.
        box_of: where a cell lies in its field.
        titles: names of the review classes, by their id.
    """
    found = []
    for each in changes:
        cell = CellId(each["image"], each["number"])
        reviewed = readable_class(each["reviewed"], titles) if each["reviewed"] else ""
        words = [_describe_decided(each[when], titles) for when in ("before", "after")]
        key = ThumbnailKey(root / cell.image, box_of(cell))
        found.append(ChangedCell(cell, key, words[0], words[1], reviewed))
    return found


def _describe_decided(decided: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    kind = readable_class(decided["label"], titles)
    if decided["decision"] == Decision.UNKNOWN:
        return _tr("Unknown")
    return kind if decided["decision"] == Decision.ACCEPT else _tr("{kind}?").format(kind=kind)


class ChangeGallery(QListView):
    """Pictures in rows; a click or Enter chooses a cell.

    Args:
        client: of the thumbnails, one for each gallery that can be seen with others.
    """

    chosen = Signal(object)  # CellId

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        parent: QWidget | None = None,
        client: str = _CLIENT,
    ) -> None:
        super().__init__(parent)
        self._thumbnails, self._client = thumbnails, client
        self.cells = _ChangeModel(self)
        self.setModel(self.cells)
        self.setItemDelegate(_ChangePainter(theme, thumbnails, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSpacing(GRID // 2)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Cells that would change"))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self.verticalScrollBar().valueChanged.connect(self._request)
        thumbnails.ready.connect(self.viewport().update)
        theme.changed.connect(self.viewport().update)

    def show_cells(self, cells: Sequence[ChangedCell]) -> None:
        """Show these, from the beginning."""
        self.cells.show_cells(cells)
        self.scrollToTop()
        self._request()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Other cells may be seen now."""
        super().resizeEvent(event)
        self._request()

    def event(self, event: QEvent) -> bool:
        """Request no picture while nobody sees any."""
        if event.type() == QEvent.Type.Hide:
            self._thumbnails.request((), 1, self._client)
        elif event.type() == QEvent.Type.Show:
            self._request()
        return super().event(event)

    def _request(self) -> None:
        first = max(self.indexAt(self.viewport().rect().topLeft()).row(), 0)
        wanted = self.cells.rows[first : first + _MOST_REQUESTED]
        side = round(_PICTURE * self.devicePixelRatioF())
        self._thumbnails.request([each.key for each in wanted], side, self._client)

    def _choose(self, index: AnyIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.cells.rows[index.row()].cell)


class _ChangeModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[ChangedCell, ...] = ()

    def show_cells(self, cells: Sequence[ChangedCell]) -> None:
        self.beginResetModel()
        self.rows = tuple(cells)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """Cells have nothing below them."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What becomes of a cell."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row.before} → {row.after}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.description
        return row if role == Qt.ItemDataRole.UserRole else None


class _ChangePainter(QStyledItemDelegate):
    """Picture, and below it what the cell was and would be."""

    def __init__(self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails

    def sizeHint(self, _: QStyleOptionViewItem, __: AnyIndex) -> QSize:  # noqa: N802 - Qt's name
        """All are of one size."""
        return QSize(_PICTURE + 2 * GRID, _PICTURE + _CAPTION + GRID)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one cell."""
        row: ChangedCell = index.data(Qt.ItemDataRole.UserRole)
        tones = self._theme.tones
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(box, QColor(tones.hover))
        picture = QRect(box.left() + GRID, box.top() + GRID // 2, _PICTURE, _PICTURE)
        image = self._thumbnails.get(row.key)
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            paint_fitted(painter, picture, image)
        else:
            painter.fillRect(picture, QColor(tones.line))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(tones.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.setFont(font(FontSize.SMALL))
        line = QRect(picture.left(), picture.bottom() + GRID // 2, _PICTURE, _CAPTION // 2)
        self._write(painter, line, row.before, tones.quiet)
        self._write(painter, line.translated(0, _CAPTION // 2), f"→ {row.after}", tones.text)

    def _write(self, painter: QPainter, line: QRect, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
