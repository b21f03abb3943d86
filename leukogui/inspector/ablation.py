"""What the prediction of a cell rests on: a bar for each part that is taken away, and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from leukogui.gallery.text import class_name, format_percent
from leukogui.inspector.loss_bars import LossBars, LossRow
from leukogui.inspector.prediction_panel import text_label
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.theme.metrics import GRID, FontSize
from leukogui.theme.theme import Theme


class AblationSection(QWidget):
    """A heading that unfolds; below it the bars and what they mean for this cell."""

    unfolded = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = LossBars(theme, self)
        self._words, self._facts = (
            text_label(FontSize.SMALL),
            text_label(FontSize.SMALL, tone="quiet"),
        )
        self._heading = QToolButton()
        self._heading.setText(self.tr("What the prediction rests on"))
        self._heading.setToolTip(
            self.tr("Takes parts of the cell away, one at a time, and classifies what is left")
        )
        self._heading.setAccessibleName(self._heading.text())
        self._heading.setAccessibleDescription(self._heading.toolTip())
        self._heading.setCheckable(True)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.toggled.connect(self._on_toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self._heading, 0, Qt.AlignmentFlag.AlignLeft)
        for each in (self.bars, self._words, self._facts):
            column.addWidget(each)
        self._show_arrow()
        self.clear()

    @property
    def is_unfolded(self) -> bool:
        """Whether a person wants to see it."""
        return self._heading.isChecked()

    @property
    def text(self) -> str:
        """All words, for a test and a screen reader."""
        return "\n".join(label.text() for label in (self._words, self._facts) if label.text())

    def unfold(self) -> None:
        """Open the section."""
        self._heading.setChecked(True)

    def fold(self) -> None:
        """Close the section."""
        self._heading.setChecked(False)

    def clear(self) -> None:
        """Show nothing but the heading."""
        self._set_texts("", "")
        self.bars.setVisible(False)

    def show_waiting(self) -> None:
        """Another cell: its prediction is not measured yet; the bars keep their place."""
        self.bars.show_rows(())
        self._set_texts(self.tr("Measuring …"), "")

    def show_failure(self, message: str) -> None:
        """Show in words why nothing could be measured."""
        self.clear()
        self._set_texts(message, "")

    def show_found(self, found: Mapping[str, Any]) -> None:
        """Show the result of the job `ablate`."""
        prediction = found["class"]
        names = self._part_names()
        rows = tuple(
            LossRow(names[each["part"]], each["lost"], self._describe_class(each, prediction))
            for each in found["parts"]
        )
        self.bars.show_rows(rows)
        self.bars.setVisible(bool(rows))
        self._set_texts(self._describe(found), self._list_facts(found))

    def _describe(self, found: Mapping[str, Any]) -> str:
        """Which parts the prediction hangs on, in a sentence."""
        prediction, without = found["class"], self._texts_without()
        changed = [
            without[each["part"]].format(
                kind=class_name(each["class"]), p=format_percent(each["probability"])
            )
            for each in found["parts"]
            if each["class"] != prediction
        ]
        if changed:
            return "\n".join(changed)
        return self.tr("The prediction stays {kind}, whichever of these is taken away.").format(
            kind=class_name(prediction)
        )

    def _list_facts(self, found: Mapping[str, Any]) -> str:
        facts = [translate_message(found["note"])] if found["note"] else []
        heat = found["heat"]
        if heat is not None and any(heat.values()):
            text = self.tr("Heat: {n} in the nucleus, {c} in the cytoplasm, {b} beside the cell")
            shares = (heat["nucleus"], heat["cytoplasm"], heat["beside"])
            n, c, b = (f"{format_number(100 * share, '.0f')} %" for share in shares)
            facts.append(text.format(n=n, c=c, b=b))
        if found["nucleus_share"] is not None:
            share = f"{format_number(100 * found['nucleus_share'], '.0f')} %"
            facts.append(self.tr("Nucleus: {n} of the cell's area").format(n=share))
        facts.append(
            self.tr("Bars: log-odds of the prediction that are lost; hollow, where it gains some")
        )
        return "\n".join(facts)

    def _describe_class(self, part: Mapping[str, Any], prediction: str) -> str:
        return class_name(part["class"]) if part["class"] != prediction else ""

    def _part_names(self) -> dict[str, str]:
        return {
            "nucleus": self.tr("texture of the nucleus"),
            "cytoplasm": self.tr("cytoplasm"),
            "colour": self.tr("colour"),
            "detail": self.tr("fine detail"),
            "outline": self.tr("outline"),
        }

    def _texts_without(self) -> dict[str, str]:
        return {
            "nucleus": self.tr("With an even nucleus the prediction would be {kind} ({p})."),
            "cytoplasm": self.tr("Without its cytoplasm the prediction would be {kind} ({p})."),
            "colour": self.tr("Without colour the prediction would be {kind} ({p})."),
            "detail": self.tr("Without fine detail the prediction would be {kind} ({p})."),
            "outline": self.tr("In a round outline the prediction would be {kind} ({p})."),
        }

    def _set_texts(self, words: str, facts: str) -> None:
        for label, text in ((self._words, words), (self._facts, facts)):
            label.setText(text)
            label.setVisible(bool(text))

    def _on_toggled(self, is_open: bool) -> None:
        self._show_arrow()
        self.unfolded.emit(is_open)

    def _show_arrow(self) -> None:
        arrow = Qt.ArrowType.DownArrow if self.is_unfolded else Qt.ArrowType.RightArrow
        self._heading.setArrowType(arrow)
