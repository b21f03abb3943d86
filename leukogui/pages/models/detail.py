"""What is known of one model: its card, what it was made from, what was done with it, its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QTabWidget, QTextBrowser, QTreeWidget, QTreeWidgetItem, QWidget

from leukogui.case.record_queries import RunRow
from leukogui.pages.models.history import ActTable, RunTable
from leukogui.pages.models.text import (
    act_person,
    describe_act,
    describe_state,
    entry_title,
    format_moment,
)
from leukogui.theme.metrics import GRID, font

if TYPE_CHECKING:
    from trainer.models.package.card import Card
    from trainer.models.package.lineage import LineageNode
    from trainer.models.package.registry import ModelEntry
    from trainer.models.package.trail import Trail

_ID = Qt.ItemDataRole.UserRole


class CardView(QTextBrowser):
    """The card as text; nothing that it names is loaded or opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: QTextDocument | None = None
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName(self.tr("Card of the model"))

    def show_card(self, card: Card | None, problem: str) -> None:
        """Show a card, or why there is none."""
        from leukogui.language.card_text import translate_card_text
        from trainer.models.package.card_text import model_card_text

        if card is None:
            self.setPlainText(problem)
        else:
            # Laid out once, not with every paragraph as the one that is shown would be.
            document = QTextDocument(self)
            features = QTextDocument.MarkdownFeature
            document.setDocumentMargin(2 * GRID)
            document.setMarkdown(
                translate_card_text(model_card_text(card)),
                features.MarkdownDialectGitHub | features.MarkdownNoHTML,
            )
            self.setDocument(document)
            if self._shown is not None:
                self._shown.deleteLater()
            self._shown = document

    def loadResource(self, _type: int, _name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """A card may come from anywhere: no file that it names is read."""
        return None


class LineageTree(QTreeWidget):
    """Which model was made from which, each with what was done with it below its name."""

    chosen = Signal(str)  # id of a model

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lineage")
        self.setHeaderLabels([self.tr("Model"), self.tr("Made or done"), self.tr("By whom")])
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setAccessibleName(self.tr("Which model was made from which"))
        self.itemActivated.connect(self._choose)

    def show_trees(self, trees: Sequence[LineageNode], trail: Trail, current: str) -> None:
        """Show all trees; the current model is marked and in sight."""
        self.clear()
        for tree in trees:
            self.addTopLevelItem(self._item(tree, trail, current))
        self.expandAll()
        for column, width in enumerate((52, 52)):
            self.setColumnWidth(column, width * GRID)
        marked = self.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive)
        for item in marked:
            if item.data(0, _ID) == current:
                self.setCurrentItem(item)

    def _item(self, node: LineageNode, trail: Trail, current: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(0, _ID, node.model)
        if node.entry is None:
            item.setText(0, self.tr("{model}, not here").format(model=node.model))
        else:
            name, state = entry_title(node.entry), describe_state(node.entry)
            item.setText(0, f"{name}, {state}")
            if node.entry.card is not None:
                item.setText(1, self._describe_origin(node.entry.card))
        if node.model == current:
            item.setFont(0, font(bold=True))
        for act in trail.of_model(node.model):
            line = QTreeWidgetItem([format_moment(act.at), describe_act(act), act_person(act)])
            item.addChild(line)
        for child in node.children:
            item.addChild(self._item(child, trail, current))
        return item

    def _describe_origin(self, card: Card) -> str:
        made = card.adaptation
        if made is not None:
            text = self.tr("Adapted by {n} corrected cells on {time}")
            return text.format(n=made.cell_count, time=format_moment(card.created))
        sources = ", ".join(source.name for source in card.sources)
        text = self.tr("Trained on {time} on {sources}")
        return text.format(time=format_moment(card.created), sources=sources or "–")

    def _choose(self, item: QTreeWidgetItem) -> None:
        if model := item.data(0, _ID):
            self.chosen.emit(model)


@dataclass(frozen=True)
class ModelFacts:
    """What the tabs show of one model.

    Attributes:
        trees: of all models.
        runs: that were made with it, oldest first.
    """

    entry: ModelEntry
    trees: Sequence[LineageNode]
    trail: Trail
    runs: Sequence[RunRow]


class ModelDetail(QTabWidget):
    """Tabs about one model; each is filled when it is seen, for a card takes its time."""

    run_requested = Signal(object)  # RunRow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card, self.lineage = CardView(), LineageTree()
        self.acts, self.runs = ActTable(), RunTable()
        self._facts: ModelFacts | None = None
        self._filled: dict[QWidget, ModelFacts] = {}
        self.setDocumentMode(True)
        self.addTab(self.card, self.tr("Card"))
        self.addTab(self.lineage, self.tr("Lineage"))
        self.addTab(self.acts, self.tr("History"))
        self.addTab(self.runs, self.tr("Runs made with it"))
        self.runs.opened.connect(self.run_requested)
        self.currentChanged.connect(lambda *_: self._fill())

    def show_model(self, facts: ModelFacts) -> None:
        """Show these from now on."""
        self._facts = facts
        self.setTabText(3, self.tr("Runs made with it ({n})").format(n=len(facts.runs)))
        self._fill()

    def _fill(self) -> None:
        """Fill the tab that is seen, unless it shows this already."""
        facts, tab = self._facts, self.currentWidget()
        if facts is None or self._filled.get(tab) == facts:
            return
        before = self._filled.get(tab)
        self._filled[tab] = facts
        entry = facts.entry
        if tab is self.card and (before is None or before.entry != entry):
            self.card.show_card(entry.card, entry.problem)
        elif tab is self.lineage:
            self.lineage.show_trees(facts.trees, facts.trail, entry.name)
        elif tab is self.acts:
            self.acts.show_acts(facts.trail.of_model(entry.name))
        elif tab is self.runs:
            self.runs.show_runs(facts.runs)
