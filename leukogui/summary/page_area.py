"""The pages of a PDF, one below the other, as wide as there is room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from leukogui.summary.pdf_pages import PageOutline, PdfPages
from leukogui.theme.metrics import GRID

_ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)  # of the width that there is
_WIDEST = 112 * GRID  # at a zoom of 1: wider lines are hard to read


class PageArea(QScrollArea):
    """Shows pages; those that are seen are drawn, and no others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("Pages of the report"))
        self.pages: list[_Page] = []
        self._source: PdfPages | None = None
        self._zoom = _ZOOMS.index(1.0)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._request)
        self.verticalScrollBar().valueChanged.connect(self._timer.start)
        self.verticalScrollBar().rangeChanged.connect(self._timer.start)

    def show_pages(self, source: PdfPages, outlines: Sequence[PageOutline]) -> None:
        """Show these pages of a PDF, once."""
        self._source = source
        source.drawn.connect(self._on_drawn)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setSpacing(2 * GRID)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self.pages = [_Page(outline) for outline in outlines]
        for at, page in enumerate(self.pages):
            name = self.tr("Page {n} of {m}").format(n=at + 1, m=len(self.pages))
            page.setAccessibleName(name)
            page.setAccessibleDescription(outlines[at].text)
            column.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.setWidget(inner)
        self._lay_out_pages()

    def zoom(self, by: int) -> None:
        """Show the pages larger or smaller, by steps."""
        self._zoom = min(max(self._zoom + by, 0), len(_ZOOMS) - 1)
        self._lay_out_pages()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """As wide as there is room now."""
        super().resizeEvent(event)
        self._lay_out_pages()

    def _lay_out_pages(self) -> None:
        room = min(self.viewport().width() - 4 * GRID, _WIDEST) * _ZOOMS[self._zoom]
        for page in self.pages:
            page.show_at_width(max(room, 8.0 * GRID))
        self._timer.start()

    def _request(self) -> None:
        """Request the pages that are seen and are not drawn at this size, the upper first."""
        if self._source is None or not self.pages:
            return
        wanted = [
            (at, page.pixels_per_point)
            for at, page in enumerate(self.pages)
            if not page.is_sharp and not page.visibleRegion().isEmpty()
        ]
        self._source.request(wanted)

    def _on_drawn(self, at: int, scale: float, image: QImage) -> None:
        self.pages[at].show_image(image, scale)


class _Page(QWidget):
    """White until it is drawn, then its picture; while it is drawn anew the one before."""

    def __init__(self, outline: PageOutline) -> None:
        super().__init__()
        self._size = outline.size
        self._image = QImage()
        self._drawn_at = 0.0

    @property
    def pixels_per_point(self) -> float:
        """Of the screen."""
        return self.width() / self._size.width() * self.devicePixelRatioF()

    @property
    def is_sharp(self) -> bool:
        """Whether the picture is of the size that is shown."""
        return self._drawn_at == self.pixels_per_point

    def show_at_width(self, width: float) -> None:
        """Be so wide, in device-independent pixels."""
        height = width * self._size.height() / self._size.width()
        self.setFixedSize(QSize(round(width), round(height)))

    def show_image(self, image: QImage, scale: float) -> None:
        """Show a picture that was drawn at so many pixels for a point."""
        self._image, self._drawn_at = image, scale
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint: paper is white in every theme."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), self._image)
