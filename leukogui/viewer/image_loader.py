"""Opens images on a thread: the one that is looked at first, then its neighbours."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from leukogui.threads.latest_requests import NewestWishes
from leukogui.viewer.opened_image import OpenedImage, open_image, stamp_of

MOST_BYTES = 192 * 2**20
_MOST_IMAGES = 24
_MOST_PIXELS_AHEAD = 16e6
_MOST_BYTES_AHEAD = 24 * 2**20


class ImageLoader(QObject):
    """Keeps the images that were looked at last, within bounds.

    Args:
        folder: where large images are put while they are open.
    """

    ready = Signal(object)  # OpenedImage; a coarse one may come first

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._kept: OrderedDict[Path, OpenedImage] = OrderedDict()
        self._lock = threading.Lock()
        self._wishes = NewestWishes("viewer", self._serve)

    def get(self, path: Path) -> OpenedImage | None:
        """An image that is open already; `want` finds out whether its file changed."""
        return self._kept.get(path)

    def want(self, now: Sequence[Path], ahead: Sequence[Path] = ()) -> None:
        """Open these in this order; `ahead` is left out where it is large."""
        self._wishes.want([(path, True) for path in now] + [(path, False) for path in ahead])

    def forget(self) -> None:
        """Drop everything: another folder was opened, or the viewer closed."""
        self._wishes.want([])
        with self._lock:
            self._kept.clear()

    @property
    def held_bytes(self) -> int:
        """What the kept images take of the memory."""
        return sum(each.held_bytes for each in [*self._kept.values()])

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        self._wishes.close()
        self.forget()

    # On the thread

    def _serve(self, wish: tuple[Path, bool]) -> None:
        path, now = wish
        kept = self._kept.get(path)
        if kept is None or kept.scale < 1 or kept.stamp != stamp_of(path):
            self._open(path, now=now)

    def _open(self, path: Path, *, now: bool) -> None:
        image = None
        if now:
            image = open_image(path, self._folder, on_coarse=self._tell)
        elif stamp_of(path)[1] <= _MOST_BYTES_AHEAD:
            image = open_image(path, self._folder, most_pixels=_MOST_PIXELS_AHEAD)
        if image is not None:
            self._tell(image)

    def _tell(self, image: OpenedImage) -> None:
        with self._lock:
            self._kept.pop(image.path, None)
            self._kept[image.path] = image
            while len(self._kept) > 1 and self._is_full():
                self._kept.popitem(last=False)
        if not self._wishes.leaving:
            self.ready.emit(image)

    def _is_full(self) -> bool:
        return len(self._kept) > _MOST_IMAGES or self.held_bytes > MOST_BYTES
