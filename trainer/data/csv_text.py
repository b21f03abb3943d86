"""Reading the text of a CSV file: its encoding, its separator and its rows; no row is lost.

The grammar is that of RFC 4180, but that the separator may be another character, spaces may
stand beside a cell in quotes, and a line ends a row even within quotes. Python's `csv` reads on
over a quote that is never closed, and takes a quote within a cell for a letter: there rows vanish
and cells merge in silence, so cells are split here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError

SEPARATORS = ",;\t"
_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",  # before UTF-16, which begins alike
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_SAVE_AS_UTF8 = "Save it as “CSV UTF-8”."
_LINE_END = re.compile(r"\r*\n|\r")
# Of no text, or what an editor takes for the end of a line; a tab is neither.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_STATED_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t ]*', re.IGNORECASE)

NumberedLine = tuple[int, str]


@dataclass(frozen=True)
class CsvRow:
    """A row: its line, from 1, and its cells by column, as they stand there."""

    line: int
    cells: dict[str, str]

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing but separators and spaces."""
        return not any(cell.strip() for cell in self.cells.values())


@dataclass(frozen=True)
class CsvText:
    """The rows of a CSV file.

    Attributes:
        columns: names in the header, in small letters, without spaces beside them.
        rows: those below it that are not blank, in order.
        notes: on how the file was read, as sentences.
    """

    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]
    notes: tuple[str, ...] = ()


def read_csv_text(path: Path, expected: Sequence[str] = ()) -> CsvText:
    """Read the rows of a CSV file; every line is a row, or an error with its number.

    Args:
        path: UTF-8, UTF-16 or UTF-32, else Windows-1252. Commas, semicolons or tabs, or what a
            first line `sep=` names, as Excel writes it.
        expected: columns by which the separator is recognised.

    Raises:
        UserError: no text, a quote that is not closed on its line, or more cells than columns.
    """
    text, notes = decode_csv(path.read_bytes(), path.name)
    lines: Sequence[NumberedLine]
    lines = [(n, line) for n, line in enumerate(_LINE_END.split(text), 1) if line.strip()]
    for number, line in lines:
        _refuse_control_character(number, line, path.name)
    separator, lines = _find_separator(lines, expected)
    if not lines:
        return CsvText((), (), notes)
    splitter = _RowSplitter(separator, path.name)
    columns = splitter.split_header(*lines[0])
    rows = (splitter.split_row(*line, columns) for line in lines[1:])
    return CsvText(columns, tuple(row for row in rows if not row.is_blank), notes)


def is_csv_cell(text: str) -> bool:
    """Whether a text can be a cell: it has no line break and no other control character."""
    return not _CONTROL.search(text)


def decode_csv(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode the bytes of a CSV file; return its text, and notes on its encoding.

    Raises:
        UserError: it is in none of the encodings that spreadsheets write.
    """
    encoding = _detect_encoding(data)
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError as error:
        line = len(_LINE_END.split(data[: error.start].decode("latin-1")))
    fault = UserError(f"Line {line} of “{name}” is not text in UTF-8.", _SAVE_AS_UTF8)
    # Where some of it is UTF-8, Windows-1252 would make nonsense of that.
    if encoding != "utf-8" or re.search("[^\x00-\x7f\ufffd]", data.decode("utf-8", "replace")):
        raise fault
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise fault from None
    return text, (
        f"“{name}” is not in UTF-8 and was read as Windows-1252. Where letters look wrong, save "
        "it as “CSV UTF-8”.",
    )


def _detect_encoding(data: bytes) -> str:
    """By the byte order mark; without one, UTF-16 has a zero beside its first letter."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return encoding
    if len(data) >= 4 and data[0] and data[2] and not (data[1] or data[3]):
        return "utf-16-le"
    if len(data) >= 4 and data[1] and data[3] and not (data[0] or data[2]):
        return "utf-16-be"
    return "utf-8"


def _refuse_control_character(number: int, line: str, name: str) -> None:
    if found := _CONTROL.search(line):
        raise UserError(
            f"Line {number} of “{name}” holds a character that is no text, U+{ord(found[0]):04X}.",
            f"Remove it. If the file is no CSV file: {_SAVE_AS_UTF8}",
        )


def _find_separator(
    lines: Sequence[NumberedLine], expected: Sequence[str]
) -> tuple[str, Sequence[NumberedLine]]:
    """The separator, and the lines from the header on.

    That of a line `sep=`, else that by which the header has the columns expected, else the one
    that it holds most: a comma, unless semicolons or tabs prevail.
    """
    if not lines:
        return SEPARATORS[0], ()
    stated = _STATED_SEPARATOR.fullmatch(lines[0][1])
    if stated and not stated[1].isalnum() and stated[1] not in '" ':
        return stated[1], lines[1:]
    header = lines[0][1].casefold()
    for separator in SEPARATORS:
        names = {cell.strip(' "\ufeff') for cell in header.split(separator)}
        if expected and names.issuperset(expected):
            return separator, lines
    return max(SEPARATORS, key=header.count), lines


class _RowSplitter:
    """Splits the lines of one file into cells."""

    def __init__(self, separator: str, file: str) -> None:
        self._separator, self._file = separator, file
        quoted, plain = r' *"([^"]*(?:""[^"]*)*)" *', f'[^"{re.escape(separator)}]*'
        self._cell = re.compile(f"{quoted}|{plain}")

    def split_header(self, number: int, line: str) -> tuple[str, ...]:
        """Split the header into names of columns; separators at its end are none."""
        names = [unicodedata.normalize("NFC", cell) for cell in self._split(number, line)]
        names = [name.strip().strip("\ufeff").casefold() for name in names]
        while names and not names[-1]:
            names.pop()
        return tuple(names)

    def split_row(self, number: int, line: str, columns: Sequence[str]) -> CsvRow:
        """Split a line into a row; cells that are missing at its end are empty."""
        cells = self._split(number, line)
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(columns):
            raise UserError(
                f"Line {number} of “{self._file}” has {len(cells)} cells, where the header has "
                f"{len(columns)} columns.",
                f"Where a cell itself holds “{self._separator}”, put quotes around it: "
                f'"band{self._separator} young".',
            )
        return CsvRow(number, dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False)))

    def _split(self, number: int, line: str) -> list[str]:
        cells: list[str] = []
        end = -1
        while end < len(line):
            found = self._cell.match(line, end + 1)
            assert found is not None  # the cell may be empty
            end = found.end()
            if end < len(line) and line[end] != self._separator:
                raise self._quote_error(number, line)
            cells.append(found[0] if found[1] is None else found[1].replace('""', '"'))
        return cells

    def _quote_error(self, number: int, line: str) -> UserError:
        if line.count('"') % 2:
            return UserError(
                f'Line {number} of “{self._file}” has a quote (") that is not closed on that line.',
                "Close it or remove it. A cell cannot hold a line break.",
            )
        return UserError(
            f'Line {number} of “{self._file}” has a quote (") in the middle of a cell.',
            "Put the whole cell in quotes, and write each quote within it twice.",
        )
