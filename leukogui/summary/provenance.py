"""How the figures were made: model, hash, device, source."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from leukogui.summary.case_summary import CaseSummary
from leukogui.summary.text import describe_provenance
from leukogui.theme.metrics import GRID, font


class ProvenancePanel(QWidget):
    """Names and values that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("How it was made"))
        title.setFont(font(bold=True))
        self._rows: list[tuple[str, str]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(1, 1)
        self._statement = QLabel()
        self._statement.setProperty("tone", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(title)
        column.addLayout(self._grid)
        column.addWidget(self._statement)

    def show_summary(self, figures: CaseSummary) -> None:
        """Show how these were made."""
        self._statement.setText(figures.raw["statement"])
        rows = describe_provenance(figures)
        if rows == self._rows:
            return
        self._rows = rows
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for at, (name, value) in enumerate(rows):
            label = QLabel(name)
            label.setProperty("tone", "quiet")
            self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(_value_label(name, value), at, 1)


def _value_label(name: str, value: str) -> QLabel:
    label = QLabel(value)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setAccessibleName(f"{name}: {value}")
    return label
