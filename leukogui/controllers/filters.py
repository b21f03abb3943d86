"""What chooses and orders the cells that are shown: the panel of filters and its actions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from leukogui.case.cells import ACCEPTED, FAILED, PENDING, REVIEW, UNKNOWN
from leukogui.case.query import SortKey
from leukogui.filters.order import SORT_KEYS
from leukogui.filters.panel import FilterPanel
from leukogui.settings.table import SIDE_SHOWN
from leukogui.theme.theme import Theme
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.controllers.cell_scores import CellScoreController

_ONLY = {
    "only_accepted": ACCEPTED,
    "only_review": REVIEW,
    "only_unknown": UNKNOWN,
    "only_failed": FAILED,
    "only_pending": PENDING,
}


class FilterController(QObject):
    """Keeps the gallery's query, the panel and the actions in step; the gallery owns the query."""

    def __init__(self, parts: WindowParts, theme: Theme) -> None:
        super().__init__(parts.parent)
        self._parts, self._review, self._cells = parts, parts.review, parts.review.cells
        self.scores: dict[SortKey, CellScoreController] = {}
        actions = parts.actions
        self.panel = FilterPanel(theme, actions["descending"], actions["grouped"])
        self._review.set_side(self.panel)
        self._order_tab_key()
        self._connect_actions()
        self.panel.query_changed.connect(self._cells.set_query)
        self.panel.search.left.connect(self._review.gallery.setFocus)
        self._review.marks_changed.connect(self._on_marks)
        self._cells.arranged.connect(self._show)
        actions["side"].setChecked(parts.settings.value(SIDE_SHOWN))
        self._show_side(actions["side"].isChecked())
        self._show()

    def close(self) -> None:
        """End what reads in the background."""
        for each in self.scores.values():
            each.close()

    def find(self) -> None:
        """Let a person enter words; the panel is shown for it."""
        self._parts.actions["side"].setChecked(True)
        self._parts.pages.show_page(self._review)
        self.panel.search.setFocus()
        self.panel.search.selectAll()

    def _order_tab_key(self) -> None:
        """The Tab key goes through the panel before the gallery, as the eye does."""
        # The page hands the focus on to its gallery: the panel comes before the page.
        before = self._review.previousInFocusChain()
        while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
            before = before.previousInFocusChain()
        for control in self.panel.controls:
            if before is not None:
                QWidget.setTabOrder(before, control)
            before = control

    def _connect_actions(self) -> None:
        actions, review = self._parts.actions, self._review
        actions.on("search", self.find)
        actions.on("clear_filters", review.clear_filters)
        for action_id, group in _ONLY.items():
            actions.on(action_id, partial(review.show_group, group))
        for key in SORT_KEYS:
            actions.on(f"sort_{key}", partial(self._change, sort=key))
        actions.on_toggled("descending", lambda on: self._change(descending=on))
        actions.on_toggled("grouped", lambda on: self._change(grouped=on))
        actions.on_toggled("side", self._show_side)

    def _change(self, **parts: object) -> None:
        self._cells.set_query(replace(self._cells.query, **parts))  # type: ignore[arg-type]

    def _show(self) -> None:
        """The cells were arranged: show what for, and what every other choice would leave."""
        case, query, actions = self._cells.case, self._cells.query, self._parts.actions
        if case is not None:
            self._refresh_scores(query.sort)
        if not self.panel.isHidden():
            self.panel.show_case(case, query)
        actions[f"sort_{query.sort}"].setChecked(True)
        actions["descending"].setChecked(query.descending)
        actions["grouped"].setChecked(query.grouped)
        has_case = case is not None
        actions.enable(search=has_case, clear_filters=has_case and query.is_filtered)
        actions.enable(**dict.fromkeys(_ONLY, has_case))

    def _refresh_scores(self, sort: SortKey) -> None:
        """What reads scores is made when cells are first sorted by them."""
        if sort == "disagreement" and sort not in self.scores:
            from leukogui.controllers.disagreement import DisagreementController

            self.scores[sort] = DisagreementController(self._parts)
        elif sort == "suspected" and sort not in self.scores:
            from leukogui.controllers.suspected_errors import SuspectedErrorController

            self.scores[sort] = SuspectedErrorController(self._parts)
        for each in self.scores.values():
            each.refresh()

    def _show_side(self, on: bool) -> None:
        if not on and self.panel.isAncestorOf(QApplication.focusWidget() or self._review):
            self._review.gallery.setFocus()
        self.panel.setVisible(on)
        self._parts.settings.set(SIDE_SHOWN, on)
        self._show()

    def _on_marks(self, marks: object) -> None:
        self.panel.set_marks(marks)  # type: ignore[arg-type]
        self._show()
