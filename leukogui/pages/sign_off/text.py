"""Sentences about signed cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from leukogui.language.number_format import format_number

if TYPE_CHECKING:
    from trainer.cases.tables.sign_offs import CellCounts, SignOff


def _tr(text: str) -> str:
    return QCoreApplication.translate("SignOff", text)


def format_time(stamp: str) -> str:
    """A time of the store, ISO 8601 in UTC, as the person's clock and language have it."""
    moment = QDateTime.fromString(stamp, Qt.DateFormat.ISODateWithMs)
    if not moment.isValid():
        return stamp
    return QLocale().toString(moment.toLocalTime(), QLocale.FormatType.ShortFormat)


def describe_counts(counts: CellCounts) -> list[tuple[str, int]]:
    """What the cells of a case rest on, each with their number."""
    return [
        (_tr("Reviewed by a person"), counts.reviewed),
        (_tr("Accepted by the model, not reviewed"), counts.accepted),
        (_tr("Unknown after review"), counts.unknown),
        (_tr("Not decided"), counts.pending),
        (_tr("Images that could not be read"), counts.failed),
    ]


def describe_requirement(requirement: str) -> str:
    """What must be reviewed before the case can be signed."""
    return {
        "every_cell": _tr("Every cell must be reviewed by a person, and none be left unknown."),
        "open_cells": _tr(
            "Only the cells on which the model did not decide must be reviewed. What it accepted "
            "may stand; the sign-off says so."
        ),
        "nothing": _tr("Cells may be left without review; the sign-off says how many."),
    }[requirement]


def describe_missing(count: int) -> str:
    """How many cells keep the case from being signed."""
    if not count:
        return _tr("Nothing keeps the case from being signed.")
    if count == 1:
        return _tr("1 cell keeps the case from being signed.")
    text = _tr("{n} cells keep the case from being signed.")
    return text.format(n=format_number(count))


def describe_sign_off(act: SignOff) -> str:
    """Who signed or reopened the case, when, and what was left."""
    text = (
        _tr("Signed by {name} on {time}.")
        if act.is_signed
        else _tr("Reopened by {name} on {time}.")
    ).format(name=act.reviewer, time=format_time(act.time))
    lines = [text]
    if act.is_signed:
        counts = act.counts
        shown = _tr("{n} of {m} cells were reviewed by a person.")
        lines.append(shown.format(n=format_number(counts.reviewed), m=format_number(counts.cells)))
    if act.reason:
        lines.append(act.reason)
    return "\n".join(lines)
