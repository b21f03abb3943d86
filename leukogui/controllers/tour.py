"""Leads a person through the window in five steps, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QWidget

from leukogui.pages.tour.card import TourCard
from leukogui.settings.table import TOUR_ENDED
from leukogui.widgets.spotlight import Spotlight, SpotlightTarget
from leukogui.window.command_bar import CommandBar
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.summary.page import SummaryPage

Targets = tuple[QWidget | SpotlightTarget, ...]


@dataclass(frozen=True)
class TourStep:
    """One step.

    Attributes:
        page: action that leads to the page that the step is about.
        targets: what is lit; called when that page is in front, for it may be built only then.
    """

    page: str
    title: str
    text: str
    targets: Callable[[], Targets]


class TourController(QObject):
    """Shows the steps of a tour over the open case; the window can be used all the while.

    Args:
        bar: it has the button of a run.
    """

    def __init__(self, parts: WindowParts, bar: CommandBar) -> None:
        super().__init__(parts.parent)
        self._parts, self._bar = parts, bar
        self._number = 0
        self._steps: list[TourStep] = []
        self._spotlight: Spotlight | None = None
        self.card: TourCard | None = None
        parts.session.opened.connect(self._remove)
        parts.session.listed.connect(self._on_listed)
        self._is_wanted = False

    @property
    def areas(self) -> int:
        """How many parts of the window are lit now."""
        return len(self._spotlight.areas) if self._spotlight is not None else 0

    def start(self) -> None:
        """Begin with the first step as soon as the cells of the open case are shown."""
        self._is_wanted = True
        if not self._parts.session.is_listing:
            self._on_listed()

    def end(self) -> None:
        """End it for good; the menu can start it again."""
        self._remove()
        self._parts.settings.set(TOUR_ENDED, True)
        if self._parts.session.root is not None:
            self._parts.pages.show_page(self._parts.review)

    def _on_listed(self) -> None:
        if not self._is_wanted or self._parts.session.root is None:
            return
        self._remove()
        window = self._parts.parent
        self._steps = self._make_steps()
        self._spotlight, self.card = Spotlight(window), TourCard(window)
        self._spotlight.moved.connect(self._place_card)
        self.card.next_requested.connect(lambda: self._go(1))
        self.card.back_requested.connect(lambda: self._go(-1))
        self.card.end_requested.connect(self.end)
        self._number = 0
        self._go(0)

    def _go(self, by: int) -> None:
        self._number = max(self._number + by, 0)
        if self._number >= len(self._steps):
            self.end()
            return
        if self.card is None or self._spotlight is None:
            return
        step = self._steps[self._number]
        self._parts.actions[step.page].trigger()
        targets = [
            each if isinstance(each, SpotlightTarget) else SpotlightTarget(each)
            for each in step.targets()
        ]
        self.card.show_step(self._number + 1, len(self._steps), step.title, step.text)
        self._spotlight.show_targets(targets)
        self.card.raise_()

    def _place_card(self) -> None:
        if self.card is not None and self._spotlight is not None:
            self.card.move_beside(self._spotlight.areas)

    def _remove(self) -> None:
        """Take it off the window: it was ended, or another case is open."""
        self._is_wanted = False
        if self._spotlight is not None:
            self._spotlight.end()
        if self.card is not None:
            self.card.hide()
            self.card.deleteLater()
        self._spotlight, self.card = None, None

    # The steps

    def _make_steps(self) -> list[TourStep]:
        review = self._parts.review
        return [
            TourStep(
                "review",
                self.tr("Cells by class"),
                self.tr(
                    "Run ({run}) lets the model look at every cell. The gallery then shows them in "
                    "groups by class, each with its number and share. A click on a heading folds "
                    "its group."
                ).format(run=self._key("run")),
                lambda: (self._bar.run, review.gallery),
            ),
            TourStep(
                "review",
                self.tr("One key corrects a cell"),
                self.tr(
                    "Point at a cell, or select several, and press the key of their class. "
                    "{accept} accepts what the model gives and goes on, {unknown} is for what "
                    "cannot be named, {undo} undoes. {next} leads to the next cell that waits for "
                    "you."
                ).format(
                    accept=self._key("accept"),
                    unknown=self._key("unknown"),
                    undo=self._key("undo"),
                    next=self._key("next_open"),
                ),
                lambda: (review.class_palette, review.progress),
            ),
            TourStep(
                "review",
                self.tr("Where the network looked"),
                self.tr(
                    "Here is the current cell with its probabilities and the reason of the "
                    "decision. The heat map ({heat}) shows where the network looked, not why."
                ).format(heat=self._key("heat")),
                lambda: (review.inspector,),
            ),
            TourStep(
                "summary",
                self.tr("What is counted"),
                self.tr(
                    "The summary ({summary}) has the differential before and after your review, "
                    "with exact intervals, and says what the count leaves open."
                ).format(summary=self._key("summary")),
                self._figures,
            ),
            TourStep(
                "summary",
                self.tr("Sign and report"),
                self.tr(
                    "Once the cells are reviewed, sign the case ({sign}): nothing of it changes "
                    "until it is reopened with a reason. The export ({export}) writes report and "
                    "tables. {keys} shows all keys; the menu Help has this tour again."
                ).format(
                    sign=self._key("sign_off"),
                    export=self._key("export"),
                    keys=self._key("keys"),
                ),
                lambda: (*self._export_button(), *self._case_menu()),
            ),
        ]

    def _figures(self) -> Targets:
        """The differential, once there is one."""
        page = self._summary_page()
        if page is None:
            return ()
        page.verticalScrollBar().setValue(0)
        return (page.differential,)

    def _export_button(self) -> Targets:
        page = self._summary_page()
        return (page.export,) if page is not None else ()

    def _summary_page(self) -> SummaryPage | None:
        from leukogui.summary.page import SummaryPage

        page = self._parts.pages.currentWidget()
        return page if isinstance(page, SummaryPage) else None

    def _case_menu(self) -> Targets:
        """The title of the menu that signs a case."""
        window = self._parts.parent
        if not isinstance(window, QMainWindow):
            return ()
        bar = window.menuBar()
        return (SpotlightTarget(bar, lambda: bar.actionGeometry(bar.actions()[0])),)

    def _key(self, action: str) -> str:
        """The key that an action has now, for it may be changed; its name where it has none."""
        keys = self._parts.actions[action].shortcut()
        shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
        return shown or self._parts.actions[action].text().replace("&", "").removesuffix("…")
