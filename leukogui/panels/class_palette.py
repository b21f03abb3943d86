"""The classes that a person may give a cell, with their keys, as buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from leukogui.gallery.cell_drag import carries_cells
from leukogui.settings.store import Settings
from leukogui.settings.table import PALETTE_UNFOLDED
from leukogui.theme.class_icon import SIDE, class_icon
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.flow_layout import FlowLayout
from trainer.cases.review_classes import ReviewClass

PALETTE_ACTIONS = ("accept", "unknown", "clear_review", "add_reference")
"""Ids of what else can be done with a cell."""
_FIRST = 9  # classes that a folded palette shows
_MOST_LINES = 4  # of a folded palette; with more, the cells would have no room left


class ClassPalette(QWidget):
    """Shows the review classes; one is chosen by a click, or by cells that are dropped on it.

    Folded, it shows the first nine: those of the model and the next of the lab; where they need
    many lines, by mark and key without the name.

    Args:
        actions: what else can be done with a cell, shown before the classes.
        settings: whether it is folded; all palettes alike.
    """

    chosen = Signal(str)  # id of a class

    def __init__(
        self, actions: Sequence[QAction], settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Classes for the cells"))
        self._flow = FlowLayout(self, GRID // 2)
        self._flow.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        self._buttons: dict[str, _ClassButton] = {}
        self._room: int | None = None  # width for buttons; not known before it is laid out
        self.action_buttons = [_ActionButton(action) for action in actions]
        self.unfold_button = _PaletteButton()
        self.unfold_button.setCheckable(True)
        self.unfold_button.toggled.connect(lambda on: settings.set(PALETTE_UNFOLDED, on))
        for button in self.action_buttons:
            self._flow.addWidget(button)
        self._flow.addWidget(self.unfold_button)
        settings.changed.connect(self._on_setting)
        self._show_folded()

    def show_classes(
        self, classes: Sequence[ReviewClass], keys: Mapping[str, str], language: str
    ) -> None:
        """Show these classes.

        Args:
            classes: in order.
            keys: id -> key that gives the class, in portable form; of some only.
        """
        for button in self._buttons.values():
            self._flow.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for each in classes:
            button = _ClassButton(each, keys.get(each.id, ""), each.display_name(language))
            button.clicked.connect(lambda *_, label=each.id: self.chosen.emit(label))
            button.cells_dropped.connect(lambda label=each.id: self.chosen.emit(label))
            self._buttons[each.id] = button
            self._flow.addWidget(button)
        self._flow.removeWidget(self.unfold_button)
        self._flow.addWidget(self.unfold_button)
        self._show_folded()

    def _on_setting(self, name: str) -> None:
        if name == PALETTE_UNFOLDED.key:
            self._show_folded()

    def _show_folded(self) -> None:
        unfolded = self._settings.value(PALETTE_UNFOLDED)
        with QSignalBlocker(self.unfold_button):
            self.unfold_button.setChecked(unfolded)
        self.unfold_button.setText(self.tr("Fewer classes") if unfolded else self.tr("All classes"))
        self.unfold_button.setVisible(len(self._buttons) > _FIRST)
        for at, button in enumerate(self._buttons.values()):
            button.setVisible(unfolded or at < _FIRST)
        self._show_names()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave names out where there is little room."""
        super().resizeEvent(event)
        self._room = event.size().width() - 2 * GRID
        self._show_names()

    def _show_names(self) -> None:
        classes = [button for button in self._buttons.values() if not button.isHidden()]
        widths = [button.named_width() for button in classes]
        widths += [button.sizeHint().width() for button in self.action_buttons]
        needed = sum(widths) + self._flow.spacing() * len(widths)
        fits = self._room is None or needed <= _MOST_LINES * self._room
        for button in self._buttons.values():
            button.show_name(fits or self._settings.value(PALETTE_UNFOLDED))
        self._flow.invalidate()
        self.updateGeometry()

    def button(self, label: str) -> QToolButton:
        """The button of a class; KeyError where there is none."""
        return self._buttons[label]


class _PaletteButton(QToolButton):
    """A click leaves the keyboard where it is: with the cells."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(font(FontSize.SMALL))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setProperty("chip", True)


class _ActionButton(_PaletteButton):
    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        words = self._action.text().replace("&", "")
        self.setText(_with_key(words, self._action.shortcut()))
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())


class _ClassButton(_PaletteButton):
    cells_dropped = Signal()

    def __init__(self, review_class: ReviewClass, key: str, name: str) -> None:
        super().__init__()
        self.setIcon(class_icon(review_class.mark))
        self.setIconSize(QSize(SIDE, SIDE))
        self._named = _with_key(name, QKeySequence(key))
        self._unnamed = _with_key("", QKeySequence(key)).strip()
        self.setText(self._named)
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Give the selected cells this class: {name}").format(name=name))
        self.setAcceptDrops(True)

    def named_width(self) -> int:
        """The width that it has with its name, in pixels, also where that is not shown."""
        width = self.fontMetrics().horizontalAdvance
        return self.sizeHint().width() + width(self._named) - width(self.text())

    def show_name(self, shown: bool) -> None:
        """Show the name and the key, or the key alone; its mark is there in both."""
        self.setText(self._named if shown else self._unnamed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Cells can be dropped here."""
        if carries_cells(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Give the class to the cells."""
        event.acceptProposedAction()
        self.cells_dropped.emit()


def _with_key(name: str, key: QKeySequence) -> str:
    shown = key.toString(QKeySequence.SequenceFormat.NativeText)
    return (f"{name}  {shown}" if shown else name).replace("&", "&&")
