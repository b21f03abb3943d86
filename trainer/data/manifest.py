"""From folders and CSV files to a manifest: which image, of which class, in which split.

Four layouts are recognised by what lies there:

* class folders: `DATA/<class>/**/<image>`;
* split folders of class folders: `DATA/train/<class>/...`, `DATA/val/...`, `DATA/test/...`
  (also `training`, `valid`, `validation`, `testing`, in any case of letters);
* a CSV file with the columns `file,label[,split][,patient][,source][,sample]`, with
  paths relative to it (its encodings and separators: `read_csv_text`); `x,y,width,height`
  are the box of a cell in a field;
* annotations of cells in fields, as COCO, QuPath GeoJSON, Label Studio, Pascal VOC or YOLO,
  with the images.

Everything else is refused in words.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from trainer.atomic_files import sha256_of, write_text
from trainer.data.annotations.data_set import read_labelled_fields
from trainer.data.class_folders import LAYOUT_HINT, ClassFolders, read_class_folders
from trainer.data.csv_text import is_csv_cell
from trainer.data.item import SPLITS, Item, format_names, relative_name
from trainer.data.labels import (
    choose_spellings,
    describe_merged,
    relabel,
)
from trainer.data.table import BOX_COLUMNS, CSV_COLUMNS, format_box, read_table
from trainer.errors import UserError
from trainer.imaging.folders.unread_files import UnreadFiles


@dataclass(frozen=True)
class Manifest:
    """Images with their classes, in a fixed order.

    Attributes:
        items: sorted by path below `root`.
        classes: names of all classes, sorted unless an order was given.
        root: the folder that the data lie in.
        unlabelled: names of images in it that lie in no class folder, and are no items.
        notes: on how the data were read, as sentences.
        unread: files in folders of classes, or beside them, that are not read.
    """

    items: tuple[Item, ...]
    classes: tuple[str, ...]
    root: Path
    unlabelled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unread: UnreadFiles = field(default_factory=UnreadFiles, compare=False)

    def split(self, name: str) -> tuple[Item, ...]:
        """Return the items of one split, in order; those without one for "".

        Raises:
            ValueError: no such split.
        """
        if name not in (*SPLITS, ""):
            raise ValueError(f"Invalid split. Expected one of {SPLITS}. Received {name!r}.")
        return tuple(item for item in self.items if item.split == name)

    def counts(self) -> dict[str, dict[str, int]]:
        """Count the images per split (in the order train, val, test, "") and class."""
        images = Counter((item.split, item.label) for item in self.items)
        splits = [name for name in (*SPLITS, "") if any(key[0] == name for key in images)]
        return {split: {name: images[split, name] for name in self.classes} for split in splits}

    def digest(self) -> str:
        """Hash the data: SHA-256 of the sorted lines `<file sha256>,<label>,<split>`.

        It depends neither on names nor on places, only on bytes, classes and splits; of the
        cells of fields also on their boxes.
        """
        return digest_of(self.items, file_hashes(self))


def digest_of(items: Iterable[Item], hashes: Sequence[str]) -> str:
    """Hash items as `Manifest.digest` does, where the hashes of the files are already known."""
    pairs = zip(items, hashes, strict=True)
    lines = (f"{item.digest(sha)},{item.label},{item.split}\n" for item, sha in pairs)
    return hashlib.sha256("".join(sorted(lines)).encode("utf-8")).hexdigest()


def file_hashes(manifest: Manifest) -> tuple[str, ...]:
    """Compute the SHA-256 of each item's bytes, in the order of the items.

    Raises:
        UserError: a file cannot be read.
    """
    with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 2) + 2)) as pool:
        return tuple(pool.map(_hash_file, [item.path for item in manifest.items]))


def hashes_by_path(manifest: Manifest) -> dict[Path, str]:
    """Compute the SHA-256 of each item's bytes, by its path, in the order of the items.

    Raises:
        UserError: a file cannot be read.
    """
    paths = [item.path for item in manifest.items]
    return dict(zip(paths, file_hashes(manifest), strict=True))


def duplicates_across_splits(
    manifest: Manifest, hashes: Sequence[str] | None = None
) -> tuple[tuple[Item, ...], ...]:
    """Find groups of byte-identical files that lie in more than one split.

    Args:
        manifest: the items.
        hashes: as of `file_hashes`, where already known.
    """
    groups: dict[str, list[Item]] = defaultdict(list)
    for item, sha in zip(manifest.items, hashes or file_hashes(manifest), strict=True):
        groups[sha].append(item)
    return tuple(
        tuple(group) for group in groups.values() if len({item.split for item in group}) > 1
    )


def remove_leaks(manifest: Manifest, hashes: Mapping[Path, str]) -> tuple[Manifest, list[Item]]:
    """Leave out training images that also lie in val or test; return those images, too.

    Args:
        manifest: with splits.
        hashes: as of `hashes_by_path`.
    """
    digests = [hashes[item.path] for item in manifest.items]
    leaked = {
        item
        for group in duplicates_across_splits(manifest, digests)
        for item in group
        if item.split == "train"
    }
    kept = tuple(item for item in manifest.items if item not in leaked)
    dropped = [item for item in manifest.items if item in leaked]
    return Manifest(kept, manifest.classes, manifest.root), dropped


def read_manifest(
    data: Path,
    *,
    classes: Sequence[str] | None = None,
    min_classes: int = 2,
    merge_labels: bool = False,
    any_suffix: bool = False,
) -> Manifest:
    """Read the images of a folder or CSV file, with class and, where given, split.

    Args:
        data: class folders, split folders of those, a CSV file, or annotations (see above).
        classes: the order of the classes wanted; it must name each class found, and a
            class without an image is an error. Sorted by name where None.
        min_classes: 1 for cells that a model is only measured on.
        merge_labels: take labels as one that differ only in their spelling (see
            `choose_spellings`).
        any_suffix: in folders of classes, take files that are images by their content,
            whatever their names (see `search_images`).

    Raises:
        UserError: nothing there, missing columns or files, an unknown split, conflicting or
            repeated rows, an empty class, labels that differ only in their spelling, or fewer
            classes than `min_classes`.
    """
    data = Path(data)
    items: Sequence[Item]
    folders = ClassFolders()
    notes: tuple[str, ...] = ()
    if fields := read_labelled_fields(data):
        root, items, notes = fields.root, fields.items, fields.notes
        found = {item.label for item in items}
    elif data.is_dir():
        root, folders = data, read_class_folders(data, any_suffix=any_suffix)
        items, found = folders.items, folders.classes
    elif data.is_file():
        root, table = data.parent, read_table(data)
        items, notes = table.items, table.notes
        found = {item.label for item in items}
    else:
        raise UserError(f"There is no folder or file “{data}”.", LAYOUT_HINT)
    if not items:
        raise UserError(
            f"There are no images in folders of classes in “{data}”."
            if data.is_dir()
            else f"There are no images in “{data}”.",
            _add_content(_format_csv_hint(data) or LAYOUT_HINT, folders.unread),
        )
    counts = dict.fromkeys(found, 0) | Counter(item.label for item in items)
    spellings = choose_spellings(counts, tuple(classes or ()), merge=merge_labels)
    items, notes = relabel(items, spellings), (*notes, *describe_merged(spellings))
    present = {item.label for item in items}
    order = _class_order(set(spellings.values()), present, classes, folders.unread)
    if len(order) < min_classes:
        raise UserError(
            f"There is only one class: {order[0]}.",
            _format_csv_hint(data) or "A classifier needs two classes or more.",
        )
    ordered = sorted(items, key=lambda item: (relative_name(item.path, root), item.number))
    return Manifest(tuple(ordered), order, root, folders.unlabelled, notes, unread=folders.unread)


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write a CSV that `read_manifest` reads back to the same items; replaces atomically.

    Paths are relative to the CSV where the images lie below its folder, else absolute.

    Raises:
        UserError: a name that no cell of a CSV can hold, or the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    boxed = any(item.box is not None for item in manifest.items)
    writer.writerow([*CSV_COLUMNS, *BOX_COLUMNS] if boxed else CSV_COLUMNS)
    for item in manifest.items:
        name = relative_name(item.path, path.parent)
        row = [name, item.label, item.split, item.patient, item.source, item.sample]
        row += format_box(item.box) if boxed else []
        if odd := next((cell for cell in row if not is_csv_cell(cell)), None):
            raise UserError(
                f"The name {odd!r} holds a line break or another control character.",
                "Rename the file or folder.",
            )
        writer.writerow(row)
    write_text(path, text.getvalue())


def _hash_file(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise UserError(
            f"The file “{path}” cannot be read: {error.strerror}.", "Was it moved?"
        ) from error


def _class_order(
    found: Iterable[str], present: set[str], order: Sequence[str] | None, unread: UnreadFiles
) -> tuple[str, ...]:
    """The classes in the order wanted, after checking that each has images."""
    names = tuple(order) if order is not None else tuple(sorted(found))
    unlisted = sorted(present - set(names))
    if unlisted:
        raise UserError(
            f"The data hold a class that is not in the list: {format_names(unlisted)}.",
            f"Classes listed: {', '.join(names)}.",
        )
    empty = [name for name in names if name not in present]
    if empty:
        raise UserError(
            f"There is no image in class {format_names(empty)}.",
            _add_content("Add images, or remove the class.", unread),
        )
    return names


def _add_content(hint: str, unread: UnreadFiles) -> str:
    """The hint, and what the folders hold that was not read."""
    content = unread.describe_all()
    return f"{hint} The folders hold {content}." if content else hint


def _format_csv_hint(data: Path) -> str:
    """A hint at a CSV file in a folder whose folders are not those of classes; empty if none."""
    if not data.is_dir():
        return ""
    tables = sorted(file.name for file in data.iterdir() if file.suffix.casefold() == ".csv")
    if not tables:
        return ""
    return f"If “{tables[0]}” there names the classes, give that: “{data / tables[0]}”."
