"""Thumbnails made to order: what is on the screen first, what has left it not at all.

Threads of our own rather than a QThreadPool: the order changes with every scroll, and a
pool's queue cannot be rearranged."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from leukogui.thumbnails.disk_cache import SIDE, DiskCache
from leukogui.thumbnails.key import ThumbnailKey
from trainer.domain import Box

if TYPE_CHECKING:
    from leukogui.thumbnails.render import FieldThumbnails

RenderedThumbnail = tuple[ThumbnailKey, Any, str]
_MAX_BYTES = 96 << 20
_MAX_DECODED = 3  # fields whose other thumbnails wait until there is time
_IDLE_SECONDS = 0.3  # without a request: nobody scrolls
THREADS = 2


class ThumbnailLoader(QObject):
    """Gives thumbnails, or has them made and emits `ready` when they are there.

    Args:
        folder: of the cache on disk.

    Attributes:
        boxes_of: gives the boxes of all cells of a field by its path, on any thread: when it
            is decoded for one of them, the thumbnails of all are made when there is time.
    """

    ready = Signal()  # some of those requested are there now
    _done = Signal(object, object, object)  # ThumbnailKey, image or None, error

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._disk = DiskCache(folder)
        self.boxes_of: Callable[[Path], Sequence[Box]] = lambda _: ()
        self._images: OrderedDict[ThumbnailKey, QImage] = OrderedDict()
        self._bytes = 0
        self._errors: dict[ThumbnailKey, str] = {}
        self._to_retry: set[ThumbnailKey] = set()
        self._requested: dict[str, OrderedDict[ThumbnailKey, int]] = {}
        self._in_progress: set[ThumbnailKey] = set()
        self._open_paths: set[Path] = set()
        self._requested_at = 0.0
        self._decoded: deque[FieldThumbnails] = deque(maxlen=_MAX_DECODED)
        self._lock = threading.Condition()
        self._closing = False
        self._threads: list[threading.Thread] = []
        self._prune_thread: threading.Thread | None = None
        self._done.connect(self._add)
        # Many arrive between two frames: one repaint is enough for them all.
        self._ready_timer = QTimer(self, singleShot=True, interval=15)
        self._ready_timer.timeout.connect(self.ready)

    def get(self, key: ThumbnailKey) -> QImage | None:
        """The thumbnail if it is there."""
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
        return image

    def error(self, key: ThumbnailKey) -> str:
        """Why there is none, in words; empty if it was not tried or there is one."""
        return self._errors.get(key, "")

    def request(self, keys: Iterable[ThumbnailKey], side: int, client: str = "") -> None:
        """Make exactly these, in this order, `side` device pixels; forget earlier requests.

        Args:
            client: whose earlier requests are forgotten; those of others stay.
        """
        if self._closing:
            return
        missing = [key for key in keys if not self._is_loaded(key, side)]
        with self._lock:
            new = (key for key in missing if key not in self._in_progress)
            self._requested[client] = OrderedDict((key, side) for key in new)
            self._requested_at = time.monotonic()
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
            self._decoded.clear()
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

    def _is_loaded(self, key: ThumbnailKey, side: int) -> bool:
        if key in self._errors:
            return key not in self._to_retry
        image = self._images.get(key)
        return image is not None and max(image.width(), image.height()) >= min(side, SIDE)

    def _start(self) -> None:
        for number in range(THREADS):
            thread = threading.Thread(target=self._run, name=f"thumbnail-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _add(self, key: ThumbnailKey, image: QImage | None, error: str) -> None:
        self._to_retry.discard(key)
        if image is None:
            self._errors[key] = error
        else:
            self._errors.pop(key, None)
            old = self._images.pop(key, None)
            self._bytes += image.sizeInBytes() - (old.sizeInBytes() if old else 0)
            self._images[key] = image
            while self._bytes > _MAX_BYTES:
                self._bytes -= self._images.popitem(last=False)[1].sizeInBytes()
        if not self._ready_timer.isActive() and not self._closing:
            self._ready_timer.start()

    # On the threads

    def _run(self) -> None:
        from leukogui.thumbnails import render  # brings the decoders

        while True:
            with self._lock:
                self._lock.wait_for(self._has_work, _IDLE_SECONDS if self._decoded else None)
                if self._closing:
                    return
                taken = self._take_file() if self._next() is not None else None
                idle = time.monotonic() - self._requested_at > _IDLE_SECONDS
            if taken is None:
                if idle:
                    self._keep_one()
                continue
            keys, side = taken
            for key, bgra, error in self._render(keys, side, render):
                if not self._closing:
                    self._done.emit(key, None if bgra is None else _to_image(bgra), error)
            with self._lock:
                self._in_progress.difference_update(keys)
                self._open_paths.discard(keys[0].path)
                self._lock.notify_all()

    def _has_work(self) -> bool:
        idle = time.monotonic() - self._requested_at > _IDLE_SECONDS
        return self._closing or self._next() is not None or (idle and bool(self._decoded))

    def _keep_one(self) -> None:
        """Nothing is requested: put another cell of a field that is decoded on the disk."""
        with self._lock:
            free = [field for field in self._decoded if field.path not in self._open_paths]
            if not free:
                return
            field = free[-1]
            self._decoded.remove(field)
            self._open_paths.add(field.path)  # who requests its cells does not read it again
        if field.keep_next():
            self._put_back(field)
        with self._lock:
            self._open_paths.discard(field.path)
            self._lock.notify_all()

    def _put_back(self, field: FieldThumbnails) -> None:
        with self._lock:
            self._decoded.append(field)

    def _next(self) -> ThumbnailKey | None:
        """The next one, of a file that no other thread has open.

        Of the shorter list first: a few do not wait for a whole screen.
        """
        lists = sorted(filter(None, self._requested.values()), key=len)
        keys = (key for requests in lists for key in requests)
        return next((key for key in keys if key.path not in self._open_paths), None)

    def _take_file(self) -> tuple[list[ThumbnailKey], int]:
        """Take the next one out of the lists, and of a field all cells that are requested."""
        first = self._next()
        assert first is not None
        taken: dict[ThumbnailKey, int] = {}
        for requests in self._requested.values():
            same = [key for key in requests if key == first or _are_cells(key, first)]
            taken.update((key, requests.pop(key)) for key in same)
        self._in_progress.update(taken)
        self._open_paths.add(first.path)
        return list(taken), max(taken.values())

    def _render(
        self, keys: list[ThumbnailKey], side: int, render: ModuleType
    ) -> Iterator[RenderedThumbnail]:
        path, boxes = keys[0].path, [key.box for key in keys if key.box is not None]
        if not boxes:
            yield keys[0], *render.render_thumbnail(path, self._disk, side)
            return
        field = self._reopen(path)
        if field is None:
            others = [box for box in self.boxes_of(path) if box not in boxes]
            field = render.FieldThumbnails(path, others, self._disk)
        for box in boxes:
            yield ThumbnailKey(path, box), *field.render(box, side)
        if field.is_decoded:
            self._put_back(field)

    def _reopen(self, path: Path) -> FieldThumbnails | None:
        """A field that is decoded already."""
        with self._lock:
            found = next((field for field in self._decoded if field.path == path), None)
            if found is not None:
                self._decoded.remove(found)
            return found


def _are_cells(one: ThumbnailKey, other: ThumbnailKey) -> bool:
    """Whether both are of cells of one field."""
    return one.path == other.path and one.box is not None and other.box is not None


def _to_image(bgra: Any) -> QImage:
    height, width = bgra.shape[:2]
    # In the screen's own format, so that painting is quick; a copy: the array is freed.
    shown = QImage(bgra.data, width, height, bgra.strides[0], QImage.Format.Format_RGB32)
    return shown.copy()
