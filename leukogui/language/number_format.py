"""Numbers with the marks of the person's language, 12,345.6 or 12.345,6; and durations."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale


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


def format_time_left(seconds: float) -> str:
    """Time left, no finer than it is known: "12 s left", "3 min left", "2 h 10 min left"."""
    if seconds < 60:
        return _tr("{n} s left").format(n=max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 60:
        return _tr("{n} min left").format(n=minutes)
    hours, rest = divmod(minutes, 60)
    return _tr("{h} h {m} min left").format(h=hours, m=rest)


def format_duration(seconds: float) -> str:
    """A duration, no finer than it is known: "12 s", "3 min", "2 h 10 min"."""
    if seconds < 60:
        return _tr("{n} s").format(n=max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 60:
        return _tr("{n} min").format(n=minutes)
    hours, rest = divmod(minutes, 60)
    return _tr("{h} h {m} min").format(h=hours, m=rest)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Durations", text)
