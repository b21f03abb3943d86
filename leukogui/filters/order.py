"""In which order the cells are shown."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QToolButton, QWidget

from leukogui.case.query import SortKey
from leukogui.theme.metrics import GRID, ICON, FontSize, font

SORT_KEYS: tuple[SortKey, ...] = (
    "folder",
    "name",
    "probability",
    "distance",
    "urgency",
    "decision",
    "disagreement",
    "suspected",
)


class OrderRow(QWidget):
    """A list of orders, a button for the other way round, a box for grouping.

    Args:
        descending: the action of the button.
        grouped: the action that the box mirrors.
    """

    chosen = Signal(str)  # SortKey

    def __init__(self, descending: QAction, grouped: QAction) -> None:
        super().__init__()
        label = QLabel(self.tr("Sorted by"))
        label.setFont(font(FontSize.SMALL))
        self.keys = QComboBox()
        self.keys.setAccessibleName(label.text())
        self.keys.addItems(self._names())
        self.keys.currentIndexChanged.connect(lambda at: self.chosen.emit(SORT_KEYS[at]))
        self.direction = around = QToolButton()
        around.setDefaultAction(descending)
        around.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        around.setIconSize(around.iconSize().scaled(ICON, ICON, Qt.AspectRatioMode.KeepAspectRatio))
        around.setAccessibleName(descending.text().replace("&", ""))
        self.box = QCheckBox(self.tr("Grouped by verdict"))
        self.box.setChecked(grouped.isChecked())
        self.box.clicked.connect(grouped.trigger)
        grouped.toggled.connect(self.box.setChecked)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID // 2)
        grid.setVerticalSpacing(2)
        grid.addWidget(label, 0, 0, 1, 2)
        grid.addWidget(self.keys, 1, 0)
        grid.addWidget(around, 1, 1)
        grid.addWidget(self.box, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)

    def show_key(self, key: SortKey) -> None:
        """Show which order it is."""
        with QSignalBlocker(self.keys):
            self.keys.setCurrentIndex(SORT_KEYS.index(key))

    def _names(self) -> list[str]:
        return [
            self.tr("Folder and name"),
            self.tr("Name alone"),
            self.tr("Probability"),
            self.tr("Distance"),
            self.tr("Urgency"),
            self.tr("Decision"),
            self.tr("Disagreement"),
            self.tr("Suspected errors"),
        ]
