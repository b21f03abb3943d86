"""The bar above the picture: back, which cell, zoom, what is shown, two cells."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolBar, QToolButton, QWidget

from leukogui.gallery.text import describe_id, short_name
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, ICON
from leukogui.widgets.elided_text import ElidedLabel
from trainer.domain import CellId

ActionLookup = Callable[[str], QAction]
"""An action of the table by its id."""
_GROUPS: tuple[tuple[str, ...], ...] = (
    ("zoom_out", "zoom_in", "fit", "actual_size"),
    ("heat", "map_pair", "outline"),
    ("field_cells", "add_cell", "remove_cell", "scan_part"),
    ("pin", "compare"),
)


class ViewerToolBar(QWidget):
    """Buttons of actions, the cell's name, the zoom."""

    def __init__(self, action: ActionLookup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewerBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = ElidedLabel()
        self.position = QLabel()
        self.position.setProperty("tone", "quiet")
        self.zoom = QLabel()
        self.zoom.setMinimumWidth(7 * GRID)
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.zoom.setToolTip(self.tr("100 % is one image pixel for each pixel of the screen"))
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID // 2)
        for each in ("leave_viewer", "previous", "next"):
            row.addWidget(_build_button(action(each)))
        row.addWidget(self.name, 1)
        row.addWidget(self.position)
        row.addSpacing(GRID)
        row.addWidget(self.zoom)
        row.addWidget(_build_tools(action))

    def show_cell(self, cell: CellId | None, position: int, count: int) -> None:
        """Show which cell it is; a position below 0 where it is not in the gallery."""
        self.name.setText(short_name(cell) if cell is not None else "")
        self.name.setToolTip(describe_id(cell) if cell is not None else "")
        known = position >= 0
        text = self.tr("{n} of {all}").format(
            n=format_number(position + 1), all=format_number(count)
        )
        self.position.setText(text if known else "")

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom; 1 is one image pixel for each pixel of the screen."""
        self.zoom.setText(format_zoom(zoom))
        self.zoom.setAccessibleName(self.tr("Zoom {zoom}").format(zoom=self.zoom.text()))


def format_zoom(zoom: float) -> str:
    """ "100 %"; one digit more where it is small."""
    percent = zoom * 100
    return f"{format_number(percent, '.0f' if percent >= 9.95 else '.1f')} %"


def _build_tools(action: ActionLookup) -> QToolBar:
    """The groups of buttons; those that find no room are behind an arrow at the end."""
    tools = QToolBar()
    tools.setObjectName("viewerTools")
    tools.setIconSize(QSize(ICON, ICON))
    for group in _GROUPS:
        for each in group:
            tools.addWidget(_build_button(action(each)))
        gap = QWidget()
        gap.setFixedWidth(GRID)
        tools.addWidget(gap)
    return tools


def _build_button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAccessibleName(action.toolTip())
    return button
