"""Thumbnails on disk, by the path, time and size of the file; of a cell by its box, too."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Box

_LOG = logging.getLogger(__name__)
SIDE = 320
MAX_DISK_BYTES = 512 << 20
_QUALITY = 90
_PIXELS = 2  # to be raised when images are read to other pixels than before


class DiskCache:
    """A folder of small JPEGs; of no worth, so that it can be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writable = True

    def key(self, path: Path, box: Box | None = None) -> str:
        """The name of a file's thumbnail as long as the file stays as it is; OSError if gone.

        Args:
            box: of a cell, for a thumbnail of it alone.
        """
        status = path.stat()
        what = f"{path}|{status.st_mtime_ns}|{status.st_size}|{SIDE}|{_PIXELS}"
        if box is not None:
            what += f"|{box.x}|{box.y}|{box.width}|{box.height}"
        return hashlib.sha256(what.encode("utf-8", "surrogateescape")).hexdigest()[:40]

    def has(self, key: str) -> bool:
        """Whether there is one."""
        return self._path_of(key).exists()

    def get(self, key: str) -> NDArray[np.uint8] | None:
        """RGB (H, W, 3), or None where there is none."""
        import cv2  # not needed for the first second

        try:
            data = np.fromfile(self._path_of(key), np.uint8)
        except OSError:
            return None
        found = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if data.size else None
        return None if found is None else np.asarray(found, np.uint8)

    def put(self, key: str, rgb: NDArray[np.uint8]) -> None:
        """Keep it; a full or forbidden disk ends the keeping, not the program."""
        if not self._writable:
            return
        import cv2

        done, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        if not done:
            return
        place = self._path_of(key)
        part = place.with_suffix(f".{threading.get_ident()}.part")
        try:
            # Renamed, so that nobody reads half of it; not flushed: it can be made again.
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data.tobytes())
            part.replace(place)
        except OSError as error:
            _LOG.warning("thumbnails are not kept: %s", error)
            self._writable = False

    def prune(self, most: int = MAX_DISK_BYTES) -> None:
        """Delete the oldest until at most `most` bytes are left."""
        found: list[tuple[float, int, str]] = []
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(folder, name)  # noqa: PTH118 - speed
                try:
                    status = os.stat(path)  # noqa: PTH116 - speed
                except OSError:
                    continue
                found.append((status.st_mtime, status.st_size, path))
        excess = sum(size for _, size, _ in found) - most
        for _, size, path in sorted(found):
            if excess <= 0:
                break
            Path(path).unlink(missing_ok=True)
            excess -= size

    def _path_of(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.jpg"
