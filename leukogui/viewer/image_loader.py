"""Opens images on a thread: the one that is shown first, then its neighbours."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from leukogui.threads.latest_requests import LatestRequests
from leukogui.viewer.opened_image import OpenedImage, open_image, stamp_of

MAX_MEMORY_BYTES = 192 * 2**20
_MAX_IMAGES = 24
_MAX_PREFETCH_PIXELS = 16e6
_MAX_PREFETCH_BYTES = 24 * 2**20


class ImageLoader(QObject):
    """Keeps the images that were shown last, within bounds.

    Args:
        folder: where large images are put while they are open.
    """

    ready = Signal(object)  # OpenedImage; a coarse one may come first

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._cache: OrderedDict[Path, OpenedImage] = OrderedDict()
        self._lock = threading.Lock()
        self._requests = LatestRequests("viewer", self._load)

    def get(self, path: Path) -> OpenedImage | None:
        """An image that is open already; `request` finds out whether its file changed."""
        return self._cache.get(path)

    def request(self, now: Sequence[Path], ahead: Sequence[Path] = ()) -> None:
        """Open these in this order; `ahead` is left out where it is large."""
        self._requests.request([(path, True) for path in now] + [(path, False) for path in ahead])

    def clear(self) -> None:
        """Drop everything: another folder was opened, or the viewer closed."""
        self._requests.request([])
        with self._lock:
            self._cache.clear()

    @property
    def memory_bytes(self) -> int:
        """What the cached images take of the memory."""
        return sum(each.memory_bytes for each in [*self._cache.values()])

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        self._requests.close()
        self.clear()

    # On the thread

    def _load(self, request: tuple[Path, bool]) -> None:
        path, now = request
        kept = self._cache.get(path)
        if kept is None or kept.scale < 1 or kept.stamp != stamp_of(path):
            self._open(path, now=now)

    def _open(self, path: Path, *, now: bool) -> None:
        image = None
        if now:
            image = open_image(path, self._folder, on_coarse=self._publish)
        elif stamp_of(path)[1] <= _MAX_PREFETCH_BYTES:
            image = open_image(path, self._folder, most_pixels=_MAX_PREFETCH_PIXELS)
        if image is not None:
            self._publish(image)

    def _publish(self, image: OpenedImage) -> None:
        with self._lock:
            self._cache.pop(image.path, None)
            self._cache[image.path] = image
            while len(self._cache) > 1 and self._is_full():
                self._cache.popitem(last=False)
        if not self._requests.is_closing:
            self.ready.emit(image)

    def _is_full(self) -> bool:
        return len(self._cache) > _MAX_IMAGES or self.memory_bytes > MAX_MEMORY_BYTES
