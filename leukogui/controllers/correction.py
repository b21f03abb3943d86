"""What a person does with the verdicts: one key, the menu, the palette or a drag, all the same."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from leukogui.case.cells import EMPTY, FAILED, UNKNOWN
from leukogui.case.results import CellResult
from leukogui.case.review_order import next_cell, next_open, next_shown, next_unlabelled
from leukogui.controllers.review_classes import ReviewClassController
from leukogui.language.number_format import format_number
from leukogui.session.reviews import CLEARED, ReviewSession
from leukogui.settings.table import REVIEW_ORDER
from leukogui.viewer.page import ViewerPage
from leukogui.window.parts import WindowParts
from trainer.cases.records import UNKNOWN as UNKNOWN_LABEL
from trainer.domain import CellId, Decision

_INPUTS = (QLineEdit, QComboBox, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
_MANY = 2


class CorrectionController(QObject):
    """Connects keys, menus, palette and drags to the reviews of the open case.

    A cell under a mouse that was moved comes before the selected ones, unless those are several.

    Args:
        reviews: where they go.
        classes: what cells can be called.
    """

    def __init__(
        self,
        parts: WindowParts,
        reviews: ReviewSession,
        classes: ReviewClassController,
        viewer: ViewerPage,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._reviews, self._classes = parts, reviews, classes
        self._viewer, self._gallery = viewer, parts.review.gallery
        self._message = ""
        self._possible: tuple[bool, bool, bool, bool, int] | None = None
        actions = parts.actions
        actions.on("accept", self.accept)
        actions.on("unknown", lambda: self.give(UNKNOWN_LABEL))
        actions.on("clear_review", lambda: self.give(CLEARED))
        actions.on("next_open", self.go_to_next_open)
        actions.on("open_cell", self._open)
        actions.on("fold_group", self._fold)
        classes.chosen.connect(self.give)
        classes.changed.connect(self._show_possible)
        viewer.class_chosen.connect(classes.chosen)
        self._gallery.dropped.connect(self._on_dropped)
        self._gallery.menu_requested.connect(self._show_menu)
        reviews.undone.connect(self._on_undone)
        parts.session.opened.connect(self._show_possible)
        parts.pages.currentChanged.connect(self._show_possible)
        self._gallery.current_changed.connect(self._show_possible)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._show_possible)
        self._show_possible()

    def give(self, label: str) -> None:
        """Give the meant cells a class, "unknown", or nothing, and go on."""
        cells = self.meant_cells()
        self._review(dict.fromkeys(cells, label))

    def accept(self) -> None:
        """Give the meant cells what the model gives them, and go on."""
        cells = self.meant_cells()
        results = {cell: self._parts.session.result(cell) for cell in cells}
        labels = {cell: _label_of(each) for cell, each in results.items() if each is not None}
        if cells and not labels:
            self._parts.notifications.show(self.tr("No model has classified this cell yet."))
            return
        self._review(labels)

    def go_to_next_open(self) -> None:
        """Show the next cell that waits for a person."""
        model = self._parts.session.model
        if model is None:
            return
        current, shown = self._current(), self._parts.review.cells.arrangement
        is_read = self._parts.session.reading is not None
        target = (next_unlabelled if is_read else next_open)(model, shown, current)
        if target is None:
            self._parts.notifications.show(self.tr("No cell waits for review."))
        else:
            self.go_to(target)

    # Which cells are meant

    @property
    def _in_viewer(self) -> bool:
        return self._parts.pages.currentWidget() is self._viewer

    def meant_cells(self) -> list[CellId]:
        """The cells that a key is for, as far as a person can call them something."""
        model = self._parts.session.model
        if model is None:
            return []
        rows = [(cell, model.row(cell)) for cell in self._pointed_at()]
        return [
            cell
            for cell, row in rows
            if row is not None and model.decided[row] not in (EMPTY, FAILED)
        ]

    def _pointed_at(self) -> Sequence[CellId]:
        if self._in_viewer:
            return [self._viewer.cell] if self._viewer.cell is not None else []
        if self._parts.pages.currentWidget() is not self._parts.review:
            return []
        selected, hovered = self._gallery.selected_cells(), self._gallery.hovered_cell()
        if hovered is not None and len(selected) < _MANY:
            return [hovered]
        current = self._gallery.current_cell()
        return selected or ([current] if current is not None else [])

    def _current(self) -> CellId | None:
        return self._viewer.cell if self._in_viewer else self._gallery.current_cell()

    # What is done

    def _review(self, labels: dict[CellId, str]) -> None:
        model = self._parts.session.model
        if model is None or not labels:
            return
        follows_mouse = self._follows_mouse(labels)
        self._leave(labels, follows_mouse=follows_mouse)
        count = self._reviews.review(labels)
        if follows_mouse:
            self._gallery.follow_mouse()
        if count >= _MANY:
            self._notify(self._describe(count, next(iter(labels.values()))))

    def _follows_mouse(self, labels: dict[CellId, str]) -> bool:
        hovered = self._gallery.hovered_cell()
        by_mouse = not self._in_viewer and hovered in labels and len(labels) < _MANY
        return by_mouse and hovered != self._gallery.current_cell()

    def _leave(self, labels: dict[CellId, str], *, follows_mouse: bool) -> None:
        """Go on before the cells go to other groups: the view stays where the next one is."""
        model, shown = self._parts.session.model, self._parts.review.cells.arrangement
        if model is None or follows_mouse:
            return
        # Among cells that something named, the next of these: the most urgent may be none of them.
        is_named = self._parts.review.cells.query.cells is not None
        follows = is_named or self._parts.settings.value(REVIEW_ORDER) == "shown"
        if self._reviews.is_adjudicated(labels):
            target = next_shown(model, shown, labels)
        else:
            target = next_cell(model, shown, labels, "shown" if follows else "urgent")
        if target is not None:
            self.go_to(target)
            return
        self._parts.notifications.show(self.tr("No more cells wait for review."))
        if not self._in_viewer:
            self._gallery.leave(set(labels))

    def go_to(self, cell: CellId) -> None:
        """Show a cell, where it is folded away or filtered out, too."""
        model, cells = self._parts.session.model, self._parts.review.cells
        row = model.row(cell) if model is not None else None
        if model is None or row is None:
            return
        if model.groups[row] in cells.query.folded:
            self._parts.review.toggle_fold(model.groups[row])
        if not self._gallery.go_to(cell) and self._in_viewer:
            self._viewer.show_cell(cell)

    def _open(self) -> None:
        cell = self._gallery.hovered_cell() or self._gallery.current_cell()
        if cell is not None:
            self._gallery.opened.emit(cell)

    def _fold(self) -> None:
        position = self._gallery.currentIndex().row()
        cells = self._parts.review.cells
        if position >= 0 and cells.query.grouped:
            self._parts.review.toggle_fold(cells.section(position).group)
        elif cells.query.folded:
            self._parts.review.toggle_fold(min(cells.query.folded))

    def _on_dropped(self, group: int) -> None:
        model = self._parts.session.model
        if model is not None:
            self._gallery.forget_mouse()
            self.give(UNKNOWN_LABEL if group == UNKNOWN else model.classes[group])

    def _show_menu(self, place: QPoint) -> None:
        menu = self.build_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def build_menu(self) -> QMenu:
        """The menu of the selected cells."""
        actions = self._parts.actions
        self._gallery.forget_mouse()
        menu = QMenu(self._parts.parent)
        menu.addAction(actions["accept"])
        menu.addSeparator()
        for action in self._classes.actions.values():
            menu.addAction(action)
        menu.addSeparator()
        for action_id in ("unknown", "clear_review"):
            menu.addAction(actions[action_id])
        menu.addSeparator()
        menu.addAction(actions["add_reference"])
        menu.addSeparator()
        for action_id in ("open_cell", "remove_cell", "undo", "redo"):
            menu.addAction(actions[action_id])
        return menu

    # What is said of it

    def _on_undone(self, kind: str, cells: tuple[CellId, ...]) -> None:
        model = self._parts.session.model
        self._parts.notifications.dismiss(self._message)
        known = [cell for cell in cells if model is not None and model.row(cell) is not None]
        if known:
            self.go_to(known[0])
        if len(cells) >= _MANY:
            words = (
                self.tr("Undone for {n} cells.")
                if kind == "undo"
                else self.tr("Done again for {n} cells.")
            )
            self._message = words.format(n=format_number(len(cells)))
            self._parts.notifications.show(self._message)

    def _describe(self, count: int, label: str) -> str:
        if label == CLEARED:
            text = self.tr("The reviews of {n} cells were taken back.")
        else:
            text = self.tr("{n} cells were reviewed.")
        return text.format(n=format_number(count))

    def _notify(self, message: str) -> None:
        """What was done with many cells, with the way back."""
        notifications, undo = self._parts.notifications, self._parts.actions["undo"]
        notifications.dismiss(self._message)
        self._message = message
        notifications.show(message, action=(self.tr("Undo"), undo.trigger))

    def refresh(self) -> None:
        """What is possible may have changed: the case was signed or reopened."""
        self._show_possible()

    def _show_possible(self) -> None:
        """Keys are for cells only where no text is entered, and Enter only with the cells."""
        pages, review, focus = self._parts.pages, self._parts.review, QApplication.focusWidget()
        here = pages.currentWidget() in (review, self._viewer)
        possible = here and self._current() is not None and not isinstance(focus, _INPUTS)
        at_cells = self._has_cells(focus)
        is_signed = self._parts.actions.is_forbidden("unknown")
        state = (here, possible, at_cells, is_signed, id(self._classes.actions))
        if state == self._possible:  # asked at every key
            return
        self._possible = state
        self._parts.actions.enable(
            accept=possible and at_cells, unknown=possible, clear_review=possible, next_open=here
        )
        self._parts.actions.enable(add_reference=possible)
        self._parts.actions.enable(label_next=here)
        for action in self._classes.actions.values():
            action.setEnabled(possible and not is_signed)

    def _has_cells(self, focus: QWidget | None) -> bool:
        viewer = self._viewer
        holders = (self._gallery, self._parts.review.class_palette, viewer.class_palette)
        if focus is None or any(each is focus or each.isAncestorOf(focus) for each in holders):
            return True
        return viewer.split_view.isAncestorOf(focus)


def _label_of(result: CellResult) -> str:
    """What the model gives a cell: its likeliest class, unless that means nothing."""
    return UNKNOWN_LABEL if result.decision is Decision.UNKNOWN else result.label
