"""The bit depth of 16-bit images is that of their folder, not of each image alone.

Cameras of 10, 12 or 14 bits commonly store their values unscaled in 16 bits, and few files
say so. The brightest value of one image shows its camera's depth only where its background
is bright: a dark image of a 12-bit camera, taken alone, would count as one of 10 or 8 bits
and be stretched. Its neighbours show what the camera can do.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from trainer.errors import ImageError
from trainer.imaging.codecs.base import check_size
from trainer.imaging.codecs.depth import CONTAINER, DEPTHS, DepthRule, estimate_depth
from trainer.imaging.codecs.formats import open_decoder
from trainer.imaging.file_names import SUFFIXES_BY_FORMAT
from trainer.imaging.files import native_path, read_file
from trainer.natural_order import natural_sorted

SAMPLE_SIZE = 60
_SAMPLE_BYTES = 512 * 2**20
_SAMPLE_MEGAPIXELS = 100.0
_FEWEST_READ = 4
_SUFFIXES = (*SUFFIXES_BY_FORMAT["TIFF"], *SUFFIXES_BY_FORMAT["PNG"])
_COMMON, _FEWEST_COMMON = 0.4, 4
_VALID_SECONDS = 5.0
_SMALLEST_REDUCTION = 8


@dataclass
class _Folder:
    """What the images of a folder were found to be.

    Attributes:
        changed: when the folder had last changed, in ns.
        checked: when that was last looked up.
        depths: number of sampled images by the depth that each has alone.
    """

    changed: int
    checked: float
    depths: Counter[int]


class FolderDepths:
    """Depths of the 16-bit images of folders, each sampled once and again where it changed."""

    def __init__(self) -> None:
        self._folders: dict[Path, _Folder] = {}
        self._lock = threading.Lock()

    def rule(self, path: Path) -> DepthRule:
        """The rule for an image whose file does not state its depth."""
        return lambda brightest: self._find_depth(brightest, path.parent)

    def _find_depth(self, brightest: int, folder: Path) -> int:
        own = estimate_depth(brightest)
        # The deepest, and the full value of a depth (a clipped background), need no neighbours.
        if own == CONTAINER or brightest == 2**own - 1:
            return own
        return choose_depth(own, self._sample(folder))

    def _sample(self, folder: Path) -> Counter[int]:
        """One thread samples while others wait: all of them need the result."""
        with self._lock:
            known, now = self._folders.get(folder), monotonic()
            if known and now - known.checked < _VALID_SECONDS:
                return known.depths
            changed = _changed_at(folder)
            if known is None or known.changed != changed:
                known = _Folder(changed, now, sample_depths(folder))
                self._folders[folder] = known
            known.checked = monotonic()
            return known.depths


def choose_depth(own: int, depths: Counter[int]) -> int:
    """Choose the depth of an image among images of its folder.

    It is the greatest that any of them needs: a camera has one. Where images of two cameras
    lie in one folder, so that many need fewer bits, those keep theirs.

    Args:
        own: what the image needs alone.
        depths: number of images of the folder by the depth that each needs alone.
    """
    least = max(_FEWEST_COMMON, _COMMON * depths.total())
    cameras = [depth for depth, count in depths.items() if count >= least]
    cameras += [max(depths, default=own)]
    return min((depth for depth in cameras if depth >= own), default=own)


def sample_depths(folder: Path) -> Counter[int]:
    """Count the 16-bit images of a folder by the depth that each needs alone.

    At most `SAMPLE_SIZE` images are decoded, fewer where they are large; evenly spread over
    the folder in natural order, so always the same ones. Those that cannot be read are
    passed over.
    """
    sizes = _list_sizes(folder)
    names = natural_sorted(sizes, str)
    mean = max(sum(sizes.values()) / max(len(sizes), 1), 1.0)
    count = min(len(names), SAMPLE_SIZE, max(round(_SAMPLE_BYTES / mean), _FEWEST_READ))
    depths: Counter[int] = Counter()
    for index in range(count):
        path = folder / names[index * len(names) // count]
        with suppress(ImageError):
            if depth := _measure_depth(read_file(path, _SAMPLE_MEGAPIXELS)):
                depths[depth] += 1
    return depths


def _list_sizes(folder: Path) -> dict[str, int]:
    """The files that may hold 16-bit samples, by their suffix, and how many bytes each has."""
    try:
        with os.scandir(native_path(folder)) as entries:
            return {
                each.name: each.stat().st_size
                for each in entries
                if each.name.lower().endswith(_SUFFIXES) and not each.name.startswith(".")
            }
    except OSError:
        return {}


def _measure_depth(data: bytes) -> int | None:
    """The depth that an image states or needs alone; None where its samples are not of 16 bits."""
    decoder = open_decoder(data)
    header = decoder.header
    check_size(header, _SAMPLE_MEGAPIXELS)
    if header.bits != CONTAINER:
        return None
    needed: list[int] = []

    def note(brightest: int) -> int:
        needed.append(estimate_depth(brightest))
        return CONTAINER

    decoder.decode(_SMALLEST_REDUCTION, note)
    return needed[0] if needed else _round_up(header.significant or CONTAINER)


def _round_up(bits: int) -> int:
    return next(depth for depth in DEPTHS if depth >= bits)


def _changed_at(folder: Path) -> int:
    try:
        return os.stat(native_path(folder)).st_mtime_ns  # noqa: PTH116 - extended names
    except OSError:
        return 0


FOLDER_DEPTHS = FolderDepths()
"""Those of this process: all readers of a folder agree, and it is sampled once."""
