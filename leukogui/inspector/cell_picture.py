"""The picture of one cell: image, heat map, outline; as large as its place allows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from leukogui.theme.metrics import GRID


class CellPictureView(QWidget):
    """Paints a `QImage` and a polygon in the image's own coordinates."""

    opened = Signal()  # double click; of a part, a single one

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._outline = QPolygonF()
        self._original = (0, 0)
        self._message = ""
        self._is_part = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def image(self) -> QImage:
        """What is shown."""
        return self._image

    def show_image(self, image: QImage, original: tuple[int, int], outline: Any = ()) -> None:
        """Show an image; `outline` is (N, 2) in pixels of the original, of that size."""
        self._image, self._original, self._message = image, original, ""
        self._outline = QPolygonF([QPointF(float(x), float(y)) for x, y in outline])
        self.update()

    def set_part(self, on: bool) -> None:
        """Whether it shows a part of a field: then a click leads to all of it."""
        self._is_part = on
        self.setToolTip(self.tr("Show the cell in its field") if on else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if on else Qt.CursorShape.ArrowCursor)

    def show_message(self, message: str) -> None:
        """Show words in the picture's place."""
        self._image, self._message = QImage(), message
        self._outline = QPolygonF()
        self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Square: cells are."""
        return width

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a cell."""
        return QSize(34 * GRID, 34 * GRID)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Request the viewer, for a part of a field."""
        inside = self.rect().contains(event.position().toPoint())
        if self._is_part and inside and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def mouseDoubleClickEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Request the viewer."""
        if not self._is_part:
            self.opened.emit()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint."""
        painter = QPainter(self)
        if self._image.isNull():
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(GRID, GRID, -GRID, -GRID), flags, self._message)
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        self._paint_outline(painter, QRectF(place))

    def _paint_outline(self, painter: QPainter, place: QRectF) -> None:
        if self._outline.isEmpty() or not self._original[0]:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(place.topLeft())
        painter.scale(place.width() / self._original[0], place.height() / self._original[1])
        # White on black can be seen on every stain.
        for colour, width in (("#000000", 3.0), ("#ffffff", 1.25)):
            pen = QPen(QColor(colour), width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPolygon(self._outline)
