"""Cells and groups described in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from PySide6.QtCore import QCoreApplication, QLocale

from leukogui.case.cells import ACCEPTED, EMPTY, FAILED, PENDING, REVIEW, UNKNOWN, CaseModel
from leukogui.case.results import CellResult, CellReview
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from trainer.cases.records import EXCLUDED
from trainer.cases.records import UNKNOWN as UNKNOWN_LABEL
from trainer.domain import CellId, CellOrigin, Decision, LocatedCell


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)


def describe_group(group: int, classes: Sequence[str]) -> str:
    """The heading of a group.

    Args:
        classes: titles of the classes, or their names, by the numbers of their groups.
    """
    names = {
        ACCEPTED: _tr("Accepted"),
        REVIEW: _tr("To review"),
        UNKNOWN: _tr("Unknown"),
        FAILED: _tr("Could not be read"),
        PENDING: _tr("Not classified yet"),
        EMPTY: _tr("Fields without a cell"),
        -1: _tr("All cells"),
    }
    return names.get(group) or class_title(classes[group])


def class_title(name: str) -> str:
    """A class as the beginning of a line: its usual name, or a title made of the name itself."""
    from trainer.cases.review_classes import usual_name

    usual = usual_name(name, QLocale().name().split("_")[0])
    return usual[:1].upper() + usual[1:]


def class_name(name: str) -> str:
    """A class within a sentence: its usual name, small where the language writes nouns so."""
    from trainer.cases.review_classes import name_in_sentence

    return name_in_sentence(name, QLocale().name().split("_")[0])


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
    return _tr(" – looks like {kind}").format(kind=class_name(result.looks_like))


def format_decision(result: CellResult) -> str:
    """What was decided, in a few words."""
    label = f"{class_name(result.label)} {format_percent(result.probability)}"
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


def describe_review_of(model: CaseModel | None, cell: CellId | None) -> str:
    """The review that counts of a cell, and why it may be wrong; empty where there is none."""
    review = model.review(cell) if model is not None else None
    if model is None or review is None:
        return ""
    words = describe_review(review, _label_title(model, review.label))
    return "\n".join(filter(None, (words, _describe_suspicion(model, cell, review))))


def _describe_suspicion(model: CaseModel, cell: CellId | None, review: CellReview) -> str:
    """Why a review may be wrong; empty where it may not, or is another one by now."""
    scores = model.scores.get("suspected")
    if scores is None or cell is None:
        return ""
    found = scores.suspicion(cell.image, cell.number)
    if found is None or found.label != review.label:
        return ""
    kind = _label_title(model, found.suggested)
    if found.by_reviews:
        words = _tr("Suspected error: judged by the other reviewed cells it is rather: {kind}")
    else:
        words = _tr("Suspected error: the model gives it more probability to be: {kind}")
    return words.format(kind=kind)


def _label_title(model: CaseModel, label: str) -> str:
    words = {UNKNOWN_LABEL: _tr("Unknown"), EXCLUDED: _tr("Excluded")}
    return words.get(label) or class_title(model.titles.get(label, label))


def describe_review(review: CellReview, title: str) -> str:
    """A review in one line.

    Args:
        title: of the class that it gives.
    """
    if not review.reviewer:
        return _tr("Reviewed: {kind}").format(kind=title)
    return _tr("Reviewed by {who}: {kind}").format(who=review.reviewer, kind=title)


def describe_cell(
    cell: CellId, result: CellResult | None, reviewed: str = "", *, empty: bool = False
) -> str:
    """A cell in some lines, for a tool tip and a screen reader.

    Args:
        reviewed: its review, in words.
        empty: whether it stands for a field without a cell.
    """
    name = describe_id(cell) + (f"\n{reviewed}" if reviewed else "")
    if empty:
        return f"{name}\n{_tr('No cell was found')}"
    if result is None:
        return f"{name}\n{_tr('Not classified yet')}"
    if result.decision is Decision.FAILED:
        return f"{name}\n{translate_message(result.error)}"
    label = f"{class_name(result.label)}, {format_percent(result.probability)}"
    return f"{name}\n{label}\n{describe_decision(result)}"
