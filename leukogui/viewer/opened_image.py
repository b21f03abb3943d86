"""An image opened to be viewed: its planes, each with a pyramid made when it is needed.

Large arrays lie in a file without a name, mapped into memory: the system takes the memory
back when it is needed, and the file is gone with the program, however it ends.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from trainer.errors import ImageError

if TYPE_CHECKING:
    from trainer.imaging.preprocess import SegmentedImage
    from trainer.imaging.scale.pixel_size import PixelSize
    from trainer.imaging.slides.slide import Slide

LARGE_BYTES = 48 * 2**20
"""Arrays above it are mapped from a file: a plane of 16 megapixels is just below."""
COARSEST = 256
"""Pyramids end at a longer side of at most so many pixels."""
_JPEG = b"\xff\xd8"
_COARSE_SIDE = 512
_COARSE_FROM_PIXELS = 12e6
Levels = tuple[Any, ...]
"""uint8 (H, W, 3) RGB each, halved from one to the next; of a slide, what reads them in parts."""


@dataclass(frozen=True, eq=False)
class OpenedImage:
    """One file as it was read.

    Attributes:
        path: of the file.
        stamp: its time and size when it was read.
        width, height: of the original, in pixels; 0 where it cannot be read.
        scale: px of the planes / px of the original: below 1 while only a coarse copy is
            there.
        planes: uint8 (H, W, 3) each.
        sharpest: index of the plane that is classified.
        outline: (N, 2) in original px, of the cell; empty where there is none.
        is_crop: whether it is cut around its cell; any other may be a field.
        is_slide: whether it is a whole slide, of which parts can be scanned.
        pixel: how large a pixel is on the slide, where the file says so.
        error: why it cannot be read, in words.
    """

    path: Path
    stamp: tuple[int, int] = (0, 0)
    width: int = 0
    height: int = 0
    scale: float = 1.0
    planes: tuple[Any, ...] = ()
    sharpest: int = 0
    outline: Any = ()
    is_crop: bool = True
    is_slide: bool = False
    pixel: PixelSize | None = None
    notes: tuple[str, ...] = ()
    error: str = ""
    folder: Path | None = None
    _levels: dict[int, Levels] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the original."""
        return self.width, self.height

    @property
    def memory_bytes(self) -> int:
        """What its arrays take of the memory; mapped ones take none of their own."""
        arrays = [
            *self.planes,
            *(each for levels in [*self._levels.values()] for each in levels[1:]),
        ]
        return sum(each.nbytes for each in arrays if not _is_mapped(each))

    def levels(self, plane: int) -> Levels:
        """The pyramid of a plane; made at the first call, which may take a while."""
        from trainer.imaging.codecs.downscale import downscale

        with self._lock:
            if plane not in self._levels:
                levels = [self.planes[plane]]
                while max(levels[-1].shape[:2]) > COARSEST:
                    levels.append(memory_map(downscale(levels[-1], 2), self.folder))
                self._levels[plane] = tuple(levels)
            return self._levels[plane]


def open_image(
    path: Path,
    folder: Path | None,
    *,
    most_pixels: float | None = None,
    on_coarse: Callable[[OpenedImage], None] | None = None,
) -> OpenedImage | None:
    """Read and outline an image; never raises for a file that cannot be read.

    Args:
        path: of the file.
        folder: where large arrays are put; None keeps them in memory.
        most_pixels: for a larger image None is returned, before anything is decoded.
        on_coarse: given a coarse copy first, where that is much quicker.
    """
    from trainer.imaging.files import read_file
    from trainer.imaging.preprocess import decode_cell
    from trainer.imaging.reader import DEFAULT_LIMIT_MEGAPIXELS
    from trainer.imaging.scale.pixel_size import read_pixel_size
    from trainer.imaging.slides.slide import find_slide

    stamp = stamp_of(path)
    try:
        if (slide := find_slide(path)) is not None:
            return _open_slide(slide, stamp)
        data = read_file(path, DEFAULT_LIMIT_MEGAPIXELS)
        if most_pixels is not None and _count_pixels(data) > most_pixels:
            return None
        if on_coarse and data[:2] == _JPEG and _count_pixels(data) > _COARSE_FROM_PIXELS:
            coarse = decode_cell(data, path, min_scale=0.0, min_side=_COARSE_SIDE)
            on_coarse(_build_opened_image(path, stamp, coarse, None, folder))
            del coarse
        found = decode_cell(data, path)
        return _build_opened_image(path, stamp, found, read_pixel_size(data), folder)
    except ImageError as error:
        return OpenedImage(path, stamp, error=str(error))
    except MemoryError:
        words = QCoreApplication.translate(
            "OpenedImage", "There is not enough memory to open the image."
        )
        return OpenedImage(path, stamp, error=words)


def _open_slide(slide: Slide, stamp: tuple[int, int]) -> OpenedImage:
    """A slide, of which only what is in view is read."""
    from trainer.imaging.slides.halved_level import halve_slide

    levels = halve_slide(slide, COARSEST)
    return OpenedImage(
        slide.path,
        stamp,
        width=slide.width,
        height=slide.height,
        planes=levels[:1],
        is_crop=False,
        is_slide=True,
        pixel=slide.pixel_size,
        _levels={0: levels},
    )


def _count_pixels(data: bytes) -> int:
    from trainer.imaging import decode_header

    header = decode_header(data)
    return header.width * header.height * header.planes


def _build_opened_image(
    path: Path,
    stamp: tuple[int, int],
    found: SegmentedImage,
    pixel: PixelSize | None,
    folder: Path | None,
) -> OpenedImage:
    image = found.image
    return OpenedImage(
        path,
        stamp,
        width=image.width,
        height=image.height,
        scale=image.scale,
        planes=_memory_map_planes(image.planes, folder),
        sharpest=image.sharpest,
        outline=found.outline,
        is_crop=found.is_crop,
        pixel=pixel,
        notes=image.notes,
        folder=folder,
    )


def stamp_of(path: Path) -> tuple[int, int]:
    """Time and size of a file, to see whether it changed; zeros where it cannot be asked."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _memory_map_planes(planes: Sequence[Any], folder: Path | None) -> tuple[Any, ...]:
    """Many small planes count as one large array."""
    large = sum(plane.nbytes for plane in planes) > LARGE_BYTES
    return tuple(memory_map(plane, folder, always=large) for plane in planes)


def memory_map(array: Any, folder: Path | None, *, always: bool = False) -> Any:
    """The array itself, or if it is large its copy mapped from a file without a name.

    Where the disk does not take it, it stays in memory.
    """
    if folder is None or (array.nbytes <= LARGE_BYTES and not always):
        return array
    import numpy as np

    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            np.ascontiguousarray(array).tofile(file)
            file.flush()
            return np.memmap(file, array.dtype, "r", shape=array.shape)
    return array


def _is_mapped(array: Any) -> bool:
    return hasattr(array, "filename")
