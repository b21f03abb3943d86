"""Which files of a folder are annotations, of which format, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

from trainer.data.annotations.coco import is_coco, read_coco
from trainer.data.annotations.geojson import is_geojson, read_geojson
from trainer.data.annotations.json_file import load_json
from trainer.data.annotations.label_studio import is_label_studio, read_label_studio
from trainer.data.annotations.records import Annotations
from trainer.data.annotations.voc import is_voc, read_voc
from trainer.data.annotations.yolo import NAME_FILES, is_yolo, read_yolo
from trainer.data.item import SPLIT_ALIASES
from trainer.errors import UserError

AnnotationFormat = Literal["COCO", "QuPath GeoJSON", "Label Studio", "Pascal VOC", "YOLO"]
FOLDERS = frozenset({"annotation", "annotations", "labels", "xml", "geojson", "json", "coco"})
"""Names of folders that hold annotations beside those of the images."""

_SUFFIXES = frozenset({".json", ".geojson", ".xml", ".txt"})
_READERS: dict[AnnotationFormat, Callable[[Path], Annotations]] = {
    "COCO": read_coco,
    "QuPath GeoJSON": read_geojson,
    "Label Studio": read_label_studio,
    "Pascal VOC": read_voc,
    "YOLO": read_yolo,
}


def read_annotations(path: Path) -> Annotations:
    """Read a file of annotations in any of the formats.

    Raises:
        UserError: as the reader of its format; or its name is of none of them.
    """
    if path.suffix.casefold() not in _SUFFIXES:
        raise UserError(
            f"“{path.name}” is no file of annotations.",
            f"{', '.join(get_args(AnnotationFormat))} are read: .json, .geojson, .xml, .txt.",
        )
    # What it is called for, where its content is neither: then that reader names the fault.
    named: dict[str, AnnotationFormat] = {".xml": "Pascal VOC", ".txt": "YOLO"}
    kind = _format_of(path) or named.get(path.suffix.casefold(), "COCO")
    return _READERS[kind](path)


def find_annotation_files(data: Path) -> tuple[Path, ...]:
    """Find the files of annotations that a path stands for, in order of name.

    Args:
        data: such a file; or a folder that holds some, itself or in a folder of annotations
            or of a split.

    Returns:
        All of one format; empty where there are none, as for class folders and a CSV.

    Raises:
        UserError: the folder holds annotations of several formats.
    """
    if data.is_file():
        suffix = data.suffix.casefold()
        # A table may be called .txt, too.
        return (data,) if suffix in _SUFFIXES and (suffix != ".txt" or is_yolo(data)) else ()
    if not data.is_dir():
        return ()
    found = {path: kind for folder in _list_places(data) for path, kind in _list_files(folder)}
    kinds = sorted(set(found.values()))
    if len(kinds) > 1:
        raise UserError(
            f"“{data}” holds annotations of several formats: {', '.join(kinds)}.",
            "Give the file or the folder of one of them.",
        )
    return tuple(found)


def _list_places(data: Path) -> Iterator[Path]:
    """The folder itself, its folders of annotations and splits, and those of the latter."""
    yield data
    for folder in _list_folders(data):
        if folder.name.casefold() in FOLDERS:
            yield folder
            yield from (f for f in _list_folders(folder) if f.name.casefold() in SPLIT_ALIASES)
        if folder.name.casefold() in SPLIT_ALIASES:
            yield folder
            yield from (f for f in _list_folders(folder) if f.name.casefold() in FOLDERS)


def _list_folders(folder: Path) -> list[Path]:
    inner = (each for each in folder.iterdir() if not each.name.startswith("."))
    return sorted(each for each in inner if each.is_dir())


def _list_files(folder: Path) -> Iterator[tuple[Path, AnnotationFormat]]:
    """The annotations in a folder, by their content: other files may have the same suffix."""
    for path in sorted(folder.iterdir()):
        if path.suffix.casefold() not in _SUFFIXES or path.name.startswith("."):
            continue
        if path.is_file() and (kind := _format_of(path)):
            yield path, kind


def _format_of(path: Path) -> AnnotationFormat | None:
    """The format of a file by its content; None for one that is no annotation."""
    suffix = path.suffix.casefold()
    if suffix == ".xml":
        return "Pascal VOC" if is_voc(path) else None
    if suffix == ".geojson":
        return "QuPath GeoJSON"
    if suffix == ".txt":
        return "YOLO" if path.name.casefold() not in NAME_FILES and is_yolo(path) else None
    try:
        content = load_json(path)
    except UserError:
        # A broken file is named where it is called so, and is not of ours elsewhere.
        called = path.name.casefold().endswith("coco.json") or path.stem.startswith("instances")
        return "COCO" if called else None
    kinds: dict[AnnotationFormat, Callable[[object], bool]] = {
        "COCO": is_coco,
        "Label Studio": is_label_studio,
        "QuPath GeoJSON": is_geojson,
    }
    return next((kind for kind, fits in kinds.items() if fits(content)), None)
