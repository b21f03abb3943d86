"""How well white cells are found in fields: recall, precision and milliseconds a field, by source.

    python benchmarks/fields.py FOLDER [FOLDER ...]
    python benchmarks/fields.py FOLDER ... --vary --every 3   # the looks of field_looks.py

A folder holds the fields of a source: images, with boxes beside them in files of the same name,
Pascal VOC (`.xml`, the boxes named WBC) or YOLO (`.txt`, all boxes). A source without boxes is
one with a white cell in every field; there, recall is the share of fields with a whole cell
found, and precision is not known. A box is found where one of ours has an intersection over
union of 0.5 with it. Ours that the edge cuts are not counted as wrong (but in the column "with
cut"), for annotators box some of these only.

Each source is given twice: the half that parameters were chosen on, and the half kept from that,
by a hash of the file's name. Varied fields are written to a folder that goes away, and their
scale is measured anew, as it would be in a lab that has such images.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from field_looks import LOOKS, Look
from numpy.typing import NDArray

from trainer.domain import Box, SourceProfile, never_stop, no_progress
from trainer.imaging import read_image
from trainer.imaging.fields.cells import FieldCell, find_cells
from trainer.imaging.segmentation.white_cell import MASK_SIDE
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
    parser.add_argument("--vary", nargs="*", choices=LOOKS, help="looks; all where none is named")
    parser.add_argument("--every", type=int, default=1, help="take every n-th field only")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    looks = ["plain"] if arguments.vary is None else arguments.vary or [*LOOKS]
    print(f"{'source':16} {'look':13} half     fields  cells  recall  precision with cut  ms/field")
    for folder in arguments.data:
        images = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
        for look in looks:
            for half, tally in measure_look(images[:: arguments.every], LOOKS[look]).items():
                print(f"{folder.name:16} {look:13} {half:7} {tally.row()}", flush=True)


@dataclass(frozen=True)
class BoxedField:
    """A field and where its white cells are.

    Attributes:
        original: of the data set; `path` is its varied copy, or the same.
        truth: boxes in pixels of `path`; None where none were drawn.
    """

    original: Path
    path: Path
    truth: Sequence[Box] | None

    @property
    def is_kept(self) -> bool:
        """Whether it is of the half that nothing is chosen on."""
        return bool(hashlib.sha256(self.original.name.encode()).digest()[0] % 2)


def measure_look(images: Sequence[Path], look: Look) -> dict[str, Tally]:
    """Find the cells of the fields of a source in another look."""
    with tempfile.TemporaryDirectory() as folder:
        return measure_source([vary(path, look, Path(folder)) for path in images])


def vary(original: Path, look: Look, folder: Path) -> BoxedField:
    """Write a field in another look; the plain one stays where it is."""
    pixels = read_image(original).pixels
    truth = read_boxes(original, pixels.shape)
    if look is LOOKS["plain"]:
        return BoxedField(original, original, truth)
    path = folder / f"{original.stem}.png"
    varied = look.apply(pixels)[..., ::-1]
    cv2.imwrite(str(path), varied, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return BoxedField(original, path, truth and [box.scaled(look.scale) for box in truth])


def measure_source(fields: Sequence[BoxedField]) -> dict[str, Tally]:
    """Find the cells of every field of a source, at the scale measured on them."""
    scale = measure_scale(
        fields[0].path.parent,
        [field.path.name for field in fields],
        stated=SourceProfile(),
        workers=2,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    halves = {"tuned": Tally(), "kept": Tally()}
    for field in fields:
        measure_field(field, scale, halves["kept" if field.is_kept else "tuned"])
    return halves


def measure_field(field: BoxedField, scale: SourceScale, tally: Tally) -> None:
    pixels, truth = read_image(field.path).pixels, field.truth
    profile = scale.by_size.get((pixels.shape[1], pixels.shape[0]), scale.profile)
    start = time.process_time()
    cells = find_cells(pixels, profile.red_cell_diameter or min(pixels.shape[:2]) / 5)
    tally.seconds += time.process_time() - start
    tally.fields += 1
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
