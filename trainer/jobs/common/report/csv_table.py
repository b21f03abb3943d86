"""Write tables as CSV: commas, line feeds, and nothing that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Protocol

_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


class TextSink(Protocol):
    """Anything that text can be written to."""

    def write(self, text: str, /) -> int:
        """Write the text and return its length."""


def write_csv(sink: TextSink, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a header and rows; lines end with a line feed on every system."""
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def format_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Format a table as the text of a CSV file."""
    text = io.StringIO(newline="")
    write_csv(text, header, rows)
    return text.getvalue()


def safe_cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: an apostrophe before = + - @."""
    return f"'{text}" if text.startswith(_FORMULA_PREFIXES) else text


def plain_cell(text: str) -> str:
    """Invert `safe_cell`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA_PREFIXES) else text
