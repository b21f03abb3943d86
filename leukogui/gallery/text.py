"""Cells and groups described in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from PySide6.QtCore import QCoreApplication

from leukogui.case.cells import ACCEPTED, EMPTY, FAILED, PENDING, REVIEW, UNKNOWN, CellResult
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from trainer.domain import CellId, CellOrigin, Decision, LocatedCell
from trainer.models.class_colours import readable_name


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)


def describe_group(group: int, classes: Sequence[str]) -> str:
    """The heading of a group."""
    names = {
        ACCEPTED: _tr("Accepted"),
        REVIEW: _tr("To review"),
        UNKNOWN: _tr("Unknown"),
        FAILED: _tr("Could not be read"),
        PENDING: _tr("Not classified yet"),
        EMPTY: _tr("Fields without a cell"),
        -1: _tr("All cells"),
    }
    return names.get(group) or readable_name(classes[group]).capitalize()


def describe_decision(result: CellResult) -> str:
    """The decision and why, in one line."""
    match result.decision:
        case Decision.ACCEPT:
            return _tr("Accepted")
        case Decision.REVIEW:
            return _tr("To review: {why}").format(why=translate_message(result.reason))
        case Decision.UNKNOWN:
            return _tr("Unknown: {why}").format(
                why=translate_message(result.reason)
            ) + _format_looks_like(result)
        case Decision.FAILED:
            return translate_message(result.error)


def describe_reason(result: CellResult) -> str:
    """As `describe_decision`, below a headline that has "unknown" already."""
    if result.decision is not Decision.UNKNOWN:
        return describe_decision(result)
    reason = translate_message(result.reason)
    return reason[:1].upper() + reason[1:] + _format_looks_like(result)


def _format_looks_like(result: CellResult) -> str:
    if not result.looks_like:
        return ""
    return _tr(" – looks like {kind}").format(kind=readable_name(result.looks_like))


def format_decision(result: CellResult) -> str:
    """What was decided, in a few words."""
    label = f"{readable_name(result.label)} {format_percent(result.probability)}"
    match result.decision:
        case Decision.ACCEPT:
            return label
        case Decision.REVIEW:
            return _tr("to review: {what}").format(what=label)
        case Decision.UNKNOWN:
            return _tr("unknown")
        case Decision.FAILED:
            return _tr("could not be read")


def format_percent(probability: float) -> str:
    """A probability for a person: never "100 %" where it is less."""
    if 0.995 <= probability < 1:
        return "> 99 %"
    return f"{format_number(probability * 100, '.0f')} %"


def short_name(cell: CellId) -> str:
    """Which cell it is, without folders: the file's name, and of a field the letters."""
    return describe_id(CellId(PurePosixPath(cell.image).name, cell.number))


def describe_id(cell: CellId) -> str:
    """Which cell it is: its image, and of a field the letters of the cell."""
    if not cell.number:
        return cell.image
    return _tr("{image}, cell {letters}").format(image=cell.image, letters=cell.letters)


def describe_place(cell: LocatedCell | None) -> list[str]:
    """What is to be known of a cell of a field beside its class, a line each."""
    if cell is None:
        return []
    facts = [_tr("Cut by the edge of its field")] if cell.at_edge else []
    return [*facts, _tr("Drawn by a person")] if cell.origin is CellOrigin.DRAWN else facts


def describe_cell(cell: CellId, result: CellResult | None, *, empty: bool = False) -> str:
    """A cell in some lines, for a tool tip and a screen reader.

    Args:
        empty: whether it stands for a field without a cell.
    """
    name = describe_id(cell)
    if empty:
        return f"{name}\n{_tr('No cell was found')}"
    if result is None:
        return f"{name}\n{_tr('Not classified yet')}"
    if result.decision is Decision.FAILED:
        return f"{name}\n{translate_message(result.error)}"
    label = f"{readable_name(result.label)}, {format_percent(result.probability)}"
    return f"{name}\n{label}\n{describe_decision(result)}"
