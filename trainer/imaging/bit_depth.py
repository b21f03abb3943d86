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
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from trainer.errors import ImageError
from trainer.imaging.codecs.base import Decoder, check_size
from trainer.imaging.codecs.depth import CONTAINER, DEPTHS, DepthRule, estimate_depth
from trainer.imaging.codecs.formats import open_decoder
from trainer.imaging.file_names import SUFFIXES_BY_FORMAT
from trainer.imaging.files import native_path, read_file
from trainer.natural_order import natural_sorted

SAMPLE_SIZE = 60
_SAMPLE_BYTES = 512 * 2**20
_SAMPLE_MEGAPIXELS = 100.0
_STRIDE = 8
_SUFFIXES = (*SUFFIXES_BY_FORMAT["TIFF"], *SUFFIXES_BY_FORMAT["PNG"])
_FEWEST = 4
_VALID_SECONDS = 5.0
_SMALLEST_REDUCTION = 8


Sample = Counter[tuple[int, tuple[int, int]]]
"""Number of 16-bit images by the depth that each needs alone, and their width and height."""


@dataclass
class _Folder:
    """What the images of a folder were found to be.

    Attributes:
        changed: when the folder had last changed, in ns.
        checked: when that was last looked up.
        sample: its images.
    """

    changed: int
    checked: float
    sample: Sample


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

    def _sample(self, folder: Path) -> Sample:
        """One thread samples while others wait: all of them need the result."""
        with self._lock:
            known, now = self._folders.get(folder), monotonic()
            if known and now - known.checked < _VALID_SECONDS:
                return known.sample
            changed = _changed_at(folder)
            if known is None or known.changed != changed:
                known = _Folder(changed, now, sample_depths(folder))
                self._folders[folder] = known
            known.checked = monotonic()
            return known.sample


def choose_depth(own: int, sample: Sample) -> int:
    """Choose the depth of an image among images of its folder.

    It is the greatest that any of them needs: a camera has one. Two cameras in one folder
    are told by their image sizes: where several images of one size need fewer bits than
    the others, and none of that size needs more, those keep theirs.

    Args:
        own: what the image needs alone.
        sample: of the folder.
    """
    cameras = [depth for depth in {depth for depth, _ in sample} if _is_camera(depth, sample)]
    return min((depth for depth in cameras if depth >= own), default=own)


def _is_camera(depth: int, sample: Sample) -> bool:
    """Whether images of this depth are those of a camera, not dark ones of a deeper one."""
    if depth == max(other for other, _ in sample):
        return True
    sizes = [size for other, size in sample if other == depth]
    deeper = {size for other, size in sample if other > depth}
    return len(sizes) == 1 and sizes[0] not in deeper and sample[depth, sizes[0]] >= _FEWEST


def sample_depths(folder: Path) -> Sample:
    """Count the 16-bit images of a folder by the depth that each needs alone, and their size.

    At most `SAMPLE_SIZE` images are decoded, fewer where they are large; evenly spread over
    the folder in natural order, so always the same ones. Those that cannot be read are
    passed over.
    """
    names = _list_names(folder)
    sample: Sample = Counter()
    left = _SAMPLE_BYTES
    for name in _spread(names, SAMPLE_SIZE):
        with suppress(ImageError):
            data = read_file(folder / name, _SAMPLE_MEGAPIXELS)
            left -= len(data)
            decoder = open_decoder(data)
            if depth := _measure_depth(decoder):
                sample[depth, (decoder.header.width, decoder.header.height)] += 1
        if left < 0:
            break
    return sample


def _list_names(folder: Path) -> list[str]:
    """The files that may hold 16-bit samples, by their suffix."""
    try:
        with os.scandir(native_path(folder)) as entries:
            names = [each.name for each in entries if each.name.lower().endswith(_SUFFIXES)]
    except OSError:
        return []
    return natural_sorted((name for name in names if not name.startswith(".")), str)


def _spread(names: Sequence[str], count: int) -> Iterator[str]:
    """At most `count` names, evenly spread; those of every eighth step first, and so on.

    So they are spread over the folder wherever the caller stops.
    """
    count = min(count, len(names))
    for start in range(_STRIDE):
        for index in range(start, count, _STRIDE):
            yield names[index * len(names) // count]


def _measure_depth(decoder: Decoder) -> int | None:
    """The depth that an image states or needs alone; None for samples of 8 bits, and palettes."""
    header = decoder.header
    check_size(header, _SAMPLE_MEGAPIXELS)
    if header.bits != CONTAINER:
        return None
    needed: list[int] = []

    def note(brightest: int) -> int:
        needed.append(estimate_depth(brightest))
        return CONTAINER

    decoder.decode(_SMALLEST_REDUCTION, note)
    if needed:
        return needed[0]
    return _round_up(header.significant) if header.significant else None


def _round_up(bits: int) -> int:
    return next(depth for depth in DEPTHS if depth >= bits)


def _changed_at(folder: Path) -> int:
    try:
        return os.stat(native_path(folder)).st_mtime_ns  # noqa: PTH116 - extended names
    except OSError:
        return 0


FOLDER_DEPTHS = FolderDepths()
"""Those of this process: all readers of a folder agree, and it is sampled once."""
