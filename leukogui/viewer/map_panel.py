"""One of the heat maps that are compared: its class, the cell with the map, where the heat lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from leukogui.inspector.prediction_panel import text_label
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.viewer.canvas import ImageCanvas
from leukogui.widgets.elided_text import ElidedLabel


class MapPanel(QObject):
    """A caption, the canvas, and shares of the heat in words, in a column of a grid.

    Args:
        grid: its rows are as high in all columns, so that the cells lie side by side.
    """

    def __init__(self, grid: QGridLayout, column: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.caption = ElidedLabel(parent)
        self.caption.setFont(font(FontSize.BODY, bold=True))
        self.caption.setMargin(GRID // 2)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.canvas = ImageCanvas(parent)
        self.shares = text_label(FontSize.SMALL, tone="quiet")
        self.shares.setMargin(GRID // 2)
        self.shares.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        for row, widget in enumerate((self.caption, self.canvas, self.shares)):
            grid.addWidget(widget, row, column)
        grid.setColumnStretch(column, 1)

    def name(self, caption: str) -> None:
        """Name what the map is of."""
        self.caption.setText(caption)
        self.canvas.setAccessibleName(self.tr("Heat map: {what}").format(what=caption))

    def show_shares(self, records: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Show where the heat lies.

        Args:
            records: of the job `heat`, each with the name of its class, empty where it is plain.
        """
        lines = [self._describe(name, each) for name, each in records]
        self.shares.setText("\n".join(lines))
        self.canvas.setAccessibleDescription(self.shares.text())

    def _describe(self, name: str, shares: Mapping[str, Any]) -> str:
        percents = {
            part: f"{format_number(100 * shares[part], '.0f')} %"
            for part in ("nucleus", "cytoplasm", "cell", "beside")
            if shares[part] is not None
        }
        if not shares["cell"] and not shares["beside"]:
            text = self.tr("nothing speaks for it")
        elif "nucleus" in percents:
            text = self.tr("{nucleus} nucleus, {cytoplasm} cytoplasm, {beside} beside the cell")
        else:
            text = self.tr("{cell} in the cell, {beside} beside it")
        text = text.format(**percents)
        return f"{name}: {text}" if name else text
