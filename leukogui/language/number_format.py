"""Numbers with the marks of the person's language: 12,345.6 or 12.345,6."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def format_number(value: float, spec: str = ",") -> str:
    """A number for a person, never for a file or another program.

    Args:
        spec: as in Python's `format`; left out: a count, its thousands set apart.
    """
    return localize_number(format(value, spec))


def localize_number(text: str) -> str:
    """A number that was written in English already."""
    locale = QLocale()
    marks = {",": locale.groupSeparator(), ".": locale.decimalPoint()}
    return "".join(marks.get(each, each) for each in text)
