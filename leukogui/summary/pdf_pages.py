"""The pages of a PDF as pictures, drawn by pdfium on a thread of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSizeF, Signal
from PySide6.QtGui import QImage

from leukogui.threads.latest_requests import LatestRequests

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument


@dataclass(frozen=True)
class PageOutline:
    """What is known of a page before it is drawn.

    Attributes:
        size: in points of 1/72 inch.
        text: all words of it, for a screen reader.
    """

    size: QSizeF
    text: str


class PdfPages(QObject):
    """Draws pages of one PDF; of what was requested, the newest first counts.

    Args:
        content: the bytes of the file.
    """

    opened = Signal(object)  # tuple of PageOutlines
    drawn = Signal(int, float, QImage)  # page from 0, pixels for a point, picture

    def __init__(self, content: bytes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._document: PdfDocument | None = None
        self._requests: LatestRequests[tuple[int, float]] = LatestRequests("pdf", self._serve)

    def open(self) -> None:
        """Read sizes and words of all pages; `opened` is emitted."""
        self._requests.request([(-1, 0.0)])

    def request(self, pages: Sequence[tuple[int, float]]) -> None:
        """Draw these pages, each at so many pixels for a point, in this order."""
        self._requests.request(pages, again=False)

    def close(self) -> None:
        """End the thread and close the file."""
        self._requests.close()
        if self._document is not None:
            self._document.close()
            self._document = None

    def _serve(self, request: tuple[int, float]) -> None:
        """On the thread, which alone uses pdfium while it runs: it is not safe for several."""
        page, scale = request
        if self._document is None:
            from pypdfium2 import PdfDocument

            self._document = PdfDocument(self._content)
        if page < 0:
            self.opened.emit(_outlines(self._document))
            return
        bitmap = self._document[page].render(scale=scale, rev_byteorder=True)
        pixels = bitmap.to_numpy()
        height, width, channels = pixels.shape
        formats = {3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}
        image = QImage(pixels.tobytes(), width, height, width * channels, formats[channels])
        self.drawn.emit(page, scale, image.copy())


def _outlines(document: PdfDocument) -> tuple[PageOutline, ...]:
    pages = [document[at] for at in range(len(document))]
    return tuple(
        PageOutline(QSizeF(*page.get_size()), page.get_textpage().get_text_range())
        for page in pages
    )
