"""Chooses the model: a button that shows which, and a menu with each card's main facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from leukogui.backend.model_list import ModelList
from leukogui.gallery.text import class_name
from leukogui.language.number_format import format_number
from leukogui.widgets.elided_text import ElidedButton
from trainer.models.class_colours import readable_name

if TYPE_CHECKING:
    from trainer.models.package.card import Card
    from trainer.models.package.evidence import Metric


_METRICS = ("balanced_accuracy", "accuracy", "macro_f1")


class ModelChooser(ElidedButton):
    """Shows the chosen model; empty id stands for the active one."""

    chosen = Signal(str)
    shown = Signal()  # which model is shown may be another one

    def __init__(
        self, model_list: ModelList, extra: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model_list = model_list
        self._extra = extra
        self._model = ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        model_list.loaded.connect(self._fill)
        self._fill()

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards of all models that can be chosen."""
        return self._model_list.cards

    @property
    def card(self) -> Card | None:
        """The card of the chosen model; None while there is none."""
        return self._model_list.card(self._model)

    def choose(self, model: str) -> None:
        """Choose by id."""
        self._model = model
        self._fill()

    def _fill(self) -> None:
        card = self.card
        self.setText(_card_title(card) if card else self.tr("No model yet"))
        self.setToolTip(
            "\n".join(describe_card(card)) if card else self.tr("Import a model to begin")
        )
        self.setAccessibleName(self.tr("Model: {name}").format(name=self.text()))
        self._menu.clear()
        for each in self._model_list.cards:
            self._menu.addAction(
                self._entry(each, is_chosen=card is not None and each.id == card.id)
            )
        if self._model_list.cards:
            self._menu.addSeparator()
        self._menu.addAction(self._extra)
        self.shown.emit()

    def _entry(self, card: Card, *, is_chosen: bool) -> QAction:
        facts = describe_card(card)
        action = QAction(f"{_card_title(card)}\t{facts[0]}".replace("&", "&&"), self._menu)
        action.setToolTip("\n".join(facts))
        action.setCheckable(True)
        action.setChecked(is_chosen)
        action.triggered.connect(lambda *_: self.chosen.emit(card.id))
        return action


def describe_card(card: Card) -> list[str]:
    """The main facts of a card, a line each; the first is the shortest."""
    network = _tr("{network}, {n} classes").format(network=card.backbone, n=len(card.classes))
    lines = [network, ", ".join(class_name(name) for name in card.classes)]
    if card.other_classes:
        others = ", ".join(class_name(name) for name in card.other_classes)
        lines.append(_tr("tells apart as unknown: {names}").format(names=others))
    for metric in _METRICS:
        for split, figure in card.metrics.get(metric, {}).items():
            words = _tr("{metric} on {split}: {figure}")
            figures = _format_metric(figure)
            lines.append(words.format(metric=readable_name(metric), split=split, figure=figures))
    if card.sources:
        names = ", ".join(source.name for source in card.sources)
        lines.append(_tr("calibrated for: {names}").format(names=names))
    lines.extend(card.notes[:2])
    return lines


def _format_metric(figure: Metric) -> str:
    """A share in percent, with its interval and the cells behind it where they are known."""
    between = cells = ""
    if figure.low is not None and figure.high is not None:
        between = (
            f" ({format_number(figure.low * 100, '.1f')}–{format_number(figure.high * 100, '.1f')})"
        )
    if figure.n:
        cells = ", " + _tr("n = {n}").format(n=figure.n)
    return f"{format_number(figure.value * 100, '.1f')} %{between}{cells}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelChooser", text)


def _card_title(card: Card) -> str:
    return card.title or card.id
