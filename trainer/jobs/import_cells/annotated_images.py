"""The annotated images that a case holds, with their cells within the true images."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.cases.case_folders import read_folders
from trainer.data.annotations.files import find_annotation_files, read_annotations
from trainer.data.annotations.image_names import ImageNames
from trainer.data.annotations.records import AnnotatedImage, LabelledCell, clip_cells
from trainer.data.item import format_names
from trainer.data.labels import choose_spellings, describe_merged, is_missing_value
from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled, ImageError, UserError
from trainer.imaging import decode_header
from trainer.imaging.files import read_file
from trainer.imaging.folders.search import find_images
from trainer.imaging.reader import DEFAULT_LIMIT_MEGAPIXELS
from trainer.locations import store_file
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import ImportCellsRequest


@dataclass(frozen=True)
class CaseImage:
    """An image of the case with its annotated cells.

    Attributes:
        name: below the case's folder.
        sha256: of its bytes, which the cells lie in.
        width, height: in pixels.
    """

    name: str
    sha256: str
    width: int
    height: int
    cells: tuple[LabelledCell, ...]


def read_images(
    request: ImportCellsRequest, emit: Emit, should_stop: ShouldStop
) -> list[CaseImage]:
    """Read the annotations of a request, and the images of the case that they are of.

    Raises:
        UserError: broken annotations, or not one image of them lies in the folder.
        Cancelled: `should_stop` returned true.
    """
    root = Path(request.folder)
    files = [file for given in request.files for file in _find_files(Path(given))]
    further = read_folders(store_file(request.data_dir), root)
    paths = [root, *(each for each in (root / name for name in further) if each.is_dir())]
    found = find_images(paths, root, any_suffix=request.any_suffix, folders=further)
    names = ImageNames(found.relative)
    images: dict[str, CaseImage] = {}
    missing: list[str] = []
    for at, file in enumerate(files):
        if should_stop():
            raise Cancelled
        emit(Progress("reading annotations", at, len(files)))
        for annotated, name in _match_images(file, names, emit):
            if name is None:
                missing.append(annotated.name)
            elif name in images:
                raise UserError(f"“{name}” is annotated twice.", "Keep one of the annotations.")
            else:
                try:
                    images[name] = _read_image(root, name, annotated, request.labels)
                except ImageError as error:
                    emit(JobWarning(f"Left out: {name}: {error.message}", error.hint))
    _report_missing(missing, len(images), root, emit)
    _refuse_unknown_labels(list(images.values()), request.labels)
    return list(images.values())


def _find_files(given: Path) -> tuple[Path, ...]:
    if files := find_annotation_files(given):
        return files
    raise UserError(
        f"There are no annotations in “{given}”.",
        "COCO and Label Studio (.json), QuPath (.geojson), Pascal VOC (.xml), YOLO (.txt) are "
        "read.",
    )


def _match_images(
    file: Path, names: ImageNames, emit: Emit
) -> Iterator[tuple[AnnotatedImage, str | None]]:
    found = read_annotations(file)
    for note in found.notes:
        emit(JobWarning(note))
    for image in found.images:
        name = names.find(image.name, image.place)
        if name is None and len(found.images) == 1:
            name = names.find(file.stem, image.place)
        yield image, name


def _read_image(
    root: Path, name: str, annotated: AnnotatedImage, labels: Sequence[str]
) -> CaseImage:
    """The annotated cells within the true image; ImageError where it cannot be read."""
    data = read_file(root / name, DEFAULT_LIMIT_MEGAPIXELS)
    header = decode_header(data)
    clipped = clip_cells(annotated, header.width, header.height)
    cells = tuple(each for each in clipped.cells if not labels or each.label in labels)
    return CaseImage(name, hashlib.sha256(data).hexdigest(), header.width, header.height, cells)


def _report_missing(missing: Sequence[str], found: int, root: Path, emit: Emit) -> None:
    if not missing:
        return
    count = "1 image" if len(missing) == 1 else f"{len(missing)} images"
    text = f"The annotations name {count} that are not in “{root}”: {format_names(missing, 3)}."
    if not found:
        raise UserError(text, "Give the folder that holds these images.")
    emit(JobWarning(text, "Their cells were left out."))


def _refuse_unknown_labels(images: Sequence[CaseImage], labels: Sequence[str]) -> None:
    present = {cell.label for image in images for cell in image.cells}
    if lacking := [label for label in labels if label not in present]:
        raise UserError(f"No cell has the label {format_names(lacking)}.")


def spell_labels(
    images: Sequence[CaseImage], known: Sequence[str], merge: bool, emit: Emit
) -> list[CaseImage]:
    """Spell labels as the classes that are known; returns the images, and warns of others.

    Args:
        known: all that the model of the case tells apart; empty where it has none.
        merge: take labels as one that differ only in their spelling.

    Raises:
        UserError: labels differ only in their spelling, and `merge` is false.
    """
    counts = Counter(
        cell.label for image in images for cell in image.cells if not is_missing_value(cell.label)
    )
    spellings = choose_spellings(counts, known, merge=merge)
    for note in describe_merged(spellings):
        emit(JobWarning(note))
    if known and (strange := sorted(set(spellings.values()) - set(known))):
        emit(
            JobWarning(
                f"The model of the case has no class {format_names(strange)}.",
                "The cells keep these labels.",
            )
        )
    return [
        replace(image, cells=tuple(_relabel(cell, spellings) for cell in image.cells))
        for image in images
    ]


def _relabel(cell: LabelledCell, spellings: dict[str, str]) -> LabelledCell:
    return replace(cell, label=spellings.get(cell.label, ""))
