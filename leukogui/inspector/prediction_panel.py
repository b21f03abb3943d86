"""The prediction of one cell: class, decision and why, all probabilities, facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from leukogui.case.results import CellResult
from leukogui.gallery.text import class_title, describe_reason, format_percent
from leukogui.inspector.probability_bars import ProbabilityBars
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme
from trainer.domain import Decision
from trainer.models.class_colours import marks_of

if TYPE_CHECKING:
    from trainer.cases.review_classes import ReviewClass
    from trainer.domain import Prediction


class PredictionPanel(QWidget):
    """The words and bars about one cell; the inspector and the viewer both show them."""

    chosen = Signal(int)  # output of the model whose heat map is requested

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._result: CellResult | None = None
        self._prediction: Prediction | None = None
        self._outputs: tuple[str, ...] = ()
        self._output = -1
        self._titles: Mapping[str, str] = {}
        self.bars = ProbabilityBars(self)
        self._review = text_label(bold=True)
        self._review.hide()
        self._label = text_label(FontSize.LARGE)
        self._reason = text_label(tone="quiet")
        self._map_note = text_label(FontSize.SMALL, tone="quiet")
        self._map_note.hide()
        self._facts = text_label(FontSize.SMALL, tone="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        shown = (self._review, self._label, self._reason, self.bars, self._map_note, self._facts)
        for each in shown:
            column.addWidget(each)
        self.bars.chosen.connect(self.chosen)
        theme.changed.connect(self._show_bars)

    @property
    def text(self) -> str:
        """All words, for a test and a screen reader."""
        return "\n".join(each.text() for each in self._labels if each.text())

    @property
    def _labels(self) -> tuple[QLabel, ...]:
        return (self._review, self._label, self._reason, self._map_note, self._facts)

    def show_prediction(
        self,
        result: CellResult | None,
        prediction: Prediction | None,
        outputs: tuple[str, ...],
        output: int,
        *,
        empty: bool = False,
    ) -> None:
        """Show a prediction.

        Args:
            result: the short part; None where no run has classified the cell.
            prediction: the whole, as soon as it was read.
            outputs: names of the model's outputs, by its card.
            output: the one whose heat map is shown; -1 for none.
            empty: whether it is a field without a cell.
        """
        self._result, self._prediction = result, prediction
        self._outputs, self._output = outputs, output
        if empty:
            self._label.setText(self.tr("No cell was found"))
            self._reason.setText(
                self.tr("If there is a white cell, add it in the viewer by a double click.")
            )
        elif result is None:
            self._label.setText(self.tr("Not classified yet"))
            self._reason.clear()
        else:
            self._label.setText(self._headline(result))
            self._reason.setText(describe_reason(result))
        self._show_bars()

    def name_classes(self, classes: Sequence[ReviewClass], _: object, language: str) -> None:
        """Write these classes by their display names; of the others, titles of their names."""
        self._titles = {each.id: each.display_name(language) for each in classes}
        if self._result is not None:
            self._label.setText(self._headline(self._result))
        self._show_bars()

    def show_map_note(self, text: str) -> None:
        """Show what is to be known of the model's heat maps; nothing if empty."""
        self._map_note.setText(text)
        self._map_note.setVisible(bool(text))

    def show_review(self, text: str) -> None:
        """Show what a person decided on the cell; nothing for ""."""
        self._review.setText(text)
        self._review.setVisible(bool(text))

    def show_facts(self, facts: list[str]) -> None:
        """Show facts of the image, and below them those of the prediction."""
        if self._prediction is not None:
            facts = facts + self._prediction_facts(self._prediction)
        self._facts.setText("\n".join(facts))

    def _headline(self, result: CellResult) -> str:
        """What counts: of an unknown cell the likeliest class is not what it is."""
        if result.decision is Decision.FAILED:
            return self.tr("Could not be read")
        if result.decision is Decision.UNKNOWN:
            return self.tr("Unknown")
        # The figure and its sign stay on one line.
        share = format_percent(result.probability).replace(" ", "\u00a0")
        return f"{self._title(result.label)}  {share}"

    def _title(self, name: str) -> str:
        return self._titles.get(name) or class_title(name)

    def _show_bars(self) -> None:
        prediction = self._prediction
        known = prediction is not None and bool(prediction.probabilities)
        self.bars.setVisible(known)
        if prediction is None or not known:
            return
        names = self._outputs or tuple(
            self.tr("output {n}").format(n=at + 1) for at in range(len(prediction.probabilities))
        )
        self.bars.show_rows(
            [self._title(name) for name in names],
            prediction.probabilities,
            list(marks_of(names).values()),
            self._theme.tones,
        )
        self.bars.set_current(self._output)

    def _prediction_facts(self, prediction: Prediction) -> list[str]:
        facts = [self.tr("Model {id}, {how}").format(id=prediction.model, how=prediction.precision)]
        if prediction.distance is not None:
            text = self.tr("Distance to known cells: {d} of the limit")
            facts.append(text.format(d=format_number(prediction.distance, ".2f")))
        return facts


def default_output(prediction: Prediction, outputs: tuple[str, ...]) -> int:
    """The output that a heat map is shown of until a person chooses another.

    -1 while the model's outputs are not known: any would be a guess.
    """
    if prediction.label in outputs:
        return outputs.index(prediction.label)
    return 0 if outputs else -1


def text_label(size: FontSize = FontSize.BODY, *, bold: bool = False, tone: str = "") -> QLabel:
    """A label for words that may hold anything: plain, wrapped, selectable."""
    label = QLabel()
    label.setFont(font(size, bold=bold))
    label.setTextFormat(Qt.TextFormat.PlainText)  # names and reasons may hold anything
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("tone", tone)
    return label
