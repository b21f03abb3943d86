"""What a disk objects to, in words that a lab person understands."""

from __future__ import annotations

import errno
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import UserError

BYTES_PER_WEIGHT = 12
"""Of a package: the network twice (as written, and compressed) and the graph, at float32."""

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


@contextmanager
def writing(folder: Path, needed: int) -> Iterator[None]:
    """Write a model below `folder`, which may be new.

    Args:
        needed: bytes that will be written at most.

    Raises:
        UserError: too little room, noticed before or on the way, or no right to write.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < needed:
            raise _too_little_room(folder, needed)
        yield
    except PermissionError as error:
        raise UserError(
            f"{folder} cannot be written to, or a file in it is in use.",
            "Close what uses it, or choose another folder.",
        ) from error
    except OSError as error:
        if error.errno in _FULL:
            raise _too_little_room(folder, needed) from error
        raise


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder`, gone afterwards unless it was renamed."""
    temporary = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.partial")
    temporary.mkdir()
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _too_little_room(folder: Path, needed: int) -> UserError:
    free = shutil.disk_usage(folder).free
    return UserError(
        f"The disk is full: the model needs up to {needed / 1e6:,.0f} MB in {folder},"
        f" {free / 1e6:,.0f} MB are free.",
        "Make room and try again; nothing was changed.",
    )
