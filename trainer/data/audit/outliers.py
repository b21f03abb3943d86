"""Outliers: images unlike what a set of single cells should hold, or unlike the rest of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.data.audit.file_traits import FileTraits
from trainer.data.audit.measurements import ImageMeasurements
from trainer.domain import CellState

TINY_SIDE = 64
"""Pixels of the shorter side; below, a cell has fewer than 32 pixels across."""
HUGE_MEGAPIXELS = 16.0
"""Megapixels; an image of one cell has one or two, so this is a field of many."""
_OTHER_SIZE = 2.0  # times larger or smaller than the set's middling image
_OTHER_SHAPE = 1.5  # times longer than wide, compared with it


@dataclass(frozen=True)
class Outlier:
    """One thing that is odd about one image.

    Attributes:
        row: of the image.
        kind: short and always the same for the same thing, such as "grey".
        words: what is odd, with figures.
    """

    row: int
    kind: str
    words: str


def find_outliers(measurements: Sequence[ImageMeasurements]) -> tuple[Outlier, ...]:
    """Find what is odd about the images that were read, by row, an image perhaps several times."""
    files = [each.file for each in measurements if each.file is not None]
    if not files:
        return ()
    side = float(np.median([min(file.width, file.height) for file in files]))
    shape = float(np.median([_aspect_ratio(file) for file in files]))
    return tuple(
        Outlier(row, kind, words)
        for row, each in enumerate(measurements)
        if each.file is not None
        for kind, words in (
            *_find_file_outliers(each.file, side, shape),
            *_find_content_outliers(each),
        )
    )


def _aspect_ratio(file: FileTraits) -> float:
    return max(file.width, file.height) / min(file.width, file.height)


def _find_file_outliers(file: FileTraits, side: float, shape: float) -> Iterator[tuple[str, str]]:
    size = f"{file.width} x {file.height} pixels"
    shorter = min(file.width, file.height)
    if shorter < TINY_SIDE:
        yield "tiny", f"tiny: {size}"
    elif not side / _OTHER_SIZE <= shorter <= side * _OTHER_SIZE:
        yield "other size", f"{size}, where a middling image has {side:.0f} on its shorter side"
    if file.width * file.height > HUGE_MEGAPIXELS * 1e6:
        yield "huge", f"huge: {size}; perhaps a field of many cells"
    if not shape / _OTHER_SHAPE <= _aspect_ratio(file) <= shape * _OTHER_SHAPE:
        yield "other shape", f"{size}: of another shape than the rest"
    if file.bits > 8:
        yield "more than 8 bits", f"{file.bits} bits"


def _find_content_outliers(measurements: ImageMeasurements) -> Iterator[tuple[str, str]]:
    if measurements.grey:
        yield "grey", "carries no colour"
    if measurements.fingerprint is None:
        yield "empty", "shows next to nothing"
    elif measurements.cell is CellState.NONE:
        yield "no cell", "no cell could be outlined"
    for note in measurements.notes:
        if note.startswith(("named ", "no extension")):
            yield "wrong name", note
