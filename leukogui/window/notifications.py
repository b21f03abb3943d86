"""Notifications: what happened, in words, without stopping anybody. They fade; errors wait."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QAbstractAnimation, QEvent, QObject, QPropertyAnimation, Qt, QTimer
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from leukogui.language.worker_messages import translate_message
from leukogui.theme.metrics import GRID
from trainer.errors import UserError

Remedy = tuple[str, Callable[[], object]]
"""The text of a notification's button, and what it does."""

_VISIBLE_MILLISECONDS = 6000
_FADE_MILLISECONDS = 400
_MAX_WIDTH = 640
_MAX_VISIBLE = 4
_MAX_WORD_LENGTH = 32


class Notification(QWidget):
    """One notification; it goes by itself unless it stays."""

    def __init__(
        self,
        parent: QWidget,
        message: str,
        hint: str,
        *,
        stays: bool,
        action: Remedy | None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.message, self.hint = message, hint
        self._fill(action)
        self._effect = QGraphicsOpacityEffect(self)
        self._effect.setEnabled(False)  # an effect that does nothing still costs
        self.setGraphicsEffect(self._effect)
        self._fade_animation = QPropertyAnimation(self._effect, b"opacity", self)
        self._fade_animation.setDuration(_FADE_MILLISECONDS)
        self._fade_animation.setStartValue(1.0)
        self._fade_animation.setEndValue(0.0)
        self._fade_animation.finished.connect(self.dismiss)
        self._timer = QTimer(self, singleShot=True, interval=_VISIBLE_MILLISECONDS)
        self._timer.timeout.connect(self._fade)
        if not stays:
            self._timer.start()

    def _fill(self, action: Remedy | None) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        whole = f"{self.message} {self.hint}".strip()
        text = QLabel(_breakable(whole))
        text.setTextFormat(Qt.TextFormat.PlainText)  # names of files may hold anything
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        text.setWordWrap(True)  # last: it adds to the policy that the height follows the width
        row.addWidget(text, 1)
        if action is not None:
            row.addWidget(self._button(action[0], action[1]))
        close = self._button("×", self.dismiss)
        close.setAccessibleName(self.tr("Close the notice"))
        row.addWidget(close)
        self.setAccessibleName(whole)

    def _button(self, text: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.clicked.connect(lambda *_: do())
        return button

    def dismiss(self) -> None:
        """Go now."""
        self._timer.stop()
        self._fade_animation.stop()
        self.setParent(None)
        self.deleteLater()

    def _fade(self) -> None:
        if self.underMouse():
            self._timer.start()
            return
        self._effect.setEnabled(True)
        if self._fade_animation.state() != QAbstractAnimation.State.Running:
            self._fade_animation.start()


class Notifications(QObject):
    """Shows notifications at the bottom of a widget, over the gallery, the newest lowest."""

    def __init__(self, over: QWidget, bottom: int = 0) -> None:
        super().__init__(over)
        self._parent_widget = over
        self._bottom = bottom
        over.installEventFilter(self)

    @property
    def shown(self) -> list[Notification]:
        """What can be read now, oldest first."""
        children = self._parent_widget.findChildren(
            Notification, options=Qt.FindChildOption.FindDirectChildrenOnly
        )
        return [each for each in children if not each.isHidden()]

    def show(
        self,
        message: str,
        hint: str = "",
        *,
        stays: bool = False,
        action: Remedy | None = None,
    ) -> None:
        """Show a notification; it `stays` until it is closed, for errors and what must be read.

        A message of the worker may be given as it came.
        """
        message, hint = translate_message(message), translate_message(hint)
        for same in self.shown:
            if (same.message, same.hint) == (message, hint):
                same.dismiss()
        for old in self.shown[: -_MAX_VISIBLE + 1]:
            old.dismiss()
        notice = Notification(self._parent_widget, message, hint, stays=stays, action=action)
        notice.destroyed.connect(self._arrange_later)
        notice.show()
        self._arrange()

    def dismiss(self, message: str) -> None:
        """Close those with this message, which does not hold any more."""
        for notice in self.shown:
            if notice.message == message:
                notice.dismiss()

    def show_error(self, error: UserError, action: Remedy | None = None) -> None:
        """Show what went wrong, and a button for what helps; it stays until it is closed."""
        self.show(error.message, error.hint, stays=True, action=action)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay at the bottom."""
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)

    def _arrange_later(self) -> None:
        try:
            QTimer.singleShot(0, self, self._arrange)
        except RuntimeError:  # the window is going
            return

    def _arrange(self) -> None:
        area = self._parent_widget.rect().adjusted(8 * GRID, 0, -2 * GRID, -2 * GRID - self._bottom)
        width = min(_MAX_WIDTH, area.width())
        left = area.left() + (area.width() - width) // 2  # the panels at both sides stay free
        bottom = area.bottom()
        shown = self.shown
        for notice in reversed(shown):
            wrapped = notice.hasHeightForWidth()
            height = notice.heightForWidth(width) if wrapped else notice.sizeHint().height()
            notice.setGeometry(left, bottom - height, width, height)
            bottom -= height + GRID
        for notice in shown:  # who is raised becomes the last child, and so the newest
            notice.raise_()


def _breakable(text: str) -> str:
    """With places in long names and paths where a line may end, so that nothing is cut off."""
    return re.sub(rf"(\S{{{_MAX_WORD_LENGTH}}})(?=\S)", "\\1\u200b", text)
