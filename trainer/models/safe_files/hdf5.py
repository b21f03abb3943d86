"""Read weights out of HDF5 files from untrusted sources.

Nothing in such a file is executed or followed: only groups and plain numeric datasets
that lie inside the file itself are accepted, and no array may be larger than the file
that claims to hold it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np
from numpy.typing import NDArray

from trainer.errors import PackageError

Array = NDArray[np.float32]

LIMIT_BYTES = 2 << 30
MAX_OBJECTS = 50_000
MAX_DEPTH = 12


@contextmanager
def open_hdf5(source: Path | BinaryIO, name: str) -> Iterator[Any]:
    """Open a file of weights after checking all of it.

    Args:
        source: a path, or a seekable stream of the file's bytes.
        name: of the file, for messages.

    Raises:
        PackageError: not HDF5, damaged, or holding something other than plain arrays.
    """
    try:
        with h5py.File(source, "r") as file:
            _inspect(file, _size_of(source), name)
            yield file
    except (OSError, RuntimeError, KeyError, ValueError, OverflowError) as error:
        raise PackageError(
            f"“{name}” cannot be read as a file of weights; it is damaged or of another kind.",
            str(error),
        ) from error


def read_array(dataset: Any) -> Array:
    """The values of a dataset of an inspected file, float32."""
    return np.asarray(dataset[()], dtype=np.float32)


def _size_of(source: Path | BinaryIO) -> int:
    if isinstance(source, Path):
        return source.stat().st_size
    position = source.tell()
    size = source.seek(0, 2)
    source.seek(position)
    return size


def _inspect(file: Any, size: int, name: str) -> None:
    """Walk every link of the file; refuse what is no group and no plain array."""
    total = 0
    count = 0
    stack: list[tuple[Any, int]] = [(file, 0)]
    while stack:
        group, depth = stack.pop()
        for key in group:
            count += 1
            if count > MAX_OBJECTS or depth > MAX_DEPTH:
                raise PackageError(f"“{name}” holds more objects than any network has; refused.")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise PackageError(
                    f"“{name}” points to something outside of itself (“{key}”); refused.",
                    "A file of weights has no links to other files.",
                )
            child = group[key]
            if isinstance(child, h5py.Group):
                stack.append((child, depth + 1))
            else:
                total += _check_dataset(child, key, name)
        if total > max(4 * size, 1 << 20) or total > LIMIT_BYTES:
            raise PackageError(
                f"“{name}” has {size / 1e6:,.1f} MB but announces {total / 1e6:,.0f} MB of weights;"
                " refused."
            )


def _check_dataset(dataset: Any, key: str, name: str) -> int:
    """Bytes of a plain array after reading."""
    if not isinstance(dataset, h5py.Dataset):
        raise PackageError(f"“{name}” holds “{key}”, which is no array of numbers; refused.")
    if dataset.is_virtual or dataset.external:
        raise PackageError(f"“{name}” keeps “{key}” in another file; refused.")
    if dataset.dtype.kind not in "fiub":
        raise PackageError(f"“{name}” holds “{key}”, which is no array of numbers; refused.")
    count: int = math.prod(dataset.shape)
    return count * max(4, int(dataset.dtype.itemsize))
