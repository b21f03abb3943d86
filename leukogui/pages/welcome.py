"""The first page: open a folder, go on where one left off, or try it on drawn cells."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.theme.icons import Icons
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.drag_and_drop import dropped_paths

_MAX_WIDTH = 560
_MAX_RECENT = 6


class WelcomePage(QWidget):
    """What a person sees first."""

    open_requested = Signal()
    demo_requested = Signal()
    folder_chosen = Signal(str)
    dropped = Signal(list)

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._drop = DropArea(self)
        self._drop.open_requested.connect(self.open_requested)
        self._drop.dropped.connect(self.dropped)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._recent_title = _quiet_label(self.tr("Recent folders"))
        self._demo = QPushButton(self.tr("Try it on drawn cells"))
        self._demo.clicked.connect(self.demo_requested)
        icons.put(self._demo, "draw")
        self.setFocusProxy(self._drop.button)
        self._lay_out()
        self.set_recent(())

    def set_recent(self, folders: tuple[str, ...]) -> None:
        """Show these folders, newest first."""
        while self._recent.count():
            taken = self._recent.takeAt(0)
            if taken is not None and (widget := taken.widget()) is not None:
                widget.deleteLater()
        for folder in folders[:_MAX_RECENT]:
            self._recent.addWidget(self._entry(folder))
        self._recent_title.setVisible(bool(folders))

    def set_drawing(self, drawing: bool) -> None:
        """Show whether the drawn cells are being drawn."""
        self._demo.setEnabled(not drawing)
        self._demo.setText(
            self.tr("Drawing cells…") if drawing else self.tr("Try it on drawn cells")
        )

    def _entry(self, folder: str) -> QToolButton:
        path = Path(folder)
        button = QToolButton()
        # `&` would be taken for a key.
        button.setText(f"{path.name or folder}    {path.parent}".replace("&", "&&"))
        button.setToolTip(folder)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setMaximumWidth(_MAX_WIDTH)
        self._icons.put(button, "folder")
        button.clicked.connect(lambda *_: self.folder_chosen.emit(folder))
        return button

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Open a folder of cells"))
        title.setFont(font(FontSize.LARGE, bold=True))
        middle = QVBoxLayout()
        middle.setSpacing(GRID)
        middle.addStretch(2)
        middle.addWidget(title)
        middle.addWidget(
            _quiet_label(self.tr("Microscope images of single Wright-Giemsa-stained blood cells."))
        )
        middle.addSpacing(GRID)
        middle.addWidget(self._drop)
        middle.addSpacing(GRID)
        row = QHBoxLayout()
        row.addWidget(self._demo)
        row.addStretch()
        middle.addLayout(row)
        middle.addSpacing(2 * GRID)
        middle.addWidget(self._recent_title)
        middle.addLayout(self._recent)
        middle.addStretch(3)
        middle.addWidget(_quiet_label(self.tr("For research use. Not a medical device.")))
        column = QWidget()
        column.setLayout(middle)
        column.setMaximumWidth(_MAX_WIDTH)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(column, 4)
        outer.addStretch(1)


class DropArea(QFrame):
    """Takes folders and images that are dropped on it."""

    open_requested = Signal()
    dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dropPlace")
        self.setAcceptDrops(True)
        self.setMinimumHeight(20 * GRID)
        self.setAccessibleName(self.tr("Drop a folder or images here"))
        button = QPushButton(self.tr("Open a folder…"))
        button.setProperty("main", True)
        button.setDefault(True)
        button.clicked.connect(self.open_requested)
        self.button = button
        text = _quiet_label(self.tr("or drop a folder or images here"))
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addStretch()
        column.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text)
        column.addStretch()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Show that it would take what hangs over it."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self._show_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Paint as before."""
        super().dragLeaveEvent(event)
        self._show_over(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Take it."""
        self._show_over(False)
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _show_over(self, over: bool) -> None:
        self.setProperty("over", over)
        self.style().unpolish(self)
        self.style().polish(self)


def _quiet_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("tone", "quiet")
    label.setWordWrap(True)
    return label
