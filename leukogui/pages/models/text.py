"""Sentences about models and what was done with them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from leukogui.language.number_format import format_number

if TYPE_CHECKING:
    from trainer.models.package.evidence import Metric
    from trainer.models.package.registry import ModelEntry
    from trainer.models.package.trail import ModelAct


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)


def entry_title(entry: ModelEntry) -> str:
    """A model as the lab calls it."""
    return entry.title or entry.name


def describe_state(entry: ModelEntry) -> str:
    """What a model is to the program."""
    if entry.card is None:
        return _tr("cannot be used")
    if entry.serving:
        return _tr("serves")
    if entry.archived:
        return _tr("archived")
    return _tr("bundled") if entry.bundled else _tr("own")


def format_moment(moment: datetime) -> str:
    """A time as the person's clock and language have it."""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def format_metric(metric: Metric | None) -> str:
    """A share in percent with its interval."""
    if metric is None:
        return ""
    value = f"{format_number(100 * metric.value, '.1f')} %"
    if metric.low is None or metric.high is None:
        return value
    low, high = (format_number(100 * bound, ".1f") for bound in (metric.low, metric.high))
    return f"{value} ({low}–{high})"


def format_megabytes(size: int) -> str:
    """A size on the disk."""
    return f"{format_number(size / 1e6, '.1f')} MB"


def describe_act(act: ModelAct) -> str:
    """What was done, without who and when."""
    details = act.details
    text = {
        "import": _tr("Imported from {file}"),
        "promote": _tr("Promoted: it serves in the place of {before}"),
        "roll_back": _tr("Serves again, in the place of {before}"),
        "archive": _tr("Archived"),
        "restore": _tr("Taken out of the archive"),
        "rename": _tr("Named “{title}”"),
        "delete": _tr("Deleted"),
        "judge": _tr("Judged against {against}: {judgement} ({cells} cells)"),
    }[act.kind]
    names = ("file", "before", "title", "against", "cells")
    values = {name: str(details.get(name, "") or "–") for name in names}
    if act.kind == "rename" and not details.get("title"):
        text = _tr("Named as its card does again")
    shown = text.format(**values, judgement=judgement_word(str(details.get("judgement", ""))))
    return f"{shown}. {_tr('Reason: {why}').format(why=act.reason)}" if act.reason else shown


def judgement_word(judgement: str) -> str:
    """A judgement in the person's language."""
    return {
        "better": _tr("better"),
        "worse": _tr("worse"),
        "not distinguishable": _tr("not distinguishable"),
    }.get(judgement, judgement)


def act_person(act: ModelAct) -> str:
    """Who did it, where it is known."""
    return act.person or _tr("not known")


def describe_run_count(count: int) -> str:
    """How many runs were made with a model."""
    if count == 1:
        return _tr("1 run was made with it.")
    return _tr("{n} runs were made with it.").format(n=format_number(count))
