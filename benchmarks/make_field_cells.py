"""Cut the cells of BCCD's smear fields that were labelled by eye: a lab that nobody learned from.

    python benchmarks/make_field_cells.py DATA/fields_bccd OUT

writes OUT/*.png and OUT/cells.csv. The boxes are those of the data set (MIT licence); the
labels in `field_cells.csv` are ours, for the boxes named WBC, counted from 0 in the order of
the files' names and of the boxes within. Left out: cells at the margin or nearer to it than
70 px, and cells whose class is not certain.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

HALF = 130  # px from a cell's middle to the edge of its crop
LEAST_HALF = 70
LABELS = Path(__file__).with_name("field_cells.csv")

Box = tuple[int, int, int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("fields", type=Path, help="the folder of images and their XML files")
    parser.add_argument("out", type=Path, help="the folder to write")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = {int(row["cell"]): row["label"] for row in csv.DictReader(file)}
    with (arguments.out / "cells.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", "label", "split", "source"))
        for number, cell in enumerate(cells(arguments.fields)):
            if number in labels:
                name = f"{number:03}.png"
                cv2.imwrite(str(arguments.out / name), cell)
                table.writerow((name, labels[number], "test", "bccd"))


def cells(fields: Path) -> Iterator[NDArray[np.uint8]]:
    """Crop every white cell that lies whole and far enough from the margin, BGR, centred."""
    for annotation in sorted(fields.glob("*.xml")):
        field = cv2.imread(str(annotation.with_suffix(".jpg")))
        height, width = field.shape[:2]
        for left, top, right, bottom in boxes(annotation):
            x, y = (left + right) // 2, (top + bottom) // 2
            half = min(x, y, width - x, height - y, HALF)
            if min(left, top, width - right, height - bottom) >= 2 and half >= LEAST_HALF:
                yield np.asarray(field[y - half : y + half, x - half : x + half], dtype=np.uint8)


def boxes(annotation: Path) -> Iterator[Box]:
    """Left, top, right and bottom of the boxes named WBC."""
    tree = ElementTree.parse(annotation)  # noqa: S314 - files of a data set that one chose
    for thing in tree.iter("object"):
        if thing.findtext("name") == "WBC":
            sides = (thing.findtext(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax"))
            left, top, right, bottom = (int(side or 0) for side in sides)
            yield left, top, right, bottom


if __name__ == "__main__":
    main()
