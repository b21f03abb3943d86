"""Chooses the model: a button that shows which, and a menu with each card's main facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from leukogui.backend.model_list import ModelShelf
from leukogui.language.number_format import digits
from leukogui.widgets.elided_text import ElidingButton
from trainer.models.class_colours import readable_name

if TYPE_CHECKING:
    from trainer.models.package.card import Card, Metric


_METRICS = ("balanced_accuracy", "accuracy", "macro_f1")


class ModelChooser(ElidingButton):
    """Shows the chosen model; empty id stands for the serving one."""

    chosen = Signal(str)
    shown = Signal()  # which model is shown may be another one

    def __init__(self, shelf: ModelShelf, extra: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._extra = extra
        self._model = ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        shelf.loaded.connect(self._fill)
        self._fill()

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards of all models that can be chosen."""
        return self._shelf.cards

    @property
    def card(self) -> Card | None:
        """The card of the chosen model; None while there is none."""
        return self._shelf.card(self._model)

    def choose(self, model: str) -> None:
        """Choose by id."""
        self._model = model
        self._fill()

    def _fill(self) -> None:
        card = self.card
        self.setText(_title(card) if card else self.tr("No model yet"))
        self.setToolTip("\n".join(facts_of(card)) if card else self.tr("Import a model to begin"))
        self.setAccessibleName(self.tr("Model: {name}").format(name=self.text()))
        self._menu.clear()
        for each in self._shelf.cards:
            self._menu.addAction(
                self._entry(each, is_chosen=card is not None and each.id == card.id)
            )
        if self._shelf.cards:
            self._menu.addSeparator()
        self._menu.addAction(self._extra)
        self.shown.emit()

    def _entry(self, card: Card, *, is_chosen: bool) -> QAction:
        facts = facts_of(card)
        action = QAction(f"{_title(card)}\t{facts[0]}".replace("&", "&&"), self._menu)
        action.setToolTip("\n".join(facts))
        action.setCheckable(True)
        action.setChecked(is_chosen)
        action.triggered.connect(lambda *_: self.chosen.emit(card.id))
        return action


def facts_of(card: Card) -> list[str]:
    """The main facts of a card, a line each; the first is the shortest."""
    network = _tr("{network}, {n} classes").format(network=card.backbone, n=len(card.classes))
    lines = [network, ", ".join(readable_name(name) for name in card.classes)]
    if card.other_classes:
        others = ", ".join(readable_name(name) for name in card.other_classes)
        lines.append(_tr("tells apart as unknown: {names}").format(names=others))
    for metric in _METRICS:
        for split, figure in card.metrics.get(metric, {}).items():
            words = _tr("{metric} on {split}: {figure}")
            figures = _figure_in_words(figure)
            lines.append(words.format(metric=readable_name(metric), split=split, figure=figures))
    if card.sources:
        names = ", ".join(source.name for source in card.sources)
        lines.append(_tr("calibrated for: {names}").format(names=names))
    lines.extend(card.notes[:2])
    return lines


def _figure_in_words(figure: Metric) -> str:
    """A share in percent, with its interval and the cells behind it where they are known."""
    between = cells = ""
    if figure.low is not None and figure.high is not None:
        between = f" ({digits(figure.low * 100, '.1f')}–{digits(figure.high * 100, '.1f')})"
    if figure.n:
        cells = ", " + _tr("n = {n}").format(n=figure.n)
    return f"{digits(figure.value * 100, '.1f')} %{between}{cells}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelChooser", text)


def _title(card: Card) -> str:
    return card.title or card.id
