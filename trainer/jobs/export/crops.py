"""Write one picture a cell, and a CSV of them that a training reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_bytes, write_text
from trainer.cases.records import UNKNOWN
from trainer.data.annotations.records import LabelledCell
from trainer.errors import ImageError
from trainer.file_names import escape_file_name
from trainer.imaging import Image
from trainer.imaging.boxed_image import cut_out
from trainer.imaging.preprocess import read_field
from trainer.jobs.common.explanation.heatmap_files import path_for_image
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.jobs.common.report.png import encode_png
from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.labelled_cells import CaseImage, iterate_images
from trainer.protocol.events import JobWarning

TABLE, CLASSES_TABLE = "crops.csv", "cells.csv"
_COLUMNS = (
    *("file", "label", "split", "patient", "source", "sample"),
    *("cell", "reviewed", "probability", "at_edge"),
    *("image_x", "image_y", "image_width", "image_height"),
)


@dataclass(frozen=True)
class _Origin:
    """What every row says of the case; a sample that is not named is the image."""

    patient: str
    source: str
    sample: str


def write_crops(path: Path, content: ExportContent) -> None:
    """Write the square around each cell as a PNG, and `crops.csv`.

    A cell that is the only one of its image gets the whole image. The table has a line for
    each cell with a verdict; `sample` is that of the case, else the image, so that cells of one
    stay together.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it is time to stop.
    """
    _write(path, content, TABLE, lambda _: path)


def write_class_folders(path: Path, content: ExportContent) -> None:
    """As `write_crops`, with a folder a class, and `cells.csv`; a cell without a class is left out.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it is time to stop.
    """
    labels = [each.id for each in content.reader.review_classes]

    def folder_of(labelled: LabelledCell) -> Path | None:
        if labelled.label in ("", UNKNOWN):
            return None
        return path / escape_file_name(labelled.label, labels)

    _write(path, content, CLASSES_TABLE, folder_of)


def _write(
    path: Path,
    content: ExportContent,
    table: str,
    folder_of: Callable[[LabelledCell], Path | None],
) -> None:
    origin, names = _read_origin(content), _CropNames()
    rows: list[list[str]] = []
    unusable: list[str] = []
    path.mkdir(parents=True, exist_ok=True)
    for each in iterate_images(content):
        image = _read_same(content.reader.root / each.annotated.name, each.sha256)
        if image is None:
            unusable.append(each.annotated.name)
            continue
        for labelled, pixels in _cut_cells(image, each):
            folder = folder_of(labelled)
            if folder is None:
                continue
            file = names.choose(folder, labelled)
            write_bytes(file, encode_png(pixels), durable=False)
            if labelled.label:
                rows.append(_row(file.relative_to(path).as_posix(), labelled, origin))
    write_text(path / table, format_csv(_COLUMNS, rows))
    _warn_of_unusable(unusable, content)


def _read_origin(content: ExportContent) -> _Origin:
    details = content.reader.store.details.get(content.reader.case.id)
    source = str(content.summary["source"].get("profile", {}).get("name", ""))
    return _Origin(details.patient, source, details.sample)


def _warn_of_unusable(unusable: list[str], content: ExportContent) -> None:
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

    def __init__(self) -> None:
        self._used: set[str] = set()

    def choose(self, folder: Path, labelled: LabelledCell) -> Path:
        cell = labelled.cell.id
        letters = f"_{cell.letters}" if cell.letters else ""
        path, number = path_for_image(folder, cell.image, f"{letters}.png"), 1
        while str(path).casefold() in self._used:
            number += 1
            path = path_for_image(folder, cell.image, f"{letters}-{number}.png")
        self._used.add(str(path).casefold())
        return path


def _read_same(path: Path, sha256: str) -> Image | None:
    """The image, if it is still what the cells were found in."""
    try:
        image = read_field(path)
    except ImageError:
        return None
    return image if image.sha256 == sha256 else None


def _cut_cells(image: Image, found: CaseImage) -> Iterator[tuple[LabelledCell, NDArray[np.uint8]]]:
    for labelled in found.annotated.cells:
        alone = labelled.cell.id.number == 0
        shown = image if alone else cut_out(image, labelled.cell.box)
        yield labelled, shown.planes[min(found.plane, len(shown.planes) - 1)]


def _row(file: str, labelled: LabelledCell, origin: _Origin) -> list[str]:
    cell, probability = labelled.cell, labelled.probability
    box = cell.box
    return [
        # No spreadsheet takes it for a formula, and it is still the same file.
        file if file == safe_cell(file) else f"./{file}",
        *(safe_cell(labelled.label), "", safe_cell(origin.patient), safe_cell(origin.source)),
        safe_cell(origin.sample or cell.id.image),
        cell.id.letters,
        str(labelled.reviewed).lower(),
        "" if probability is None else f"{probability:.6f}",
        str(cell.at_edge).lower(),
        *(f"{side:.1f}" for side in (box.x, box.y, box.width, box.height)),
    ]
