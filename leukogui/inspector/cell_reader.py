"""Reads one cell's image and outlines it, on a thread; the newest request wins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from leukogui.threads.latest_requests import LatestRequests
from trainer.errors import ImageError

SIDE = 512


@dataclass(frozen=True, eq=False)
class CellImage:
    """A cell's image as it is shown.

    Attributes:
        rgb: uint8 (H, W, 3), at `scale`; None where it cannot be read.
        scale: shown px / original px.
        outline: (N, 2) in original px; empty where no cell was found.
        error: why it cannot be read, in words.
    """

    path: Path
    rgb: Any = None
    scale: float = 1.0
    outline: Any = ()
    width: int = 0
    height: int = 0
    planes: int = 0
    notes: tuple[str, ...] = ()
    error: str = ""

    def facts(self) -> list[str]:
        """What a person may want to know of it, a line each; nothing where it cannot be read."""
        return (
            describe_image(self.width, self.height, self.planes, self.notes) if self.width else []
        )


def describe_image(width: int, height: int, planes: int, notes: tuple[str, ...]) -> list[str]:
    """Size, planes and what was remarkable, a line each."""
    facts = [f"{width} × {height} px"]
    if planes > 1:
        facts.append(QCoreApplication.translate("Words", "{n} focal planes").format(n=planes))
    return [*facts, *notes]


class CellReader(QObject):
    """Reads images to be inspected.

    Args:
        side: the shorter side that is decoded at least, in pixels; 0 reads in full.
    """

    ready = Signal(object)  # CellImage

    def __init__(self, side: int = SIDE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._requests = LatestRequests("cell-reader", self._read)

    def read(self, path: Path) -> None:
        """Read this one; one that waits is dropped."""
        self._requests.request([path])

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        self._requests.close()

    def _read(self, path: Path) -> None:
        image = read_cell_image(path, self._side)
        if not self._requests.is_closing:
            self.ready.emit(image)


def read_cell_image(path: Path, side: int) -> CellImage:
    """Read an image and outline its cell; never raises for a file that cannot be read."""
    from trainer.imaging.preprocess import read_cell  # brings the decoders

    try:
        found = read_cell(path, min_scale=0.0 if side else 1.0, min_side=side)
    except ImageError as error:
        return CellImage(path, error=str(error))
    image = found.image
    return CellImage(
        path,
        rgb=image.pixels,
        scale=image.scale,
        outline=found.outline,
        width=image.width,
        height=image.height,
        planes=len(image.planes),
        notes=image.notes,
    )
