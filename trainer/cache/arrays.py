"""A cache on the disk of large arrays, by what they were computed from; read in parts.

One file each, in a folder that may be deleted at any time. A file is complete or not there, its
last bytes are a checksum of the others, and what is damaged is taken for missing."""

from __future__ import annotations

import logging
import math
import os
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from trainer.atomic_files import free_bytes, write_with
from trainer.errors import UserError

log = logging.getLogger(__name__)

# All files together. The largest networks need 5 GB for 5,000 cells in 8 views of 128 px; a
# folder beyond this would surprise whoever searches for what fills the disk.
LIMIT_BYTES = 8 << 30
MAX_ARRAYS = 4
SPARE_BYTES = 2 << 30  # stays free for the rest of a training, and for other programs
STALE_SECONDS = 3600  # after so long without a byte, nobody writes to a file any more

_CHUNK = 1 << 24
_CHECK = 4  # bytes of the CRC-32 at the end

Halves = NDArray[np.float16]


class NotCachedError(UserError):
    """Something cannot be cached; the work can be done without."""


class ArrayCache:
    """Key -> one float16 array."""

    def __init__(
        self, folder: Path, limit_bytes: int = LIMIT_BYTES, spare_bytes: int = SPARE_BYTES
    ) -> None:
        """Args:
        folder: holds nothing else; created where it is not there.
        limit_bytes: the most that its files may take.
        spare_bytes: stay free on the disk.
        """
        self._folder = folder
        self._limit = limit_bytes
        self._spare = spare_bytes

    def get(self, key: bytes, shape: tuple[int, ...]) -> Halves | None:
        """Open the array of a key, float16, not read into memory; None where there is none.

        Args:
            key: of everything that decides it, see `trainer.cache.results.key_of`.
            shape: that it must have.
        """
        path = self._path(key)
        try:
            array: Halves = np.load(path, mmap_mode="r", allow_pickle=False)
            if array.shape != shape or array.dtype != np.float16 or not _is_whole(path, array):
                raise ValueError("its contents are not what was written")
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError) as error:
            log.warning("%s is damaged and made anew: %s", path, error)
            return None
        return array

    def put(self, key: bytes, shape: tuple[int, ...], blocks: Iterable[Halves]) -> Halves:
        """Store an array, and return it as `get` does.

        Args:
            key, shape: as of `get`.
            blocks: its parts along the first axis, in order; taken one by one.

        Raises:
            NotCachedError: it does not fit, or the folder cannot be written to.
        """
        needed = 2 * math.prod(shape) + npy.ARRAY_ALIGN * 4
        self._make_room(needed)

        def write(path: Path) -> None:
            check = 0
            with path.open("wb") as file:
                header = {"descr": "<f2", "fortran_order": False, "shape": shape}
                npy.write_array_header_1_0(file, header)
                for block in blocks:
                    data = np.ascontiguousarray(block, dtype="<f2").tobytes()
                    check = zlib.crc32(data, check)
                    file.write(data)
                file.write(check.to_bytes(_CHECK, "little"))

        try:
            write_with(self._path(key), write, size=needed, durable=False)
        except NotCachedError:
            raise
        except UserError as error:
            raise NotCachedError(error.message, error.hint) from error
        array: Halves = np.load(self._path(key), mmap_mode="r", allow_pickle=False)
        return array

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()[:24]}.npy"

    def _make_room(self, needed: int) -> None:
        """Delete the arrays that were unused for longest, if that makes room enough."""
        if needed > self._limit:
            raise NotCachedError(
                f"They would take {_format_size(needed)}, more than the "
                f"{_format_size(self._limit)} that are"
                " set aside for such things."
            )
        self._sweep()
        files = _oldest_first(self._folder)
        used = sum(size for _, size in files)
        free = free_bytes(self._folder)
        lacking = needed + self._spare - free - used
        if lacking > 0:
            raise NotCachedError(
                f"They would take {_format_size(needed)}, and {_format_size(free)} are free in "
                f"{self._folder}.",
                f"Free {_format_size(lacking)} more to have them kept.",
            )
        while files and (
            len(files) >= MAX_ARRAYS or used + needed > self._limit or free < needed + self._spare
        ):
            path, size = files.pop(0)
            with suppress(OSError):  # another program reads it
                path.unlink(missing_ok=True)
            used, free = used - size, free + size

    def _sweep(self) -> None:
        """Delete what killed processes left half-written."""
        for path in self._folder.glob(".*.part"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    path.unlink()


def _is_whole(path: Path, array: Any) -> bool:
    """Whether the file ends with the checksum of the array in it."""
    check, left = 0, array.nbytes
    with path.open("rb") as file:
        file.seek(array.offset)
        while left and (data := file.read(min(_CHUNK, left))):
            check, left = zlib.crc32(data, check), left - len(data)
        return not left and file.read() == check.to_bytes(_CHECK, "little")


def _oldest_first(folder: Path) -> list[tuple[Path, int]]:
    """The files with their sizes in bytes, the one that was unused for longest first."""
    files = []
    for path in folder.glob("*.npy"):
        with suppress(OSError):  # another process has just dropped it
            status = path.stat()
            files.append((status.st_mtime, path, status.st_size))
    return [(path, size) for _, path, size in sorted(files)]


def _format_size(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
