"""The differential before and after the review, as far as persons reviewed the case."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from leukogui.case.live_differential import LiveDifferential
from leukogui.language.number_format import format_number
from leukogui.panels.review_progress import DifferentialTable
from leukogui.summary.labels import build_column, heading, text_label


class ReviewSection(QWidget):
    """Shows what a review changed: of each class the cells and the share, before and after."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = DifferentialTable()
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = text_label("quiet")
        title = heading(self.tr("Before and after the review"))
        column = build_column(title, self.text, self.table)
        column.setContentsMargins(0, 0, 0, 0)
        self.setLayout(column)
        self.hide()

    def show_differential(self, now: LiveDifferential | None, titles: Sequence[str]) -> None:
        """Show the counts of the whole case; nothing where nobody reviewed a cell.

        Args:
            titles: of the classes, by the numbers of their groups.
        """
        self.setVisible(now is not None and now.reviewed > 0)
        if now is None or not now.reviewed:
            return
        words = self.tr(
            "White cells, the 100 %: {before} as the model accepted them, {after} with the "
            "review; {n} open."
        )
        self.text.setText(
            words.format(
                before=format_number(now.white_before),
                after=format_number(now.white_now),
                n=format_number(now.open),
            )
        )
        self.table.show_differential(now, titles)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + self.table.verticalHeader().length() + 2)
