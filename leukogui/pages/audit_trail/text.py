"""Sentences about the acts of an audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number

if TYPE_CHECKING:
    from trainer.cases.tables.acts import Act


def _tr(text: str) -> str:
    return QCoreApplication.translate("AuditTrail", text)


def describe_act(act: Act, titles: Mapping[str, str]) -> str:
    """What was done, in words.

    Args:
        titles: names of the review classes, by their id.
    """
    if act.kind == "review":
        return _describe_review(act, titles)
    describe = _SENTENCES.get(act.kind)
    return describe(act) if describe is not None else act.kind


def _describe_review(act: Act, titles: Mapping[str, str]) -> str:
    if act.label == "":
        return _counted(act, _tr("1 review taken back"), _tr("{n} reviews taken back"))
    from trainer.cases.reader_labels import is_adjudication

    one, many = _tr("1 cell reviewed"), _tr("{n} cells reviewed")
    if is_adjudication(act.note):
        one, many = _tr("1 cell adjudicated"), _tr("{n} cells adjudicated")
    text = _counted(act, one, many)
    known = {"unknown": _tr("unknown"), "excluded": _tr("excluded")}
    if not act.label:
        return text
    return f"{text}: {known.get(act.label) or class_title(titles.get(act.label, act.label))}"


def _counted(act: Act, one: str, many: str) -> str:
    return one if act.rows == 1 else many.format(n=format_number(act.rows))


def _fact(act: Act, name: str) -> Any:
    return act.facts.get(name, "")


def _with_reason(text: str, act: Act) -> str:
    return f"{text}: {act.reason}" if act.reason else text


_SENTENCES: dict[str, Callable[[Act], str]] = {
    "case created": lambda act: _tr("Case begun in {folder}").format(folder=_fact(act, "root")),
    "case moved": lambda act: _tr("Folder found in {folder}").format(folder=_fact(act, "root")),
    "profile set": lambda _: _tr("Source of the images set"),
    "content set": lambda _: _tr("Content of the images set"),
    "details set": lambda _: _tr("Details of the case set"),
    "run started": lambda act: _tr("Run of {model} begun, {n} images").format(
        model=_fact(act, "model"), n=format_number(int(_fact(act, "images") or 0))
    ),
    "run resumed": lambda act: _tr("Run of {model} went on").format(model=_fact(act, "model")),
    "run ended": lambda act: _tr("Run of {model} ended").format(model=_fact(act, "model")),
    "predictions": lambda act: _counted(act, _tr("1 cell classified"), _tr("{n} cells classified")),
    "cells found": lambda act: _counted(act, _tr("1 cell found"), _tr("{n} cells found")),
    "cell drawn": lambda act: _counted(act, _tr("1 cell drawn"), _tr("{n} cells drawn")),
    "cells removed": lambda act: _counted(act, _tr("1 cell removed"), _tr("{n} cells removed")),
    "undo": lambda act: _tr("Entry {n} undone").format(n=_fact(act, "target")),
    "redo": lambda act: _tr("Entry {n} done again").format(n=_fact(act, "target")),
    "reading": lambda act: _counted(act, _tr("1 cell read blind"), _tr("{n} cells read blind")),
    "reference added": lambda _: _tr("Cell added to the references"),
    "reference removed": lambda _: _tr("Cell removed from the references"),
    "signed": lambda act: _with_reason(_tr("Signed"), act),
    "reopened": lambda act: _with_reason(_tr("Reopened"), act),
}
