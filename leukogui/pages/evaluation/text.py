"""Figures and judgements of models in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number


def _tr(text: str) -> str:
    return QCoreApplication.translate("Evaluation", text)


def format_figure(figure: Any, *, as_share: bool = True) -> str:
    """A figure of the worker with its interval; empty where it is not defined."""
    if not isinstance(figure, Mapping) or figure["value"] is None:
        return ""
    factor, spec = (100, ".1f") if as_share else (1, ".3f")
    value = format_number(factor * figure["value"], spec) + (" %" if as_share else "")
    if figure["low"] is None or figure["high"] is None:
        return value
    low, high = (format_number(factor * figure[name], spec) for name in ("low", "high"))
    return f"{value} ({low}–{high})"


def judgement_sentence(record: Mapping[str, Any], candidate: str, against: str) -> str:
    """One plain sentence: better, worse or not distinguishable, and for which classes.

    Args:
        record: judgement.json.
        candidate, against: names of the models.
    """
    text = {
        "better": _tr("{candidate} is better than {against} on the same {n} cells (p = {p})."),
        "worse": _tr("{candidate} is worse than {against} on the same {n} cells (p = {p})."),
    }.get(
        record["judgement"],
        _tr("{candidate} and {against} cannot be told apart on the same {n} cells (p = {p})."),
    )
    overall = record["overall"]
    found = text.format(
        candidate=candidate,
        against=against,
        n=format_number(overall["cells"]),
        p=format_number(overall["p"], ".2g"),
    )
    parts = [found]
    if record["better"]:
        parts.append(_tr("Better for: {classes}.").format(classes=_names(record["better"])))
    if record["worse"]:
        parts.append(_tr("Worse for: {classes}.").format(classes=_names(record["worse"])))
    return " ".join(parts)


def difference_text(record: Mapping[str, Any]) -> str:
    """How far the balanced accuracies differ, with the interval; then calibration and coverage."""
    overall = record["overall"]
    right = [
        format_figure(dict(zip(("value", "low", "high"), overall[when], strict=True)))
        for when in ("before", "after")
    ]
    shares = _tr("Right, of all cells: {before} before, {after} now.")
    lines = [shares.format(before=right[0], after=right[1])]
    if (found := record["balanced_accuracy_difference"]) is not None:
        value, low, high = (format_number(100 * each, "+.1f") for each in found)
        text = _tr("Balanced accuracy differs by {value} points ({low} to {high}).")
        lines.append(text.format(value=value, low=low, high=high))
    figures = record["figures"]
    for name, text, as_share in (
        ("accepted", _tr("Accepted without review: {before} before, {after} now."), True),
        (
            "accepted_precision",
            _tr("Right among the accepted: {before} before, {after} now."),
            True,
        ),
        ("ece", _tr("Calibration error: {before} before, {after} now."), False),
    ):
        before, after = (
            format_figure(figures[which].get(name), as_share=as_share)
            for which in ("against", "candidate")
        )
        if before and after:
            lines.append(text.format(before=before, after=after))
    return "\n".join(lines)


def describe_given(predicted: str, probability: float, decision: str) -> str:
    """What a model gave a cell."""
    name = class_title(predicted)
    if decision == "unknown":
        return _tr("Unknown ({name}?)").format(name=name)
    mark = "" if decision == "accept" else "?"
    return f"{name}{mark} {format_number(100 * probability, '.0f')} %"


def _names(labels: Sequence[str]) -> str:
    outside = _tr("cells outside of the classes")
    return ", ".join(outside if name == "outside" else class_title(name) for name in labels)
