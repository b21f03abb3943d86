"""The page of the models: what there is, what each is worth, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from leukogui.pages.models.detail import ModelDetail, ModelFacts
from leukogui.pages.models.table import ModelTable, ModelTableModel, ShownModel
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from leukogui.case.record_queries import RunRow
    from trainer.models.package.lineage import LineageNode
    from trainer.models.package.trail import Trail

ACTS = ("promote", "rollback", "rename", "archive", "restore", "delete", "export", "import")


class ModelsPage(QWidget):
    """Lists the models; the buttons act on the one that is chosen."""

    act_requested = Signal(str)  # one of ACTS
    test_requested = Signal()
    evaluate_requested = Signal()
    run_requested = Signal(object)  # RunRow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = ModelTableModel()
        self.table = ModelTable(self.models)
        self.detail = ModelDetail()
        self.with_archived = QCheckBox(self.tr("Show archived models"))
        self.verdict = plain_label()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the self-test"))
        self.buttons = self._build_buttons()
        self.test = QPushButton()
        self.evaluate = QPushButton(self.tr("Measure and judge…"))
        self.evaluate.setToolTip(
            self.tr("On labelled cells: what it is worth, and whether it beats the serving model")
        )
        self._all: tuple[ShownModel, ...] = ()
        self._trees: tuple[LineageNode, ...] = ()
        self._trail: Trail | None = None
        self._runs: dict[str, list[RunRow]] = {}
        self.setFocusProxy(self.table)
        self._build()
        self._connect()
        self.set_testing(False)
        self.show_verdict("")

    def show_models(
        self, models: Sequence[ShownModel], trees: Sequence[LineageNode], trail: Trail
    ) -> None:
        """Show these; the chosen one stays."""
        chosen = self.current.entry.name if self.current is not None else ""
        self._all, self._trees, self._trail = tuple(models), tuple(trees), trail
        self._fill(chosen)

    def show_runs(self, runs: dict[str, list[RunRow]]) -> None:
        """Show which runs were made with which model."""
        self._runs = runs
        self._show_current()

    @property
    def current(self) -> ShownModel | None:
        """The model that the buttons act on."""
        return self.table.current

    def set_testing(self, testing: bool) -> None:
        """Show that the self-test goes on, or that it is over."""
        self.progress.setVisible(testing)
        self.progress.setRange(0, 0)
        self.test.setText(self.tr("Stop the test") if testing else self.tr("Self-test (5 s)"))

    def show_verdict(self, text: str) -> None:
        """Show what the self-test found; nothing for an empty text."""
        self.verdict.setText(text)
        self.verdict.setVisible(bool(text))

    def _fill(self, chosen: str) -> None:
        archived = self.with_archived.isChecked()
        shown = [each for each in self._all if archived or not each.entry.archived]
        self.models.show_models(shown)
        serving = next((each.entry.name for each in shown if each.entry.serving), "")
        self.table.choose(chosen or serving)
        self._show_current()

    def _show_current(self) -> None:
        current = self.current
        self._show_possible(current)
        if current is None or self._trail is None:
            return
        runs = self._runs.get(current.entry.name, [])
        self.detail.show_model(ModelFacts(current.entry, self._trees, self._trail, runs))

    def _show_possible(self, current: ShownModel | None) -> None:
        entry = current.entry if current is not None else None
        readable = entry is not None and entry.card is not None
        own = entry is not None and not entry.serving
        archived = entry is not None and entry.archived
        has_promotion = self._trail is not None and bool(self._trail.promotions)
        possible = {
            "promote": readable and own and not archived,
            "rollback": has_promotion,
            "rename": entry is not None,
            "archive": own and not archived,
            "restore": archived,
            "delete": entry is not None and own and not entry.bundled,
            "export": readable,
            "import": True,
        }
        for name, is_possible in possible.items():
            self.buttons[name].setEnabled(is_possible)
        self.buttons["archive"].setVisible(not archived)
        self.buttons["restore"].setVisible(archived)
        self.test.setEnabled(readable)
        self.evaluate.setEnabled(readable)

    def _build_buttons(self) -> dict[str, QPushButton]:
        texts = {
            "promote": self.tr("Let it serve…"),
            "rollback": self.tr("Roll back"),
            "rename": self.tr("Rename…"),
            "archive": self.tr("Archive"),
            "restore": self.tr("Take out of the archive"),
            "delete": self.tr("Delete…"),
            "export": self.tr("Export…"),
            "import": self.tr("Import…"),
        }
        return {name: QPushButton(text) for name, text in texts.items()}

    def _connect(self) -> None:
        for name, button in self.buttons.items():
            button.clicked.connect(lambda *_, name=name: self.act_requested.emit(name))
        self.test.clicked.connect(self.test_requested)
        self.evaluate.clicked.connect(self.evaluate_requested)
        self.table.chosen.connect(self._show_current)
        self.table.opened.connect(self.detail.card.setFocus)
        self.detail.lineage.chosen.connect(self.table.choose)
        self.detail.run_requested.connect(self.run_requested)
        self.with_archived.toggled.connect(
            lambda *_: self._fill(self.current.entry.name if self.current is not None else "")
        )

    def _build(self) -> None:
        title = QLabel(self.tr("Models"))
        title.setFont(font(FontSize.LARGE, bold=True))
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self.with_archived)
        self.buttons["promote"].setProperty("main", True)
        self.buttons["rollback"].setToolTip(
            self.tr("The model that served before the last promotion serves again")
        )
        row = QWidget()
        flow = FlowLayout(row, GRID)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (*self.buttons.values(), self.evaluate, self.test):
            flow.addWidget(button)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(row)
        column.addWidget(self.progress)
        column.addWidget(self.verdict)
        column.addWidget(split, 1)
        buttons = (*self.buttons.values(), self.evaluate, self.test)
        order = (self.table, self.with_archived, *buttons, self.detail)
        for first, second in pairwise(order):
            self.setTabOrder(first, second)
