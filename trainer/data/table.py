"""Reading a CSV file of items (columns: see `CSV_COLUMNS`), with every error in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from trainer.data.item import SPLIT_ALIASES, Item, format_names, relative_name
from trainer.errors import UserError

CSV_COLUMNS = ("file", "label", "split", "patient", "source", "sample")


def read_table(path: Path) -> list[Item]:
    """Read the items that a CSV names, in its order.

    Args:
        path: UTF-8 with or without a byte order mark; commas, semicolons or tabs. Paths in
            it are relative to its folder; unknown columns are ignored.

    Raises:
        UserError: not UTF-8, missing columns, an empty cell, an unknown split, files that
            are not there, or a file named twice.
    """
    items = [_parse_item(row, number, path) for number, row in _read_rows(path)]
    _check_files(items, path)
    _check_duplicates(items, path)
    return items


def _read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells by column of each row that is not blank."""
    text = _read_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_detect_delimiter(text))
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise UserError(
            f"Line {reader.line_num} of “{path.name}” is not a line of a CSV file: {error}."
        ) from error
    _check_header(header, path)
    return [(number, dict(zip(header, row, strict=False))) for number, row in rows if any(row)]


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"“{path.name}” is not a text file in UTF-8.", "Save it as “CSV UTF-8”."
        ) from error


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


def _detect_delimiter(text: str) -> str:
    """The separator that the header uses most: a comma, unless semicolons or tabs prevail."""
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _parse_item(row: dict[str, str], number: int, path: Path) -> Item:
    name, label = row.get("file", ""), row.get("label", "")
    for column, value in (("file", name), ("label", label)):
        if not value:
            raise UserError(f"Line {number} of “{path.name}” has an empty {column}.")
    word = row.get("split", "")
    if word and word.casefold() not in SPLIT_ALIASES:
        raise UserError(
            f"Line {number} of “{path.name}” has an unknown split “{word}”.",
            f"Expected one of {', '.join(SPLIT_ALIASES)}, or nothing.",
        )
    file = _resolve_path(path.parent, name)
    split = SPLIT_ALIASES.get(word.casefold(), "")
    more = (row.get(name, "") for name in ("patient", "source", "sample"))
    return Item(file, label, split, *more)


def _resolve_path(folder: Path, name: str) -> Path:
    """The path meant by a name in a CSV, which may have been written on Windows."""
    direct = folder / name
    if "\\" not in name or direct.exists():
        return direct
    return folder / PurePosixPath(PureWindowsPath(name).as_posix())


def _check_files(items: Sequence[Item], path: Path) -> None:
    missing = [item.path for item in items if not item.path.is_file()]
    if missing:
        names = ", ".join(f"“{relative_name(file, path.parent)}”" for file in missing[:3])
        count = f"{len(missing)} files" if len(missing) > 1 else "1 file"
        raise UserError(
            f"“{path.name}” names {count} that cannot be found: {names}"
            f"{' and others' if len(missing) > 3 else ''}.",
            f"Paths are relative to the folder of the CSV, “{path.parent}”.",
        )


def _check_duplicates(items: Sequence[Item], path: Path) -> None:
    """Refuse a file named twice, with what differs."""
    known: dict[Path, Item] = {}
    for item in items:
        first = known.setdefault(item.path.resolve(), item)
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
