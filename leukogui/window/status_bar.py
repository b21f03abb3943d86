"""The line below every page: live counts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from leukogui.case.results import Counts
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.elided_text import ElidedLabel


class StatusBar(QWidget):
    """Shows how many cells there are and what became of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.counts = ElidedLabel(compact=True)
        self.counts.setFont(font(FontSize.SMALL))
        self.counts.setAccessibleName(self.tr("Counts"))
        self.unread = QToolButton()
        self.unread.setFont(font(FontSize.SMALL))
        self.unread.setAutoRaise(True)
        self.unread.setAccessibleName(self.tr("Files that are not read"))
        self.unread.hide()
        self.use = QLabel(self.tr("For research use"))
        self.use.setFont(font(FontSize.SMALL))
        self.use.setProperty("tone", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        row.addWidget(self.counts)
        row.addWidget(self.unread)
        row.addStretch()
        row.addWidget(self.use)

    def show_counts(self, counts: Counts | None, *, listing: bool = False) -> None:
        """Show the counts; None while no case is open."""
        self.counts.setText("" if counts is None else self._describe(counts, listing))

    def show_unread(self, count: str, kinds: str) -> None:
        """Show how many files of the folder are not read; nothing for an empty text."""
        self.unread.setText(count)
        self.unread.setToolTip(kinds)
        self.unread.setAccessibleDescription(kinds)
        self.unread.setVisible(bool(count))

    def _describe(self, counts: Counts, listing: bool) -> str:
        total = format_number(counts.total)
        parts = [self.tr("{n} cells").format(n=total)]
        if counts.fields:
            images = format_number(counts.images)
            parts = [self.tr("{n} cells in {m} images").format(n=total, m=images)]
        elif counts.pending == counts.total:  # what they hold is not known yet
            parts = [self.tr("{n} images").format(n=total)]
        if listing:
            parts[0] += "…"
        if counts.pending < counts.total:
            counted = (
                (counts.accepted, self.tr("{n} accepted")),
                (counts.review, self.tr("{n} to review")),
                (counts.unknown, self.tr("{n} unknown")),
                (counts.failed, self.tr("{n} failed")),
                (counts.pending, self.tr("{n} not classified")),
                (counts.empty, self.tr("fields without a cell: {n}")),
            )
            parts += [text.format(n=format_number(count)) for count, text in counted if count]
        return "   ·   ".join(parts)
