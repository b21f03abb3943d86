"""The rail: one button for each page. A page appears here when it exists."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from leukogui.look.sizes import GRID, ICON


class Rail(QWidget):
    """Buttons of actions: pages above, help below."""

    def __init__(self, pages: list[QAction], below: list[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID // 2, GRID, GRID // 2, GRID)
        column.setSpacing(GRID // 2)
        for action in pages:
            column.addWidget(_button(action))
        column.addStretch()
        for action in below:
            column.addWidget(_button(action))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(ICON, ICON))
    button.setAccessibleName(action.statusTip())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
