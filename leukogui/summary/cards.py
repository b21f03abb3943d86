"""A row of counts, large enough to be read from afar."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from leukogui.language.number_format import format_number
from leukogui.summary.case_summary import CaseSummary
from leukogui.theme.metrics import GRID, FontSize, font


class CountCards(QWidget):
    """Images, cells where there are fields, accepted, to review, unknown, failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._titles = {
            "images": self.tr("Images"),
            "cells": self.tr("Cells"),
            "accept": self.tr("Accepted"),
            "review": self.tr("To review"),
            "unknown": self.tr("Unknown"),
            "failed": self.tr("Failed"),
        }
        self._numbers = {key: self._add(title) for key, title in self._titles.items()}

    def show_summary(self, figures: CaseSummary) -> None:
        """Show the counts."""
        counts = {"images": figures.images, "cells": figures.cells, **figures.decisions}
        for key, label in self._numbers.items():
            label.setText(format_number(counts[key]))
            card = label.parentWidget()
            assert card is not None
            card.setAccessibleName(f"{self._titles[key]}: {counts[key]}")
            card.setVisible(key != "cells" or bool(figures.fields))

    def number(self, key: str) -> str:
        """What a card shows."""
        return self._numbers[key].text()

    def _add(self, title: str) -> QLabel:
        card = QFrame()
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(0)
        number = QLabel("")
        number.setFont(font(FontSize.LARGE, bold=True))
        below = QLabel(title)
        below.setProperty("tone", "quiet")
        column.addWidget(number)
        column.addWidget(below)
        self._row.addWidget(card, 1)
        return number
