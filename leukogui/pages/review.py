"""The page of the open case: gallery in the middle, inspector to the right.

`set_side` takes the panel of groups and filters, which calls `cells.set_query`;
`show_group` shows one group and nothing else, for what leads here from a figure;
`opened` is emitted when a cell was opened, for the viewer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from leukogui.case.live_differential import count_differential
from leukogui.case.query import CellQuery
from leukogui.case.unread_text import describe_content
from leukogui.filters.line import FilterLine, NoMatches
from leukogui.filters.text import describe_query
from leukogui.gallery.group_facts import describe_groups
from leukogui.gallery.model import GalleryModel
from leukogui.gallery.painter import CellPainter
from leukogui.gallery.view import GalleryView
from leukogui.inspector.panel import Inspector
from leukogui.panels.class_palette import ClassPalette
from leukogui.panels.review_progress import ReviewProgress
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import Settings
from leukogui.settings.table import COUNT_EDGE_CELLS, SPLITTER, TARGET_COUNT, THUMBNAIL_SIDE
from leukogui.theme.metrics import GRID
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.cases.review_classes import ReviewClass, places_of
from trainer.domain import CellId
from trainer.models.class_colours import marks_of


class ReviewPage(QWidget):
    """Shows the cells of the open case."""

    opened = Signal(object)  # CellId
    compared = Signal(object, object, str)  # CellId, path of the picture beside it, its title
    class_chosen = Signal(str)  # id of a class that the selected cells shall have
    review_classes_changed = Signal(object, object, str)  # as of `set_review_classes`
    outputs_changed = Signal(object)  # names of the model's outputs
    marks_changed = Signal(object)  # marks of the classes, by name

    def __init__(
        self,
        session: CaseSession,
        thumbnails: ThumbnailLoader,
        inspector: Inspector,
        settings: Settings,
        theme: Theme,
        verdict_actions: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._thumbnails, self._settings, self._theme = (
            session,
            thumbnails,
            settings,
            theme,
        )
        self._outputs: tuple[str, ...] = ()
        self._card_classes: tuple[str, ...] = ()
        self._review_classes: tuple[ReviewClass, ...] = ()
        self._language = "en"
        self.cells = GalleryModel(self)
        self.gallery = GalleryView(self.cells, thumbnails, CellPainter(theme.tones, {}), self)
        self.gallery.set_side(settings.value(THUMBNAIL_SIDE))
        self.inspector = inspector
        self._empty = QLabel()
        self._filter_line = FilterLine()
        self._no_matches = NoMatches()
        self.class_palette = ClassPalette(verdict_actions, settings, self)
        self.progress = ReviewProgress(self)
        self._build()
        self._connect()

    def set_side(self, panel: QWidget) -> None:
        """Put the panel of groups and filters to the left."""
        self._splitter.insertWidget(0, panel)
        for at, stretch in enumerate((0, 1, 0)):
            self._splitter.setStretchFactor(at, stretch)
        self._splitter.setSizes([26 * GRID, 1200, 40 * GRID])
        self._restore_widths()

    def add_line(self, line: QWidget) -> None:
        """Add a line below the gallery, above what is there."""
        self._below.insertWidget(self._below.indexOf(self.class_palette), line)

    def show_cells(self, cells: frozenset[CellId]) -> None:
        """Show these cells and no other filter."""
        self.cells.set_query(self.cells.query.only_cells(cells))

    def show_group(self, group: int) -> None:
        """Show one group and no other filter: a number of `CaseModel.groups`, or ACCEPTED."""
        self.cells.set_query(self.cells.query.only(group))

    def clear_filters(self) -> None:
        """Show all cells, in the order of now."""
        self.cells.set_query(self.cells.query.unfiltered())

    def set_outputs(self, classes: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        """Take the model's classes and outputs from its card."""
        self._outputs, self._card_classes = outputs, classes
        self._apply_classes()
        self.inspector.set_outputs(outputs)
        self.outputs_changed.emit(outputs)
        self._repaint()
        self.refresh()

    def set_review_classes(
        self, classes: tuple[ReviewClass, ...], keys: Mapping[str, str], language: str
    ) -> None:
        """Take what a person may call a cell.

        Args:
            classes: in order.
            keys: id -> key that gives the class.
            language: of the names.
        """
        self._review_classes, self._language = classes, language
        self.class_palette.show_classes(classes, keys, language)
        self.review_classes_changed.emit(classes, keys, language)
        self._apply_classes()
        self._repaint()
        self.refresh()

    def _apply_classes(self) -> None:
        """Number the groups of the case by the classes of the card, then those of the lab."""
        model = self._session.model
        if model is None:
            return
        before = model.classes
        model.titles = {each.id: each.display_name(self._language) for each in self._review_classes}
        model.set_classes(self._card_classes, [each.id for each in self._review_classes])
        self.cells.set_query(self.cells.query.remap_classes(before, model.classes))

    def refresh(self) -> None:
        """The case's files or predictions changed."""
        self.cells.refresh()
        self.inspector.refresh()

    def save(self) -> None:
        """Remember how wide the panels are."""
        state = bytes(self._splitter.saveState().toBase64().data()).decode("ascii")
        self._settings.set(SPLITTER, state)

    def _build(self) -> None:
        middle = QWidget()
        # Not that of what is below the gallery: panels keep the width that a person chose.
        middle.setMinimumWidth(16 * GRID)
        self._below = below = QVBoxLayout(middle)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._filter_line)
        self._stack = QStackedLayout()
        below.addLayout(self._stack, 1)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._empty.setProperty("tone", "quiet")
        below.addWidget(self.class_palette)
        below.addWidget(self.progress)
        self._stack.addWidget(self.gallery)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._no_matches)
        self.setFocusProxy(self.gallery)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(middle)
        self._splitter.addWidget(self.inspector)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setChildrenCollapsible(False)
        self.inspector.setMinimumWidth(32 * GRID)
        self._splitter.setSizes([1200, 40 * GRID])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)
        # The Tab key goes on below the gallery, as the eye does.
        palette = (*self.class_palette.action_buttons, self.class_palette.unfold_button)
        below_gallery = (*palette, *self.progress.controls)
        for first, second in pairwise((self.gallery, *below_gallery)):
            QWidget.setTabOrder(first, second)

    def _restore_widths(self) -> None:
        state = self._settings.value(SPLITTER)
        self._splitter.restoreState(QByteArray.fromBase64(state.encode("ascii")))

    def _connect(self) -> None:
        self.cells.arranged.connect(self._show_left)
        self.cells.arranged.connect(self._show_progress)
        self.gallery.fold_requested.connect(self.toggle_fold)
        self.class_palette.chosen.connect(self.class_chosen)
        self.review_classes_changed.connect(self.inspector.prediction_panel.name_classes)
        self.progress.target_chosen.connect(lambda n: self._settings.set(TARGET_COUNT, n))
        self._settings.changed.connect(self._on_setting)
        self.progress.show_target(self._settings.value(TARGET_COUNT))
        self._filter_line.clear_requested.connect(self.clear_filters)
        self._no_matches.clear_requested.connect(self.clear_filters)
        self._session.opened.connect(self._on_case)
        self._session.changed.connect(self.refresh)
        self._session.listed.connect(self._on_listed)
        self.gallery.current_changed.connect(self.inspector.show_cell)
        self.gallery.opened.connect(self.opened)
        self.inspector.opened.connect(self.opened)
        self.gallery.side_changed.connect(self._on_side)
        self._theme.changed.connect(self._repaint)

    def _on_case(self) -> None:
        self._thumbnails.clear()
        model = self._session.model
        self._thumbnails.boxes_of = model.boxes_at if model is not None else lambda _: ()
        self.inspector.show_cell(None)
        self._card_classes = ()
        self._apply_classes()
        self.cells.show_case(self._session.model, CellQuery())
        self.gallery.verticalScrollBar().setValue(0)
        self._show_empty()

    def _on_listed(self) -> None:
        self._thumbnails.retry_failed()
        self.gallery.request_thumbnails()
        self.inspector.retry_failed()
        self._show_empty()

    def _on_side(self, side: int) -> None:
        self._settings.set(THUMBNAIL_SIDE, side)

    def _repaint(self) -> None:
        model = self._session.model
        names = self._outputs or (model.classes if model is not None else ())
        marks = {**marks_of(names), **{each.id: each.mark for each in self._review_classes}}
        self.gallery.set_painter(CellPainter(self._theme.tones, marks))
        self.marks_changed.emit(marks)

    def _show_left(self) -> None:
        """Show what the filters leave."""
        model, query = self._session.model, self.cells.query
        total, shown = len(model) if model is not None else 0, self.cells.rowCount()
        why = describe_query(query, model.class_titles) if model is not None and total else ""
        self._filter_line.show_filter(shown, total, why)
        self._no_matches.show_total(total)
        self._show_empty()

    def toggle_fold(self, group: int) -> None:
        """Fold a group, or show its cells again."""
        self.cells.set_query(self.cells.query.with_toggled(group))

    def _on_setting(self, key: str) -> None:
        if key == TARGET_COUNT.key:
            self.progress.show_target(self._settings.value(TARGET_COUNT))
        elif key == COUNT_EDGE_CELLS.key:
            self._show_progress()

    def _show_progress(self) -> None:
        """Count what is reviewed, for the line below the gallery and for its headings."""
        model = self._session.model
        if model is None or not len(model):
            self.progress.show_differential(None, ())
            self.gallery.show_facts({})
            return
        now = count_differential(
            model,
            places_of(self._review_classes),
            count_edge_cells=self._settings.value(COUNT_EDGE_CELLS),
        )
        self.progress.show_differential(now, model.class_titles)
        self.gallery.show_facts(describe_groups(now))

    def _show_empty(self) -> None:
        model = self._session.model
        if model is None or len(model):
            left = self.cells.rowCount() or not self.cells.query.is_filtered
            self._show_widget(self.gallery if left else self._no_matches)
            return
        looking = self.tr("Looking for images…")
        nothing = self.tr(
            "There is no image in {folder}.\nImages are JPEG, PNG, TIFF, BMP and WebP files."
        ).format(folder=model.root)
        unread = self._session.unread
        if unread is not None and (content := describe_content(unread)):
            nothing += "\n" + self.tr("The folder holds {content}.").format(content=content)
        self._empty.setText(looking if self._session.is_listing else nothing)
        self._show_widget(self._empty)

    def _show_widget(self, widget: QWidget) -> None:
        """Show this in the middle; if the keys went to what was there, they go to it now."""
        before, focus = self._stack.currentWidget(), self.window().focusWidget()
        has_keys = before is not None and focus is not None and before in (focus, focus.parent())
        self._stack.setCurrentWidget(widget)
        self.setFocusProxy(widget)
        if has_keys and widget is not before:
            widget.setFocus()
