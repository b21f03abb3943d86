"""Thumbnails made to order: what is on the screen first, what has left it not at all.

Threads of our own rather than a QThreadPool: the order changes with every scroll, and a
pool's queue cannot be rearranged."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from leukogui.thumbnails.disk_cache import SIDE, DiskCache

RenderFunction = Callable[[Path, DiskCache, int], tuple[Any, str]]
_MAX_BYTES = 96 << 20
THREADS = 2


class ThumbnailLoader(QObject):
    """Gives thumbnails, or has them made and emits `ready` when they are there.

    Args:
        folder: of the cache on disk.
    """

    ready = Signal()  # some of those requested are there now
    _done = Signal(object, object, object)  # path, image or None, error

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._disk = DiskCache(folder)
        self._images: OrderedDict[Path, QImage] = OrderedDict()
        self._bytes = 0
        self._errors: dict[Path, str] = {}
        self._to_retry: set[Path] = set()
        self._requested: dict[str, OrderedDict[Path, int]] = {}
        self._in_progress: set[Path] = set()
        self._lock = threading.Condition()
        self._closing = False
        self._threads: list[threading.Thread] = []
        self._prune_thread: threading.Thread | None = None
        self._done.connect(self._add)
        # Many arrive between two frames: one repaint is enough for them all.
        self._ready_timer = QTimer(self, singleShot=True, interval=15)
        self._ready_timer.timeout.connect(self.ready)

    def get(self, path: Path) -> QImage | None:
        """The thumbnail if it is there."""
        image = self._images.get(path)
        if image is not None:
            self._images.move_to_end(path)
        return image

    def error(self, path: Path) -> str:
        """Why there is none, in words; empty if it was not tried or there is one."""
        return self._errors.get(path, "")

    def request(self, paths: Iterable[Path], side: int, client: str = "") -> None:
        """Make exactly these, in this order, `side` device pixels; forget earlier requests.

        Args:
            client: whose earlier requests are forgotten; those of others stay.
        """
        if self._closing:
            return
        missing = [path for path in paths if not self._is_loaded(path, side)]
        with self._lock:
            new = (path for path in missing if path not in self._in_progress)
            self._requested[client] = OrderedDict((path, side) for path in new)
            self._lock.notify_all()
        if missing and not self._threads:
            self._start()

    def prepare(self) -> None:
        """Bring in the decoders now, which takes a moment, and not for the first folder."""
        if not self._threads and not self._closing:
            self._start()

    def retry_failed(self) -> None:
        """Make what failed once more when it is wanted: the files may be there now, or whole."""
        self._to_retry = set(self._errors)

    def clear(self) -> None:
        """Drop what is in memory and what is requested: another folder was opened."""
        with self._lock:
            self._requested.clear()
        self._images.clear()
        self._errors.clear()
        self._to_retry.clear()
        self._bytes = 0

    def prune(self, most: int) -> None:
        """Keep at most `most` bytes on the disk, on a thread; the oldest go."""
        if self._closing or (self._prune_thread is not None and self._prune_thread.is_alive()):
            return
        self._prune_thread = threading.Thread(
            target=self._disk.prune, args=(most,), name="thumbnail-tidy", daemon=True
        )
        self._prune_thread.start()

    def close(self) -> None:
        """Stop the threads, and wait for them."""
        with self._lock:
            self._closing = True
            self._requested.clear()
            self._lock.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        if self._prune_thread is not None:
            self._prune_thread.join()
        self._ready_timer.stop()

    def _is_loaded(self, path: Path, side: int) -> bool:
        if path in self._errors:
            return path not in self._to_retry
        image = self._images.get(path)
        return image is not None and max(image.width(), image.height()) >= min(side, SIDE)

    def _start(self) -> None:
        for number in range(THREADS):
            thread = threading.Thread(target=self._run, name=f"thumbnail-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _add(self, path: Path, image: QImage | None, error: str) -> None:
        self._to_retry.discard(path)
        if image is None:
            self._errors[path] = error
        else:
            self._errors.pop(path, None)
            old = self._images.pop(path, None)
            self._bytes += image.sizeInBytes() - (old.sizeInBytes() if old else 0)
            self._images[path] = image
            while self._bytes > _MAX_BYTES:
                self._bytes -= self._images.popitem(last=False)[1].sizeInBytes()
        if not self._ready_timer.isActive() and not self._closing:
            self._ready_timer.start()

    # On the threads

    def _run(self) -> None:
        from leukogui.thumbnails import render  # brings the decoders

        while True:
            with self._lock:
                while not any(self._requested.values()) and not self._closing:
                    self._lock.wait()
                if self._closing:
                    return
                # The shorter list first: a few do not wait for a whole screen.
                requests = min(filter(None, self._requested.values()), key=len)
                path, side = requests.popitem(last=False)
                self._in_progress.add(path)
            image, error = self._render(path, side, render.render_thumbnail)
            with self._lock:
                self._in_progress.discard(path)
            if not self._closing:
                self._done.emit(path, image, error)

    def _render(self, path: Path, side: int, make: RenderFunction) -> tuple[QImage | None, str]:
        bgra, error = make(path, self._disk, side)
        if bgra is None:
            return None, error
        height, width = bgra.shape[:2]
        # In the screen's own format, so that painting is quick; a copy: the array is freed.
        shown = QImage(bgra.data, width, height, bgra.strides[0], QImage.Format.Format_RGB32)
        return shown.copy(), ""
