"""Images in folders of classes, or in split folders of those."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from trainer.data.item import SPLIT_ALIASES, Item, format_names, relative_name
from trainer.data.labels import compose, is_missing_value
from trainer.errors import UserError
from trainer.imaging.file_names import is_image_name, is_system_folder
from trainer.imaging.folders.search import find_images
from trainer.imaging.folders.unread_files import UnreadFiles

LAYOUT_HINT = (
    "Give a folder with one folder of images for each class, a folder with train, val and test "
    "folders of those, a CSV file with the columns file,label, or annotations of fields (COCO, "
    "QuPath GeoJSON, Label Studio, Pascal VOC, YOLO) with their images."
)


@dataclass
class ClassFolders:
    """What folders of classes hold.

    Attributes:
        items: their images.
        classes: the names of all class folders, with or without images.
        unlabelled: names of images beside the folders of classes or splits.
        unread: files that are not read.
    """

    items: list[Item] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    unlabelled: tuple[str, ...] = ()
    unread: UnreadFiles = field(default_factory=UnreadFiles)


def read_class_folders(data: Path, *, any_suffix: bool = False) -> ClassFolders:
    """Read the images below a folder with their classes and, where given, splits.

    Args:
        data: the folder.
        any_suffix: as for `find_images`.

    Raises:
        UserError: split folders and other folders side by side, a folder that cannot be read,
            or whose name is no class.
    """
    found, folders = ClassFolders(), _list_folders(data)
    splits = [folder for folder in folders if folder.name.casefold() in SPLIT_ALIASES]
    if splits and len(splits) < len(folders):
        others = sorted(folder.name for folder in folders if folder not in splits)
        raise UserError(
            f"“{data}” holds split folders ({format_names([s.name for s in splits])}) and other "
            f"folders ({format_names(others)}) side by side.",
            LAYOUT_HINT,
        )
    if not splits:
        _add_classes(found, folders, "", any_suffix)
    for folder in splits:
        split = SPLIT_ALIASES[folder.name.casefold()]
        _add_classes(found, _list_folders(folder), split, any_suffix)
    found.unlabelled = _find_unlabelled(data, splits, found.unread, any_suffix)
    return found


def _add_classes(
    found: ClassFolders, folders: Iterable[Path], split: str, any_suffix: bool
) -> None:
    for folder in folders:
        images = find_images([folder], any_suffix=any_suffix)
        if images.problems:
            raise UserError(images.problems[0], "The data would be incomplete without it.")
        label = _label_of(folder)
        found.classes.add(label)
        found.items += [Item(folder / name, label, split) for name in images.relative]
        found.unread.merge(images.unread)


def _find_unlabelled(
    data: Path, splits: Iterable[Path], unread: UnreadFiles, any_suffix: bool
) -> tuple[str, ...]:
    """Names of images beside the folders of classes or splits, and beside those in a split."""
    files = [
        entry
        for folder in (data, *splits)
        for entry in sorted(folder.iterdir())
        if not entry.name.startswith(".") and entry.is_file()
    ]
    return tuple(
        # On Linux a file's name can hold bytes that are no text.
        relative_name(entry, data).encode(errors="replace").decode()
        for entry in files
        if is_image_name(entry.name)
        or unread.examine(entry.name, str(entry), any_suffix=any_suffix)
    )


def _list_folders(folder: Path) -> list[Path]:
    """List the folders of classes or splits in a folder; none of a file server or a system.

    Raises:
        UserError: the name of one is no text, so that no class can be called that.
    """
    inner = [e for e in folder.iterdir() if e.is_dir() and not is_system_folder(e.name)]
    for each in inner:
        try:
            each.name.encode()
        except UnicodeEncodeError as error:
            name = each.name.encode(errors="replace").decode()
            raise UserError(
                f"The name of the folder {name} is not valid text.", "Rename the folder."
            ) from error
    return sorted(inner, key=lambda entry: entry.name)


def _label_of(folder: Path) -> str:
    """The class of a folder's images.

    Raises:
        UserError: its name means that the class is not known.
    """
    if is_missing_value(folder.name):
        raise UserError(
            f"The folder “{folder.name}” would be a class, but its name means “not known”.",
            "Rename it, or take it out of the data.",
        )
    return compose(folder.name)
