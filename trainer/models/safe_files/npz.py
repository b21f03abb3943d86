"""Arrays in `.npz` files that hold nothing but numbers and plain text: never pickles."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from trainer.errors import PackageError
from trainer.models.safe_files.zip import bytes_of, dated_entry, open_zip

LIMIT_BYTES = 1 << 30


def write_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write a compressed `.npz` whose bytes depend on the arrays alone (no dates)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            npy.write_array(buffer, np.asarray(arrays[name]), allow_pickle=False)
            archive.writestr(dated_entry(f"{name}.npy"), buffer.getvalue())


def read_arrays(path: Path, limit: int = LIMIT_BYTES) -> dict[str, NDArray[np.generic]]:
    """Read every array of an `.npz` file.

    Args:
        limit: the most bytes that all arrays may take together.

    Raises:
        PackageError: not an `.npz` file, pickled objects in it, a size beyond `limit`,
            or sizes that do not agree with each other.
    """
    try:
        with open_zip(path, "a file of arrays", limit) as archive:
            data = {
                entry.filename.removesuffix(".npy"): bytes_of(archive, entry, "a file of arrays")
                for entry in archive.infolist()
            }
        return {name: _read_array(content) for name, content in data.items()}
    except (ValueError, EOFError, SyntaxError) as error:
        raise PackageError(f"“{path.name}” cannot be read: {error}.") from error


def _read_array(data: bytes) -> NDArray[np.generic]:
    """One `.npy` file; the size in its header must be the size that is there."""
    stream = io.BytesIO(data)
    version = npy.read_magic(stream)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = header(stream)
    if dtype.hasobject:
        raise PackageError("It holds pickled objects, which could run code; it was not opened.")
    announced, present = math.prod(shape) * dtype.itemsize, len(data) - stream.tell()
    if announced != present:
        raise ValueError(f"an array announces {announced} bytes, but {present} are there")
    stream.seek(0)
    array: NDArray[np.generic] = npy.read_array(stream, allow_pickle=False)
    return array
