"""Write one picture a cell, and a CSV of them that a training reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_bytes, write_text
from trainer.data.annotations.records import LabelledCell
from trainer.errors import ImageError, UserError
from trainer.imaging import Image, read_image
from trainer.imaging.boxed_image import cut_out
from trainer.jobs.common.csv_table import format_csv, safe_cell
from trainer.jobs.common.heatmap_files import path_for_image
from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.labelled_cells import CaseImage, iterate_images
from trainer.protocol.events import JobWarning

TABLE = "crops.csv"
_COLUMNS = (
    *("file", "label", "split", "patient", "source", "sample"),
    *("cell", "reviewed", "probability", "at_edge"),
    *("image_x", "image_y", "image_width", "image_height"),
)


def write_crops(path: Path, content: ExportContent) -> None:
    """Write the square around each cell as a PNG, and `crops.csv`.

    A cell that is the only one of its image gets the whole image. The table has a line for
    each cell with a verdict; `sample` is the image, so that cells of one stay together.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it is time to stop.
    """
    source = str(content.summary["source"].get("profile", {}).get("name", ""))
    names = _CropNames(path)
    rows: list[list[str]] = []
    unusable: list[str] = []
    path.mkdir(parents=True, exist_ok=True)
    for each in iterate_images(content):
        image = _read_same(content.reader.root / each.annotated.name, each.sha256)
        if image is None:
            unusable.append(each.annotated.name)
            continue
        for labelled, pixels in _cut_cells(image, each):
            file = names.choose(labelled)
            write_bytes(file, _encode(pixels), durable=False)
            if labelled.label:
                rows.append(_row(file.relative_to(path).as_posix(), labelled, source))
    write_text(path / TABLE, format_csv(_COLUMNS, rows))
    if unusable:
        images = "1 image" if len(unusable) == 1 else f"{len(unusable)} images"
        content.emit(
            JobWarning(
                f"No crops: {images} changed or vanished since, as {unusable[0]}.",
                "Classify the folder again, and then export.",
            )
        )


class _CropNames:
    """Names of crops: the image's, then the letters of the cell; no two are the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def choose(self, labelled: LabelledCell) -> Path:
        cell = labelled.cell.id
        letters = f"_{cell.letters}" if cell.letters else ""
        path, number = path_for_image(self._folder, cell.image, f"{letters}.png"), 1
        while str(path).casefold() in self._used:
            number += 1
            path = path_for_image(self._folder, cell.image, f"{letters}-{number}.png")
        self._used.add(str(path).casefold())
        return path


def _read_same(path: Path, sha256: str) -> Image | None:
    """The image, if it is still what the cells were found in."""
    try:
        image = read_image(path)
    except ImageError:
        return None
    return image if image.sha256 == sha256 else None


def _cut_cells(image: Image, found: CaseImage) -> Iterator[tuple[LabelledCell, NDArray[np.uint8]]]:
    for labelled in found.annotated.cells:
        alone = labelled.cell.id.number == 0
        shown = image if alone else cut_out(image, labelled.cell.box)
        yield labelled, shown.planes[min(found.plane, len(shown.planes) - 1)]


def _encode(pixels: NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise UserError("A crop could not be written as PNG.")
    return data.tobytes()


def _row(file: str, labelled: LabelledCell, source: str) -> list[str]:
    cell, probability = labelled.cell, labelled.probability
    box = cell.box
    return [
        # No spreadsheet takes it for a formula, and it is still the same file.
        file if file == safe_cell(file) else f"./{file}",
        *(labelled.label, "", "", source, safe_cell(cell.id.image)),
        cell.id.letters,
        str(labelled.reviewed).lower(),
        "" if probability is None else f"{probability:.6f}",
        str(cell.at_edge).lower(),
        *(f"{side:.1f}" for side in (box.x, box.y, box.width, box.height)),
    ]
