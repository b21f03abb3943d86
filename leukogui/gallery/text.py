"""What is said of a cell and of a group, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from leukogui.case.cells import ACCEPTED, FAILED, PENDING, REVIEW, UNKNOWN, Judged
from leukogui.language.number_format import digits
from leukogui.language.worker_messages import told
from trainer.domain import Decision
from trainer.models.class_colours import readable_name


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)


def group_in_words(group: int, classes: Sequence[str]) -> str:
    """The heading of a group."""
    names = {
        ACCEPTED: _tr("Accepted"),
        REVIEW: _tr("To review"),
        UNKNOWN: _tr("Unknown"),
        FAILED: _tr("Could not be read"),
        PENDING: _tr("Not classified yet"),
        -1: _tr("All cells"),
    }
    return names.get(group) or readable_name(classes[group]).capitalize()


def decision_in_words(judged: Judged) -> str:
    """The decision and why, in one line."""
    match judged.decision:
        case Decision.ACCEPT:
            return _tr("Accepted")
        case Decision.REVIEW:
            return _tr("To review: {why}").format(why=told(judged.reason))
        case Decision.UNKNOWN:
            return _tr("Unknown: {why}").format(why=told(judged.reason)) + _likeness(judged)
        case Decision.FAILED:
            return told(judged.error)


def why_in_words(judged: Judged) -> str:
    """As `decision_in_words`, below a headline that says already that a cell is unknown."""
    if judged.decision is not Decision.UNKNOWN:
        return decision_in_words(judged)
    reason = told(judged.reason)
    return reason[:1].upper() + reason[1:] + _likeness(judged)


def _likeness(judged: Judged) -> str:
    if not judged.looks_like:
        return ""
    return _tr(" – looks like {kind}").format(kind=readable_name(judged.looks_like))


def shortly(judged: Judged) -> str:
    """What was decided, in a few words."""
    said = f"{readable_name(judged.label)} {percent(judged.probability)}"
    match judged.decision:
        case Decision.ACCEPT:
            return said
        case Decision.REVIEW:
            return _tr("to review: {what}").format(what=said)
        case Decision.UNKNOWN:
            return _tr("unknown")
        case Decision.FAILED:
            return _tr("could not be read")


def percent(probability: float) -> str:
    """A probability for a person: never "100 %" where it is less."""
    if 0.995 <= probability < 1:
        return "> 99 %"
    return f"{digits(probability * 100, '.0f')} %"


def cell_in_words(name: str, judged: Judged | None) -> str:
    """A cell in one line, for a tool tip and a screen reader."""
    if judged is None:
        return f"{name}\n{_tr('Not classified yet')}"
    if judged.decision is Decision.FAILED:
        return f"{name}\n{told(judged.error)}"
    said = f"{readable_name(judged.label)}, {percent(judged.probability)}"
    return f"{name}\n{said}\n{decision_in_words(judged)}"
