"""Reading a CSV file of items (columns: see `CSV_COLUMNS`), with every error in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath

from trainer.data.csv_text import CsvRow, read_csv_text
from trainer.data.item import SPLIT_ALIASES, Item, format_names, relative_name
from trainer.data.labels import compose, is_missing_value
from trainer.domain import Box
from trainer.errors import UserError

CSV_COLUMNS = ("file", "label", "split", "patient", "source", "sample")
BOX_COLUMNS = ("x", "y", "width", "height")
"""Of a cell in a field, in pixels of its image; a file without a box is of one cell."""

_FORMULA_PREFIXES = ("=", "+", "-", "@")
# Words of people; a class can be called that.
_UNKNOWN_WORDS = frozenset({"?", "unknown", "not known", "missing", "unbekannt", "k.a.", "k. a."})


@dataclass(frozen=True)
class Table:
    """The items of a CSV in its order, and notes on how it was read, as sentences."""

    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()


def read_table(path: Path) -> Table:
    """Read the items that a CSV names.

    Args:
        path: in an encoding and with a separator of `read_csv_text`. Paths in it are relative
            to its folder; unknown columns are ignored. Where it has all of `BOX_COLUMNS`, a
            line is of the cell in that box, and a file has as many lines as cells. Text is
            composed (Unicode NFC), and a value that is missing (`is_missing_value`) is not known.

    Raises:
        UserError: as `read_csv_text`; missing columns, an empty cell, an unknown split, files
            that are not there, or a file named twice.
    """
    text = read_csv_text(path, ("file", "label"))
    _check_header(text.columns, path)
    disk = _Disk(path.parent)
    items = tuple(_parse_item(row, disk, path) for row in text.rows)
    _check_files(items, path, text.notes)
    _check_duplicates(items, path)
    return Table(_number_cells(items), text.notes)


def _check_header(header: Sequence[str], path: Path) -> None:
    missing = [name for name in ("file", "label") if name not in header]
    if missing:
        raise UserError(
            f"“{path.name}” has no column {format_names(missing)}.",
            f"Columns found: {', '.join(header) or 'none'}. Expected: file,label and, if you "
            "like, split, patient, source, sample.",
        )
    twice = [name for name in CSV_COLUMNS if header.count(name) > 1]
    if twice:
        raise UserError(f"“{path.name}” has two columns {format_names(twice)}.", "Keep one.")


def _parse_item(row: CsvRow, disk: _Disk, path: Path) -> Item:
    # Of a label only what a spreadsheet may have added: a no-break space is seen, and named.
    label = compose(_unprotect(row.cells["label"].strip(" \t")))
    name = row.cells["file"]
    for column, missing in (("file", not name.strip()), ("label", is_missing_value(label))):
        if missing:
            found = f" (“{label}” means not known)" if label and column == "label" else ""
            raise UserError(f"Line {row.line} of “{path.name}” has an empty {column}{found}.")
    split, patient, source, sample = (_parse_value(row, each) for each in CSV_COLUMNS[2:])
    if split and split.casefold() not in SPLIT_ALIASES:
        raise UserError(
            f"Line {row.line} of “{path.name}” has an unknown split “{split}”.",
            f"Expected one of {', '.join(SPLIT_ALIASES)}, or nothing.",
        )
    split, box = SPLIT_ALIASES.get(split.casefold(), ""), _parse_box(row, path)
    return Item(disk.find(name), label, split, patient, source, sample, box)


def format_box(box: Box | None) -> list[str]:
    """Format the cells of a line for `BOX_COLUMNS`; empty ones for an image of one cell."""
    if box is None:
        return [""] * len(BOX_COLUMNS)
    return [f"{side:.12g}" for side in (box.x, box.y, box.width, box.height)]


def _parse_box(row: CsvRow, path: Path) -> Box | None:
    """The box of the cell; None where the CSV, or this line, has none."""
    if any(name not in row.cells for name in BOX_COLUMNS):
        return None
    texts = [row.cells[name].strip() for name in BOX_COLUMNS]
    if all(map(is_missing_value, texts)):
        return None
    x, y, width, height = map(_parse_number, texts)
    if not all(map(math.isfinite, (x, y, width, height))) or width <= 0 or height <= 0:
        raise UserError(
            f"Line {row.line} of “{path.name}” has a box that is none: {'; '.join(texts)}.",
            "x, y, width and height are in pixels of the image; leave all empty for one cell.",
        )
    return Box(x, y, width, height)


def _parse_number(text: str) -> float:
    """A number with a decimal point or, as Excel writes it in many countries, a comma."""
    try:
        return float(text.replace(",", ".", 1))
    except ValueError:
        return math.nan


def _number_cells(items: Sequence[Item]) -> tuple[Item, ...]:
    """The cells of each file get the numbers 1, 2, ... in the order of the lines."""
    counts: Counter[Path] = Counter()
    numbered: list[Item] = []
    for item in items:
        counts[item.path] += item.box is not None
        numbered.append(replace(item, number=counts[item.path] if item.box else 0))
    return tuple(numbered)


def _parse_value(row: CsvRow, column: str) -> str:
    """A cell that may be empty; empty where it means that the value is not known."""
    text = compose(_unprotect(row.cells.get(column, "").strip()))
    return "" if is_missing_value(text) or text.casefold() in _UNKNOWN_WORDS else text


@dataclass(frozen=True)
class _Disk:
    """Finds the files that a CSV names, which may have been written on another system."""

    root: Path
    _folders: dict[Path, dict[str, str]] = field(default_factory=dict)

    def find(self, name: str) -> Path:
        """The file meant; where none is found, the path as it is written."""
        stripped = name.strip()
        plain = _unprotect(stripped)
        for each in dict.fromkeys((name, stripped, plain, _from_windows(plain))):
            if (found := self._find_spelled(self.root / each)) is not None:
                return found
        return self.root / stripped

    def _find_spelled(self, path: Path) -> Path | None:
        """The file of that name, whether its letters are composed (NFC) or not (NFD)."""
        if _is_file(path):
            return path
        found = Path(path.anchor)
        for part in path.parts[1 if path.anchor else 0 :]:
            found /= part if part == ".." else self._list_folder(found).get(compose(part), part)
        return found if _is_file(found) else None

    def _list_folder(self, folder: Path) -> dict[str, str]:
        if folder not in self._folders:
            try:
                names = sorted((entry.name for entry in folder.iterdir()), reverse=True)
            except (OSError, ValueError):
                names = []
            self._folders[folder] = {compose(name): name for name in names}
        return self._folders[folder]


def _unprotect(text: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from computing it, as ours have."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA_PREFIXES else text


def _from_windows(name: str) -> str:
    return PureWindowsPath(name).as_posix() if "\\" in name else name


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long a name, or none at all
        return False


def _check_files(items: Sequence[Item], path: Path, notes: Sequence[str]) -> None:
    missing = [item.path for item in items if not _is_file(item.path)]
    if missing:
        names = ", ".join(f"“{relative_name(file, path.parent)}”" for file in missing[:3])
        count = f"{len(missing)} files" if len(missing) > 1 else "1 file"
        raise UserError(
            f"“{path.name}” names {count} that cannot be found: {names}"
            f"{' and others' if len(missing) > 3 else ''}.",
            " ".join((f"Paths are relative to the folder of the CSV, “{path.parent}”.", *notes)),
        )


def _check_duplicates(items: Sequence[Item], path: Path) -> None:
    """Refuse a file named twice, with what differs."""
    known: dict[tuple[Path, Box | None], Item] = {}
    for item in items:
        first = known.setdefault((item.path.resolve(), item.box), item)
        if first is item:
            continue
        name = relative_name(item.path, path.parent)
        if first.label != item.label:
            raise UserError(
                f"“{path.name}” gives “{name}” two labels: {first.label} and {item.label}.",
                "Keep the right one.",
            )
        if first.split != item.split:
            raise UserError(
                f"“{path.name}” puts “{name}” in two splits: {first.split or 'none'} and "
                f"{item.split or 'none'}.",
                "Keep one.",
            )
        raise UserError(f"“{path.name}” names “{name}” twice.", "Remove one of the lines.")
