"""One cell or two side by side; what is seen of the one is seen of the other.

Another view of the cell can take their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from leukogui.theme.metrics import GRID
from leukogui.viewer.canvas import ImageCanvas
from leukogui.viewer.pane import Pane
from leukogui.viewer.viewport import CellFrame, link_viewport

if TYPE_CHECKING:
    from leukogui.viewer.map_pair import MapPairView


class SplitView(QWidget):
    """Two panes, the right one only while it is split."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left, self.right = Pane(self), Pane(self)
        self._is_linking = False
        self.is_split = False
        self._instead: MapPairView | None = None
        self._splitter = splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(GRID // 2)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.left)
        splitter.addWidget(self.right)
        splitter.setSizes([1000, 1000])
        self._row, self._column = QHBoxLayout(), QVBoxLayout(self)
        self._row.addWidget(splitter)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._row, 1)
        self.right.hide()
        self.left.canvas.viewport_changed.connect(self.link)
        self.right.canvas.navigated.connect(self._link_back)

    @property
    def canvas(self) -> ImageCanvas:
        """The one that keys zoom and move."""
        return self.left.canvas if self._instead is None else self._instead.canvas

    @property
    def is_replaced(self) -> bool:
        """Whether another view is shown in place of the panes."""
        return self._instead is not None

    def show_instead(self, view: MapPairView | None) -> None:
        """Show another view of the cell in place of the panes; None: these again."""
        if self._instead is not None:
            self._instead.hide()
        self._instead = view
        self._splitter.setVisible(view is None)
        if view is not None:
            self._row.addWidget(view)
            view.show()

    def fit(self) -> None:
        """Show the whole image."""
        self.canvas.fit()

    def split(self, on: bool) -> None:
        """Show both, or the left one only."""
        self.is_split = on
        self.right.setVisible(on)
        self.link()

    def add_panel(self, panel: QWidget) -> None:
        """Put something below the panes."""
        self._column.addWidget(panel)

    def set_wheel(self, turns_planes: bool) -> None:
        """Whether the wheel turns through focal planes, or zooms."""
        for pane in (self.left, self.right):
            pane.canvas.wheel_turns_planes = turns_planes

    def link(self) -> None:
        """Show the same of the right cell as of the left one."""
        self._link(self.left, self.right)

    def _link_back(self) -> None:
        self._link(self.right, self.left)

    def _link(self, leader: Pane, follower: Pane) -> None:
        known = leader.canvas.image_size[0] and follower.canvas.image_size[0]
        if not self.is_split or self._is_linking or not known:
            return
        self._is_linking = True
        own, other = _cell_frames(leader, follower)
        follower.canvas.follow(link_viewport(leader.canvas.viewport, own, other))
        self._is_linking = False


def _cell_frames(leader: Pane, follower: Pane) -> tuple[CellFrame, CellFrame]:
    """Of both cells in the same way: by the classified window, else by the whole images."""
    by_window = leader.has_window and follower.has_window
    return leader.cell_frame(by_window=by_window), follower.cell_frame(by_window=by_window)
