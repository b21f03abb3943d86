"""From a number to a number: which probabilities or distances are shown."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QWidget

from leukogui.case.query import Range
from leukogui.theme.metrics import GRID, FontSize, font


class _NumberBox(QDoubleSpinBox):
    """Takes a number when it is whole, not with each digit; its unit is at its end."""

    def __init__(self, highest: float, decimals: int, step: float, end: str) -> None:
        super().__init__()
        self._end = end
        self.setDecimals(decimals)
        self.setRange(0, highest)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.setMinimumSize(8 * GRID, 3 * GRID)
        self.lineEdit().setTextMargins(GRID // 2, 0, 0, 0)  # a style sheet cannot

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """The number, or what its end means."""
        return self._end if self._end and value >= self.maximum() else super().textFromValue(value)

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        """The number that was entered."""
        return self.maximum() if text == self._end else super().valueFromText(text)

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """What can be entered."""
        if self._end and text == self._end:
            return QValidator.State.Acceptable, text, at
        return super().validate(text, at)


class RangeRow(QWidget):
    """Two boxes below a title.

    Args:
        title: what is shown from where to where.
        highest: of the boxes; there the range is open where `end` is given.
        unit: one of the query's numbers in numbers of the boxes.
        end: words for the open end.
        suffix: behind each number.
    """

    changed = Signal(object)  # Range in the query's numbers, or None for all

    def __init__(
        self,
        title: str,
        highest: float,
        *,
        unit: float = 1.0,
        decimals: int = 0,
        step: float = 5.0,
        end: str = "",
        suffix: str = "",
    ) -> None:
        super().__init__()
        self._unit, self._is_open = unit, bool(end)
        self.low = _NumberBox(highest, decimals, step, "")
        self.high = _NumberBox(highest, decimals, step, end)
        self.high.setValue(highest)
        label = QLabel(title)
        label.setFont(font(FontSize.SMALL))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(2)
        grid.addWidget(label, 0, 0, 1, 3)
        grid.addWidget(self.low, 1, 0)
        grid.addWidget(QLabel("–"), 1, 1)
        grid.addWidget(self.high, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        for box, name in (
            (self.low, self.tr("{what}, at least")),
            (self.high, self.tr("{what}, at most")),
        ):
            box.setSuffix(suffix)
            box.setAccessibleName(name.format(what=title))
        self.low.valueChanged.connect(self._on_low)
        self.high.valueChanged.connect(self._on_high)

    @property
    def limits(self) -> Range | None:
        """What is chosen; None where nothing is left out."""
        low, high, highest = self.low.value(), self.high.value(), self.high.maximum()
        if low <= 0 and high >= highest:
            return None
        top = math.inf if self._is_open and high >= highest else high / self._unit
        return low / self._unit, top

    def show_limits(self, limits: Range | None) -> None:
        """Show what is chosen elsewhere."""
        if limits == self.limits:
            return
        low, high = limits or (0.0, math.inf)
        self._set(self.low, low * self._unit)
        self._set(self.high, min(high * self._unit, self.high.maximum()))

    def _on_low(self, value: float) -> None:
        if value > self.high.value():
            self._set(self.high, value)
        self.changed.emit(self.limits)

    def _on_high(self, value: float) -> None:
        if value < self.low.value():
            self._set(self.low, value)
        self.changed.emit(self.limits)

    @staticmethod
    def _set(box: QDoubleSpinBox, value: float) -> None:
        _without_signals(box, lambda: box.setValue(value))


def _without_signals(box: QDoubleSpinBox, do: Callable[[], None]) -> None:
    before = box.blockSignals(True)
    do()
    box.blockSignals(before)
