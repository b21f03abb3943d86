"""The page of the open case: gallery in the middle, inspector to the right.

Seams: `set_side` takes the panel of groups and filters (it talks to `cells.set_wish`);
`opened` tells that a cell was opened, for the viewer.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from leukogui.gallery.model import GalleryModel
from leukogui.gallery.painter import CellPainter
from leukogui.gallery.view import GalleryView
from leukogui.inspector.panel import Inspector
from leukogui.look.class_marks import marks_of
from leukogui.look.sizes import GRID
from leukogui.look.theme import Theme
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import Settings
from leukogui.settings.table import SPLITTER, THUMBNAIL_SIDE
from leukogui.thumbnails.shop import ThumbnailShop


class ReviewPage(QWidget):
    """Shows the cells of the open case."""

    opened = Signal(str)  # name of the image
    outputs_changed = Signal(object)  # names of the model's outputs

    def __init__(
        self,
        session: CaseSession,
        shop: ThumbnailShop,
        inspector: Inspector,
        settings: Settings,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._shop, self._settings, self._theme = session, shop, settings, theme
        self._outputs: tuple[str, ...] = ()
        self.cells = GalleryModel(self)
        self.gallery = GalleryView(self.cells, shop, CellPainter(theme.tones, {}), self)
        self.gallery.set_side(settings.value(THUMBNAIL_SIDE))
        self.inspector = inspector
        self._empty = QLabel()
        self._build()
        self._connect()

    def set_side(self, panel: QWidget) -> None:
        """Put the panel of groups and filters to the left."""
        self._splitter.insertWidget(0, panel)
        self._splitter.setStretchFactor(0, 0)

    def set_outputs(self, classes: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        """Take the model's classes and outputs from its card."""
        self._outputs = outputs
        if self._session.model is not None and classes:
            self._session.model.set_classes(classes)
        self.inspector.set_outputs(outputs)
        self.outputs_changed.emit(outputs)
        self._repaint()
        self.refresh()

    def refresh(self) -> None:
        """The case's files or predictions changed."""
        self.cells.refresh()
        self.inspector.refresh()
        self._show_empty()

    def save(self) -> None:
        """Remember how wide the panels are."""
        state = bytes(self._splitter.saveState().toBase64().data()).decode("ascii")
        self._settings.set(SPLITTER, state)

    def _build(self) -> None:
        self.setFocusProxy(self.gallery)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._empty.setProperty("tone", "quiet")
        self._stack.addWidget(self.gallery)
        self._stack.addWidget(self._empty)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(middle)
        self._splitter.addWidget(self.inspector)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setChildrenCollapsible(False)
        self.inspector.setMinimumWidth(32 * GRID)
        self._splitter.setSizes([1200, 40 * GRID])
        state = self._settings.value(SPLITTER)
        self._splitter.restoreState(QByteArray.fromBase64(state.encode("ascii")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)

    def _connect(self) -> None:
        self._session.opened.connect(self._on_case)
        self._session.changed.connect(self.refresh)
        self._session.listed.connect(self._show_empty)
        self.gallery.current_changed.connect(self.inspector.show_cell)
        self.gallery.opened.connect(self.opened)
        self.inspector.opened.connect(self.opened)
        self.gallery.side_changed.connect(self._on_side)
        self._theme.changed.connect(self._repaint)

    def _on_case(self) -> None:
        self._shop.forget()
        self.inspector.show_cell("")
        self.cells.show_case(self._session.model)
        self.gallery.verticalScrollBar().setValue(0)
        self._show_empty()

    def _on_side(self, side: int) -> None:
        self._settings.set(THUMBNAIL_SIDE, side)

    def _repaint(self) -> None:
        names = self._outputs
        if not names and self._session.model is not None:
            names = self._session.model.classes
        self.gallery.set_painter(CellPainter(self._theme.tones, marks_of(names)))

    def _show_empty(self) -> None:
        model = self._session.model
        if model is None or len(model):
            self._stack.setCurrentWidget(self.gallery)
            return
        looking = self.tr("Looking for images…")
        nothing = self.tr(
            "There is no image in {folder}.\nImages are JPEG, PNG, TIFF, BMP and WebP files."
        ).format(folder=model.root)
        self._empty.setText(looking if self._session.is_listing else nothing)
        self._stack.setCurrentWidget(self._empty)
