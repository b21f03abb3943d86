"""Garbage is collected on the window's thread alone.

Python collects on whatever thread happens to allocate. A window that is part of a circle
would be taken apart by a thread that reads thumbnails, and Qt's widgets and timers may be
ended by their own thread only."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_MILLISECONDS_BETWEEN = 1000
_FULL_COLLECTION_INTERVAL = 60


class GarbageCollector(QObject):
    """Collects now and then, in the place of Python itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._turn = 0
        self._timer = QTimer(self, interval=_MILLISECONDS_BETWEEN)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect what is young; everything, which takes longer, once a minute."""
        self._turn = (self._turn + 1) % _FULL_COLLECTION_INTERVAL
        gc.collect(1 if self._turn else 2)

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()
