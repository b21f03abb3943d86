"""The card of a tour: what the lit part of the window is for, and the way on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from leukogui.theme.metrics import GRID, FontSize, font

_WIDTH = 46 * GRID
_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_GAP = GRID  # to what it is about, and to the edges of the window


class TourCard(QFrame):
    """Words about one step; Enter goes on, Esc ends the tour."""

    next_requested = Signal()
    back_requested = Signal()
    end_requested = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("tourCard")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._place, self._title, self._text = QLabel(), QLabel(), QLabel()
        self._place.setProperty("tone", "quiet")
        self._place.setFont(font(FontSize.SMALL))
        self._title.setFont(font(bold=True))
        for label in (self._title, self._text):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.end = QPushButton(self.tr("Skip the tour"))
        self.back = QPushButton(self.tr("Back"))
        self.next = QPushButton(self.tr("Next"))
        self.next.setProperty("main", True)
        self._connect()
        self._lay_out()

    @property
    def words(self) -> str:
        """All that it says of the step, as a screen reader gives it."""
        return f"{self._place.text()}. {self._title.text()}. {self._text.text()}"

    def show_step(self, number: int, count: int, title: str, text: str) -> None:
        """Show a step.

        Args:
            number: of the step, from 1.
            count: of all steps.
        """
        words = self.tr("Step {number} of {count}")
        self._place.setText(words.format(number=number, count=count))
        self._title.setText(title)
        self._text.setText(text)
        self.back.setEnabled(number > 1)
        self.next.setText(self.tr("Done") if number == count else self.tr("Next"))
        self.end.setVisible(number < count)
        self.setAccessibleName(self.words)
        self.next.setAccessibleDescription(self.words)
        self.show()
        self.raise_()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.words))

    def move_beside(self, areas: list[QRect]) -> None:
        """Stand beside what it is about, where there is room, else in a corner over it."""
        room = self._window.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        width = min(_WIDTH, room.width())
        size = QSize(width, min(self._height(width), room.height()))
        self.setGeometry(QRect(find_place(areas, size, room), size))

    def event(self, event: QEvent) -> bool:
        """Take Esc and Enter before the shortcuts of the window do."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """End with Esc; nothing that is pressed here is for the cells behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.end_requested.emit()
        else:
            super().keyPressEvent(event)

    def _height(self, width: int) -> int:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return max(layout.totalHeightForWidth(width), layout.totalSizeHint().height())

    def _connect(self) -> None:
        for button in (self.end, self.back, self.next):
            button.setAutoDefault(True)  # Enter presses it, as in a dialog
        self.end.clicked.connect(self.end_requested)
        self.back.clicked.connect(self.back_requested)
        self.next.clicked.connect(self.next_requested)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.end)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self._place)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addStretch()
        column.addLayout(buttons)


def find_place(areas: list[QRect], size: QSize, room: QRect) -> QPoint:
    """Where a card hides the least of what it is about: beside it, else in a lower corner.

    Args:
        areas: what it is about, in pixels of the window.
        size: of the card.
        room: where it may be.
    """
    last = QPoint(room.right() - size.width() + 1, room.bottom() - size.height() + 1)
    if not areas:
        return last
    about = areas[0]
    for each in areas[1:]:
        about = about.united(each)
    across = min(max(about.center().x() - size.width() // 2, room.left()), last.x())
    down = min(max(about.top(), room.top()), last.y())
    beside = (
        QPoint(about.right() + _GAP, down),
        QPoint(about.left() - _GAP - size.width(), down),
        QPoint(across, about.top() - _GAP - size.height()),
        QPoint(across, about.bottom() + _GAP),
    )
    found = (each for each in beside if room.contains(QRect(each, size)))
    return next(found, QPoint(across, min(about.bottom() - _GAP - size.height(), last.y())))
