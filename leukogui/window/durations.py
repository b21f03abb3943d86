"""Times for people."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def seconds_in_words(seconds: float) -> str:
    """Time left, no finer than it is known: "12 s left", "3 min left", "2 h 10 min left"."""
    if seconds < 60:
        return _tr("{n} s left").format(n=max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 60:
        return _tr("{n} min left").format(n=minutes)
    hours, rest = divmod(minutes, 60)
    return _tr("{h} h {m} min left").format(h=hours, m=rest)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Durations", text)
