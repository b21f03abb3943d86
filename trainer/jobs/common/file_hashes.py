"""SHA-256 of many files, and images that changed since a run classified them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trainer.atomic_files import sha256_of
from trainer.domain import OnProgress, Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.imaging.files import native_path
from trainer.protocol.events import JobWarning

# File systems keep times to two seconds at worst (FAT).
_TIME_RESOLUTION = 2.0
_MAX_NAMED = 5


def changed_images(
    root: Path,
    recorded: Mapping[str, str],
    *,
    before: frozenset[str],
    since: float,
    workers: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> tuple[str, ...]:
    """Find the classified images that are gone or hold other bytes now; names, in order.

    Args:
        root: the case's folder.
        recorded: image -> SHA-256 of the bytes that were classified; empty where unreadable.
        before: images classified by an earlier call; read again, for nothing watched them.
        since: seconds of the epoch at which this call began; the images it classified are
            read again only where the file's time is later.
        workers: threads.
        on_progress: called after every image that is read again.
        should_stop: called after every image that is read again.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    suspect = [
        name
        for name, digest in recorded.items()
        if digest and (name in before or _modified_since(root / name, since - _TIME_RESOLUTION))
    ]
    digests = hash_files(
        [root / name for name in suspect],
        workers=workers,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    pairs = zip(suspect, digests, strict=True)
    return tuple(sorted(name for name, digest in pairs if digest != recorded[name]))


def hash_files(
    paths: Sequence[Path], *, workers: int, on_progress: OnProgress, should_stop: ShouldStop
) -> list[str]:
    """Compute the SHA-256 of each file, in order; empty where it cannot be read.

    Args:
        workers: threads.
        on_progress: called after every file.
        should_stop: called after every file.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    digests: list[str] = []
    with ThreadPoolExecutor(workers, thread_name_prefix="compare") as pool:
        for digest in pool.map(_hash_file, paths):
            if should_stop():
                pool.shutdown(cancel_futures=True)
                raise Cancelled
            digests.append(digest)
            on_progress(Progress("comparing images", len(digests), len(paths)))
    return digests


def build_change_notice(changed: tuple[str, ...]) -> JobWarning:
    """Build the warning that names changed images."""
    named = ", ".join(changed[:_MAX_NAMED]) + (", ..." if len(changed) > _MAX_NAMED else "")
    images, were = ("1 image", "was") if len(changed) == 1 else (f"{len(changed)} images", "were")
    return JobWarning(
        f"{images} changed or vanished after {'it' if were == 'was' else 'they'} {were} judged: "
        f"{named}. What is said of them holds for the old files, whose SHA-256 stands beside it.",
        "Run it anew to judge the new files (on a command line: without --resume).",
    )


def _modified_since(path: Path, since: float) -> bool:
    """Whether its bytes or its place among the files changed; a copy may bring an old time."""
    try:
        found = os.stat(native_path(path))  # noqa: PTH116 - extended names
    except OSError:
        return True
    return max(found.st_mtime, found.st_ctime) >= since


def _hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes; empty where it cannot be read."""
    try:
        return sha256_of(native_path(path))
    except OSError:
        return ""
