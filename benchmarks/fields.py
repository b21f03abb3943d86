"""How well white cells are found in fields: recall, precision and milliseconds a field, by source.

    python benchmarks/fields.py FOLDER [FOLDER ...]

A folder holds the fields of a source: images, with boxes beside them in files of the same name,
Pascal VOC (`.xml`, the boxes named WBC) or YOLO (`.txt`, all boxes). A source without boxes is
one with a white cell in every field; there, recall is the share of fields with a whole cell
found, and precision is not known. A box is found where one of ours has an intersection over
union of 0.5 with it. Ours that the edge cuts are not counted as wrong (but in the column "with
cut"), for annotators box some of these only.

Each source is given twice: the half that parameters were chosen on, and the half kept from that,
by a hash of the file's name.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Box, SourceProfile, never_stop, no_progress
from trainer.imaging import read_image
from trainer.imaging.field_cells import FieldCell, find_cells
from trainer.imaging.segmentation import MASK_SIDE
from trainer.jobs.common.source_scale import SourceScale, measure_scale

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif")
LEAST_OVERLAP = 0.5


@dataclass
class Tally:
    """What was found in some fields; `wrong` without cut cells, `cut` of these unmatched."""

    fields: int = 0
    found: int = 0
    missed: int = 0
    wrong: int = 0
    cut: int = 0
    seconds: float = 0.0

    def row(self) -> str:
        recall = self.found / max(self.found + self.missed, 1)
        precision = self.found / max(self.found + self.wrong, 1)
        strict = self.found / max(self.found + self.wrong + self.cut, 1)
        pace = 1000 * self.seconds / max(self.fields, 1)
        return (
            f"{self.fields:6} {self.found + self.missed:6} {recall:7.3f} {precision:10.3f} "
            f"{strict:8.3f} {pace:8.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="+", help="folders of fields, one a source")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    print("source           half     fields  cells  recall  precision with cut  ms/field")
    for folder in arguments.data:
        for half, tally in measure_source(folder).items():
            print(f"{folder.name:16} {half:7} {tally.row()}")


def measure_source(folder: Path) -> dict[str, Tally]:
    """Find the cells of every field of a source, at the scale measured on them."""
    images = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    scale = measure_scale(
        folder,
        [path.name for path in images],
        stated=SourceProfile(),
        workers=2,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    halves = {"tuned": Tally(), "kept": Tally()}
    for path in images:
        odd = hashlib.sha256(path.name.encode()).digest()[0] % 2
        measure_field(path, scale, halves["kept" if odd else "tuned"])
    return halves


def measure_field(path: Path, scale: SourceScale, tally: Tally) -> None:
    pixels = read_image(path).pixels
    profile = scale.by_size.get((pixels.shape[1], pixels.shape[0]), scale.profile)
    start = time.process_time()
    cells = find_cells(pixels, profile.red_cell_diameter or min(pixels.shape[:2]) / 5)
    tally.seconds += time.process_time() - start
    tally.fields += 1
    truth = read_boxes(path, pixels.shape)
    if truth is None:
        whole = any(not each.at_edge for each in cells)
        tally.found += whole
        tally.missed += not whole
        return
    matched = match(cells, truth)
    tally.found += sum(matched)
    tally.missed += len(truth) - sum(matched)
    unmatched = [cell for cell, hit in zip(cells, matched, strict=True) if not hit]
    tally.cut += sum(cell.at_edge for cell in unmatched)
    tally.wrong += sum(not cell.at_edge for cell in unmatched)


def match(cells: Sequence[FieldCell], truth: Sequence[Box]) -> list[bool]:
    """Whether each cell is one of the boxes; each box is taken once."""
    free = list(truth)
    hits = []
    for cell in cells:
        best = max(free, key=box_of(cell).iou, default=None)
        hit = best is not None and box_of(cell).iou(best) >= LEAST_OVERLAP
        hits.append(hit)
        if hit and best is not None:
            free.remove(best)
    return hits


def box_of(found: FieldCell) -> Box:
    cell = found.cell
    x, y, width, height = cv2.boundingRect(cell.mask.astype(np.uint8))
    step = cell.square.side / MASK_SIDE
    return Box(cell.square.x + x * step, cell.square.y + y * step, width * step, height * step)


def read_boxes(path: Path, shape: tuple[int, ...]) -> list[Box] | None:
    """The boxes of the white cells beside an image; None where there is no such file."""
    if path.with_suffix(".xml").exists():
        return _read_pascal(path.with_suffix(".xml"))
    if path.with_suffix(".txt").exists():
        return _read_yolo(path.with_suffix(".txt"), shape)
    return None


def _read_pascal(path: Path) -> list[Box]:
    tree = ElementTree.parse(path)  # noqa: S314 - files of a data set that one chose
    boxes = []
    for thing in tree.iter("object"):
        if thing.findtext("name") == "WBC":
            sides = (thing.findtext(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax"))
            left, top, right, bottom = (float(side or 0) for side in sides)
            boxes.append(Box(left, top, right - left, bottom - top))
    return boxes


def _read_yolo(path: Path, shape: tuple[int, ...]) -> list[Box]:
    sides: NDArray[np.float64] = np.loadtxt(path, ndmin=2)[:, 1:5] * [*shape[1::-1], *shape[1::-1]]
    return [Box(x - w / 2, y - h / 2, w, h) for x, y, w, h in sides.tolist()]


if __name__ == "__main__":
    main()
