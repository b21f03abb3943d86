"""The window of an adaptation: what will be learned, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from leukogui.case.corrected_cells import AdaptationPlan
from leukogui.pages.adaptation.outcome import OutcomePanel
from leukogui.pages.adaptation.plan import PlanPanel
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID, font
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader

_WIDTH, _LOW, _HIGH = 94 * GRID, 30 * GRID, 92 * GRID


class AdaptationWindow(QDialog):
    """It stops no work beside it."""

    start_requested = Signal()
    cancel_requested = Signal()
    accept_requested = Signal()
    discard_requested = Signal()
    run_requested = Signal()
    undo_requested = Signal()
    copy_requested = Signal()
    filter_requested = Signal()  # the changed cells alone in the gallery of the case
    cell_chosen = Signal(object)  # CellId

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Adapt the model to this lab"))
        self.title = plain_label()
        self.title.setFont(font(bold=True))
        self.plan = PlanPanel()
        self.stage = plain_label()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the adaptation"))
        self.outcome = OutcomePanel(theme, thumbnails)
        self.message = plain_label()
        self.message.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._buttons: dict[str, QPushButton] = {}
        self._pages = QStackedWidget()
        self._shown: QWidget | None = None
        self._build()
        self.outcome.gallery.chosen.connect(self.cell_chosen)

    def button(self, name: str) -> QPushButton:
        """A button by the name of its signal, without "_requested"."""
        return self._buttons[name]

    @property
    def is_planning(self) -> bool:
        """Whether it shows what would be learned."""
        return self.isVisible() and self._pages.currentWidget() is self.plan

    def show_plan(self, model: str, plan: AdaptationPlan, titles: Mapping[str, str]) -> None:
        """Show what would be learned.

        Args:
            model: title of the model to adapt.
            titles: names of the review classes, by their id.
        """
        self._show_page(self.plan, "copy", "start")
        self.title.setText(self.tr("Adapt {model} to this lab").format(model=model))
        self.plan.show_plan(plan, titles)
        self._buttons["start"].setEnabled(plan.cells > 0)

    def show_running(self, stage: str, done: int, total: int | None) -> None:
        """Show how far it is."""
        self._show_page(self._running, "copy", "cancel")
        self.title.setText(self.tr("The model is being adapted. You can go on reviewing."))
        self.stage.setText(stage)
        self.bar.setRange(0, total or 0)
        self.bar.setValue(done)

    def show_outcome(self, name: str) -> None:
        """Show what came of it; the panel `outcome` was filled before.

        Args:
            name: id of the new model.
        """
        self._show_page(self.outcome, "copy", "filter", "discard", "accept")
        title = self.tr("{model} is not in use yet: accept it, or throw it away.")
        self.title.setText(title.format(model=name))
        self._buttons["filter"].setEnabled(bool(self.outcome.gallery.cells.rows))

    def show_accepting(self) -> None:
        """The new model is being registered."""
        for name in ("accept", "discard"):
            self._buttons[name].setEnabled(False)

    def show_accepted(self, name: str, before: str) -> None:
        """Show that the new model serves, and the way back.

        Args:
            before: title of the model that served until now.
        """
        self._show_page(self.message, "undo", "run")
        self.title.setText(self.tr("{model} serves from now on.").format(model=name))
        text = self.tr(
            "The cells of this case keep what was decided until they are classified again; what "
            "you reviewed stays in any case. {before} stays among the models, and one click lets "
            "it serve again."
        )
        self.message.setText(text.format(before=before))

    def show_message(self, title: str, text: str) -> None:
        """Show why there is nothing to accept, or that it was taken back."""
        self._show_page(self.message)
        self.title.setText(title)
        self.message.setText(text)

    def _show_page(self, page: QWidget, *buttons: str) -> None:
        is_other = page is not self._shown
        self._shown = page
        self._pages.setCurrentWidget(page)
        for name, button in self._buttons.items():
            button.setVisible(name in (*buttons, "close"))
            button.setEnabled(True)
        if is_other:
            self.resize(self.width(), _HIGH if page is self.outcome else _LOW)
            first = {self.plan: self._buttons["start"], self.outcome: self.outcome.gallery}
            first.get(page, self._buttons["close"]).setFocus()

    def _build(self) -> None:
        self._running = QWidget()
        running = QVBoxLayout(self._running)
        running.setContentsMargins(0, 0, 0, 0)
        running.addWidget(self.stage)
        running.addWidget(self.bar)
        running.addStretch()
        for page in (self.plan, self._running, self.outcome, self.message):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.title)
        column.addWidget(self._pages, 1)
        column.addLayout(self._button_row())
        self.resize(_WIDTH, _LOW)

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        texts = {
            "copy": (self.tr("Copy as command"), self.copy_requested),
            "filter": (self.tr("Show them in the gallery"), self.filter_requested),
            "": ("", None),
            "cancel": (self.tr("Cancel"), self.cancel_requested),
            "discard": (self.tr("Throw away"), self.discard_requested),
            "undo": (self.tr("Undo"), self.undo_requested),
            "start": (self.tr("Try it"), self.start_requested),
            "accept": (self.tr("Accept"), self.accept_requested),
            "run": (self.tr("Classify the case again"), self.run_requested),
            "close": (self.tr("Close"), self.close),
        }
        for name, (text, signal) in texts.items():
            if signal is None:
                row.addStretch()
                continue
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.setProperty("main", name in ("start", "accept", "run"))
            button.clicked.connect(signal)
            row.addWidget(button)
            self._buttons[name] = button
        return row
