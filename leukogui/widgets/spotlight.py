"""Dims a window but for some of its parts, so that the eye finds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

_FRAME = 3  # around a part, in pixels
_RADIUS = 6
_DIM_OPACITY = 110  # of 255
_MOVES = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
}


@dataclass(frozen=True)
class SpotlightTarget:
    """What is left bright: a widget, or a part of it in the widget's own pixels."""

    widget: QWidget
    part: Callable[[], QRect] | None = None


class Spotlight(QWidget):
    """Lies over a window, follows its parts when they move, and lets every click through.

    Args:
        window: what it lies over.
    """

    moved = Signal()  # `areas` may be others

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._window = window
        self._targets: tuple[SpotlightTarget, ...] = ()
        self._watched: list[QWidget] = []
        self.areas: list[QRect] = []  # of the window, in its pixels
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._follow)

    def show_targets(self, targets: Sequence[SpotlightTarget]) -> None:
        """Leave these bright, as far as they can be seen."""
        self._unwatch()
        self._targets = tuple(targets)
        self._watched = _with_ancestors([each.widget for each in targets], self._window)
        for widget in self._watched:
            widget.installEventFilter(self)
        self.show()
        self.raise_()
        self._follow()

    def end(self) -> None:
        """Go."""
        self._unwatch()
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look again when something has moved, once for all that moves together."""
        if event.type() in _MOVES:
            self._timer.start()
        return super().eventFilter(watched, event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint: nothing where no part can be seen, for then there is nothing to look at."""
        if not self.areas:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dim, holes = QPainterPath(), QPainterPath()
        dim.addRect(QRectF(self.rect()))
        for area in self.areas:
            hole = QPainterPath()
            hole.addRoundedRect(QRectF(area), _RADIUS, _RADIUS)
            holes = holes.united(hole)
        painter.fillPath(dim.subtracted(holes), QColor(0, 0, 0, _DIM_OPACITY))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), _FRAME))
        painter.drawPath(holes)

    def _follow(self) -> None:
        self.setGeometry(self._window.rect())
        areas = [_visible_area(each, self._window) for each in self._targets]
        self.areas = [each for each in areas if not each.isEmpty()]
        self.update()
        self.moved.emit()

    def _unwatch(self) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []


def _with_ancestors(widgets: Sequence[QWidget], window: QWidget) -> list[QWidget]:
    """A widget gets no event when what it lies in is moved."""
    found: dict[QWidget, None] = {window: None}
    for widget in widgets:
        at: QWidget | None = widget
        while at is not None and at is not window:
            found[at] = None
            at = at.parentWidget()
    return list(found)


def _visible_area(target: SpotlightTarget, window: QWidget) -> QRect:
    """The area of the window that is seen of a target; empty where it is hidden."""
    widget = target.widget
    if not widget.isVisible() or not window.isAncestorOf(widget):
        return QRect()
    part = target.part() if target.part is not None else widget.rect()
    area = QRect(widget.mapTo(window, part.topLeft()), part.size())
    at = widget.parentWidget()
    while at is not None and at is not window:
        area &= QRect(at.mapTo(window, QPoint(0, 0)), at.size())
        at = at.parentWidget()
    return area & window.rect()
