"""A data set of fields: files of annotations, and the images that they are of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.data.annotations.files import FOLDERS, find_annotation_files, read_annotations
from trainer.data.annotations.image_names import ImageNames
from trainer.data.annotations.records import AnnotatedImage, clip_cells
from trainer.data.item import SPLIT_ALIASES, SPLITS, Item, format_names
from trainer.data.labels import compose, is_missing_value
from trainer.errors import ImageError, UserError
from trainer.imaging import read_header
from trainer.imaging.folders.search import find_images

_VOC_SPLITS = ("ImageSets/Main", "ImageSets")


@dataclass(frozen=True)
class LabelledFields:
    """Labelled cells of fields.

    Attributes:
        items: one a cell, in the order of the files.
        root: the folder that images and annotations lie in.
        notes: what was left out, in words.
    """

    items: tuple[Item, ...]
    root: Path
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Field:
    """An image that was found, with its cells, and the file that they stand in."""

    path: Path
    image: AnnotatedImage
    file: Path


def read_labelled_fields(data: Path) -> LabelledFields | None:
    """Read the labelled cells of fields that COCO, QuPath, Pascal VOC or YOLO annotations name.

    Args:
        data: a file of annotations, or a folder of annotations and images. The split of an
            image is that of a folder or file of annotations that is called so (`train/`,
            `instances_train2017.json`), or of a list in `ImageSets/Main`.

    Returns:
        None where `data` holds no annotations.

    Raises:
        UserError: broken annotations, or ones of images that are not there.
    """
    files = find_annotation_files(data)
    if not files:
        return None
    root = _root_of(data)
    notes: list[str] = []
    fields = list(_read_fields(files, root, notes))
    _refuse_repeated(fields)
    splits = _read_split_lists(root)
    items = [item for field in fields for item in _build_items(field, root, splits)]
    labelled = tuple(item for item in items if item.label)
    notes += _describe_labels(fields, len(items) - len(labelled))
    return LabelledFields(labelled, root, tuple(notes))


def _describe_labels(fields: Sequence[_Field], unlabelled: int) -> Iterator[str]:
    """Note cells without a label, and labels that have a probability: no person gave those."""
    if unlabelled:
        count = "1 cell has" if unlabelled == 1 else f"{unlabelled} cells have"
        yield f"{count} no label, and did not count."
    cells = [cell for field in fields for cell in field.image.cells if cell.label]
    if predicted := sum(cell.probability is not None for cell in cells):
        yield f"{predicted} of {len(cells)} labels were given by a model, not by a person."


def _root_of(data: Path) -> Path:
    folder = data if data.is_dir() else data.parent
    for place in (folder, folder.parent):  # labels/, or labels/train/
        if place.name.casefold() in FOLDERS:
            return place.parent
    return folder


def _read_fields(files: Sequence[Path], root: Path, notes: list[str]) -> Iterator[_Field]:
    """Every image that the files name, the missing ones named together at the end."""
    missing: list[str] = []
    index: ImageNames | None = None
    for file in files:
        found = read_annotations(file)
        notes.extend(found.notes)
        for image in found.images:
            path = _existing(file.parent / image.name) or _existing(root / image.name)
            if path is None:
                index = index or ImageNames(find_images([root]).relative)
                name = index.find(image.name, image.place) or index.find(file.stem, image.place)
                path = root / name if name else None
            if path is None:
                missing.append(image.name)
            else:
                yield _Field(path, _fit_to_image(image, path), file)
    if missing:
        count = "1 image" if len(missing) == 1 else f"{len(missing)} images"
        raise UserError(
            f"The annotations name {count} that cannot be found: {format_names(missing, 3)}.",
            f"Put the images into “{root}”, or the annotations beside the images.",
        )


def _existing(path: Path) -> Path | None:
    try:
        return path if path.is_file() else None
    except (OSError, ValueError):  # too long a name, or none at all
        return None


def _fit_to_image(image: AnnotatedImage, path: Path) -> AnnotatedImage:
    """The cells within the true size of the image; as they are where it cannot be read."""
    try:
        header = read_header(path)
    except ImageError:
        return image
    return clip_cells(image, header.width, header.height)


def _refuse_repeated(fields: Sequence[_Field]) -> None:
    counts = Counter(field.path.resolve() for field in fields)
    twice = [field for field in fields if counts[field.path.resolve()] > 1]
    if twice:
        names = " and ".join(dict.fromkeys(f"“{field.file.name}”" for field in twice[:2]))
        raise UserError(
            f"“{twice[0].path.name}” is annotated twice, in {names}.", "Keep one of them."
        )


def _build_items(field: _Field, root: Path, splits: dict[str, str]) -> Iterator[Item]:
    split = splits.get(field.path.stem, "") or _split_of(field, root)
    for labelled in field.image.cells:
        cell = labelled.cell
        label = "" if is_missing_value(labelled.label) else compose(labelled.label)
        yield Item(field.path, label, split, box=cell.box, number=cell.id.number)


def _split_of(field: _Field, root: Path) -> str:
    """The split by a folder of the image, or by a word in the name of the annotations."""
    folders = [part for path in (field.path, field.file) for part in _folders_below(path, root)]
    words = re.findall(r"[a-z]+", field.file.stem.casefold()) if len(field.file.stem) > 1 else []
    named = words if field.file.suffix.casefold() == ".json" else []
    found = [SPLIT_ALIASES[word] for word in (*folders, *named) if word in SPLIT_ALIASES]
    return found[0] if found else ""


def _folders_below(path: Path, root: Path) -> list[str]:
    if not path.is_relative_to(root):
        return []
    return [part.casefold() for part in path.relative_to(root).parts[:-1]]


def _read_split_lists(root: Path) -> dict[str, str]:
    """The split of each image's stem by the lists of Pascal VOC; empty where there are none."""
    splits: dict[str, str] = {}
    for split in SPLITS:
        for folder in _VOC_SPLITS:
            file = root / folder / f"{split}.txt"
            if not file.is_file():
                continue
            lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
            splits |= {line.split()[0]: split for line in lines if line.strip()}
            break
    return splits
