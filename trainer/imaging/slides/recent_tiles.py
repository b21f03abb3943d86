"""The tiles that were decoded last, for regions that are read one beside the other."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Key = tuple[int, int]
"""Level and number of a tile."""


class RecentTiles:
    """Holds decoded tiles up to a size in all; of any thread."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._tiles: OrderedDict[Key, NDArray[np.uint8]] = OrderedDict()
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """Of all tiles together."""
        return self._bytes

    def get(self, key: Key) -> NDArray[np.uint8] | None:
        """Return a tile, None where it is not held."""
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
            return self._tiles.get(key)

    def put(self, key: Key, tile: NDArray[np.uint8]) -> None:
        """Hold a tile; those that were wanted longest ago are dropped for it."""
        with self._lock:
            before = self._tiles.pop(key, None)
            self._bytes += tile.nbytes - (before.nbytes if before is not None else 0)
            self._tiles[key] = tile
            while self._bytes > self._most_bytes and len(self._tiles) > 1:
                _, dropped = self._tiles.popitem(last=False)
                self._bytes -= dropped.nbytes
