"""The images that were decoded last, for cells of one field that are read one after the other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

from trainer.imaging.reader import Image


@dataclass(eq=False)
class _Entry:
    """An image, or the place where the first thread that wants it puts it."""

    lock: Lock = field(default_factory=Lock)
    image: Image | None = None

    @property
    def bytes(self) -> int:
        return sum(plane.nbytes for plane in self.image.planes) if self.image else 0


class RecentImages:
    """Holds decoded images up to a size in all; of any thread.

    Threads that want the same image at once wait for the first of them to read it.
    """

    def __init__(self, most_bytes: int) -> None:
        """Args:
        most_bytes: of all pixels together; what is larger by itself is not held.
        """
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], Image]) -> Image:
        """Return the image of a key, read where it is not held.

        Raises:
            ImageError: as `read`; nothing is held then.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
        with entry.lock:
            if entry.image is None:
                entry.image = read()
            image = entry.image
        self._trim()
        return image

    def _trim(self) -> None:
        """Drop the images that were wanted longest ago."""
        with self._lock:
            total = sum(entry.bytes for entry in self._entries.values())
            while self._entries and total > self._most_bytes:
                _, dropped = self._entries.popitem(last=False)
                total -= dropped.bytes
