"""What chooses and orders the cells that are shown: the panel of filters and its actions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from leukogui.case.cells import ACCEPTED, FAILED, PENDING, REVIEW, UNKNOWN
from leukogui.filters.order import SORT_KEYS
from leukogui.filters.panel import FilterPanel
from leukogui.settings.table import SIDE_SHOWN
from leukogui.window.main_window import MainWindow

_ONLY = {
    "only_accepted": ACCEPTED,
    "only_review": REVIEW,
    "only_unknown": UNKNOWN,
    "only_failed": FAILED,
    "only_pending": PENDING,
}


class FilterController(QObject):
    """Keeps the gallery's wish, the panel and the actions in step; the wish is the gallery's."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._cells = window, window.review.cells
        commands = window.commands
        self.panel = FilterPanel(window.theme, commands["descending"], commands["grouped"])
        window.review.set_side(self.panel)
        self._order_tab_key()
        self._connect_actions()
        self.panel.query_changed.connect(self._cells.set_query)
        self.panel.search.left.connect(window.review.gallery.setFocus)
        window.review.marks_changed.connect(self._on_marks)
        self._cells.arranged.connect(self._show)
        commands["side"].setChecked(window.settings.value(SIDE_SHOWN))
        self._show_side(commands["side"].isChecked())
        self._show()

    def find(self) -> None:
        """Let a person enter words; the panel is shown for it."""
        self._window.commands["side"].setChecked(True)
        self._window.show_page(self._window.review)
        self.panel.search.setFocus()
        self.panel.search.selectAll()

    def _order_tab_key(self) -> None:
        """The Tab key goes through the panel before the gallery, as the eye does."""
        # The page hands the focus on to its gallery: the panel comes before the page.
        before = self._window.review.previousInFocusChain()
        while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
            before = before.previousInFocusChain()
        for control in self.panel.controls:
            if before is not None:
                QWidget.setTabOrder(before, control)
            before = control

    def _connect_actions(self) -> None:
        commands, review = self._window.commands, self._window.review
        commands.on("search", self.find)
        commands.on("clear_filters", review.clear_filters)
        for action, group in _ONLY.items():
            commands.on(action, partial(review.show_group, group))
        for key in SORT_KEYS:
            commands.on(f"sort_{key}", partial(self._change, sort=key))
        commands.on_toggled("descending", lambda on: self._change(descending=on))
        commands.on_toggled("grouped", lambda on: self._change(grouped=on))
        commands.on_toggled("side", self._show_side)

    def _change(self, **parts: object) -> None:
        self._cells.set_query(replace(self._cells.query, **parts))  # type: ignore[arg-type]

    def _show(self) -> None:
        """The cells were arranged: show what for, and what every other choice would leave."""
        case, wish, commands = self._cells.case, self._cells.query, self._window.commands
        if not self.panel.isHidden():
            self.panel.show_case(case, wish)
        commands[f"sort_{wish.sort}"].setChecked(True)
        commands["descending"].setChecked(wish.descending)
        commands["grouped"].setChecked(wish.grouped)
        has_case = case is not None
        commands.enable(search=has_case, clear_filters=has_case and wish.is_filtered)
        commands.enable(**dict.fromkeys(_ONLY, has_case))

    def _show_side(self, on: bool) -> None:
        if not on and self.panel.isAncestorOf(QApplication.focusWidget() or self._window):
            self._window.review.gallery.setFocus()
        self.panel.setVisible(on)
        self._window.settings.set(SIDE_SHOWN, on)
        self._show()

    def _on_marks(self, marks: object) -> None:
        self.panel.set_marks(marks)  # type: ignore[arg-type]
        self._show()
