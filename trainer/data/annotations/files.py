"""Which files of a folder are annotations, of which format, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

from trainer.data.annotations.coco import is_coco, read_coco
from trainer.data.annotations.geojson import read_geojson
from trainer.data.annotations.json_file import load_json
from trainer.data.annotations.records import Annotations
from trainer.data.annotations.voc import is_voc, read_voc
from trainer.data.item import SPLIT_ALIASES
from trainer.errors import UserError

AnnotationFormat = Literal["COCO", "QuPath GeoJSON", "Pascal VOC"]
FOLDERS = frozenset({"annotation", "annotations", "labels", "xml", "geojson", "json", "coco"})
"""Names of folders that hold annotations beside those of the images."""

_SUFFIXES: dict[str, AnnotationFormat] = {
    ".json": "COCO",
    ".geojson": "QuPath GeoJSON",
    ".xml": "Pascal VOC",
}
_READERS: dict[AnnotationFormat, Callable[[Path], Annotations]] = {
    "COCO": read_coco,
    "QuPath GeoJSON": read_geojson,
    "Pascal VOC": read_voc,
}


def format_of(path: Path) -> AnnotationFormat | None:
    """The format of a file by its name; None for other files."""
    return _SUFFIXES.get(path.suffix.casefold())


def read_annotations(path: Path) -> Annotations:
    """Read a file of annotations in any of the formats.

    Raises:
        UserError: as the reader of its format; or its name is of none of them.
    """
    kind = format_of(path)
    if kind is None:
        raise UserError(
            f"“{path.name}” is no file of annotations.",
            f"{', '.join(get_args(AnnotationFormat))} are read: .json, .geojson and .xml.",
        )
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
        return (data,) if format_of(data) else ()
    if not data.is_dir():
        return ()
    found = [path for folder in _list_places(data) for path in _list_annotations(folder)]
    kinds = sorted({_SUFFIXES[path.suffix.casefold()] for path in found})
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
        if folder.name.casefold() in SPLIT_ALIASES:
            yield folder
            yield from (f for f in _list_folders(folder) if f.name.casefold() in FOLDERS)


def _list_folders(folder: Path) -> list[Path]:
    inner = (each for each in folder.iterdir() if not each.name.startswith("."))
    return sorted(each for each in inner if each.is_dir())


def _list_annotations(folder: Path) -> Iterator[Path]:
    """Files that are annotations by their content, too: others may have the same suffix."""
    for path in sorted(folder.iterdir()):
        kind = format_of(path)
        if kind is None or path.name.startswith(".") or not path.is_file():
            continue
        if kind == "QuPath GeoJSON" or (is_voc(path) if kind == "Pascal VOC" else _is_coco(path)):
            yield path


def _is_coco(path: Path) -> bool:
    try:
        return is_coco(load_json(path))
    except UserError:
        # A broken file is named where it is called so, and is not of ours elsewhere.
        return path.name.casefold().endswith("coco.json") or path.stem.startswith("instances")
