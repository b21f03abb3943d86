"""What an adaptation would learn, and what came of it, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from leukogui.case.corrected_cells import AdaptationPlan
from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number

OUTSIDE = "outside"
"""How the worker names all that is of none of the classes."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Adaptation", text)


def percent(share: float) -> str:
    """A share with one decimal."""
    return f"{format_number(100 * share, '.1f')} %"


def readable_class(label: str, titles: Mapping[str, str]) -> str:
    """A label as a person reads it.

    Args:
        titles: names of the review classes, by their id.
    """
    known = {OUTSIDE: _tr("Outside of the classes"), "unknown": _tr("Unknown")}
    return known.get(label) or class_title(titles.get(label, label))


def describe_plan(plan: AdaptationPlan, titles: Mapping[str, str]) -> list[str]:
    """What would be learned, a sentence or two a line."""
    counted = [*plan.known.items()]
    if plan.unknown:
        counted.append(("unknown", plan.unknown))
    names = [f"{readable_class(name, titles)} {format_number(n)}" for name, n in counted]
    lines = [
        _tr("It learns from {n} reviewed cells of this case: {classes}.").format(
            n=format_number(plan.cells), classes=", ".join(names) or "–"
        )
    ]
    if plan.untouched:
        untouched = ", ".join(readable_class(name, titles) for name in plan.untouched)
        lines.append(
            _tr("Without a reviewed cell, so left to what it knows: {classes}.").format(
                classes=untouched
            )
        )
    lines.append(
        _tr(
            "Only the last layer moves, and it is held to what it was. Each cell is judged by a "
            "model that did not learn from it. Nothing changes until you accept."
        )
    )
    return lines


def describe_new_class(label: str, cells: int, *, outside: bool) -> str:
    """What the consent to a new class means."""
    if outside:
        text = _tr("Make “{name}” a class ({n} cells); else it stays outside of the classes")
    else:
        text = _tr("Make “{name}” a class ({n} cells); else its cells are left out")
    return text.format(name=label, n=format_number(cells))


def describe_judgement(judged: Mapping[str, Any], model: str, titles: Mapping[str, str]) -> str:
    """Better, worse or not distinguishable, in a sentence; and for which classes, in another.

    Args:
        judged: `judged` of the worker's result.
        model: that it was compared to.
        titles: names of the review classes, by their id.
    """
    if not judged:
        return _tr("All cells are of one image or patient: the model could not be judged by them.")
    figures = _tr(
        "{verdict}: of {n} cells that it did not learn from, {before} were right before and "
        "{after} are now (p = {p})."
    )
    sentence = _fill_figures(figures, judged["all"], model)
    by_class = judged["by_class"]
    parts = [
        words.format(classes=", ".join(readable_class(name, titles) for name in names))
        for words, judgement in (
            (_tr("Better for {classes}."), "better"),
            (_tr("Worse for {classes}."), "worse"),
        )
        if (names := [name for name, each in by_class.items() if each["judgement"] == judgement])
    ]
    return " ".join([sentence, *parts])


def describe_further(judged: Mapping[str, Any], model: str) -> str:
    """The same against a model that was adapted itself, by the cells that are new to both.

    Args:
        model: that it was adapted from.
    """
    further = judged.get("further")
    if further is None:
        return _tr("No cell is new to {model}, so the two cannot be compared.").format(model=model)
    figures = _tr(
        "{verdict}: of {n} cells that neither learned from, {before} were right before and "
        "{after} are now (p = {p})."
    )
    return _fill_figures(figures, further, model)


def _fill_figures(text: str, judged: Mapping[str, Any], model: str) -> str:
    return text.format(
        verdict=describe_verdict(judged["judgement"], model).removesuffix("."),
        n=format_number(judged["cells"]),
        before=percent(judged["before"][0]),
        after=percent(judged["after"][0]),
        p=format_number(judged["p"], ".2g"),
    )


def describe_verdict(judgement: str, model: str) -> str:
    """The same in few words.

    Args:
        judgement: as the worker gives it; empty where it could not be judged.
    """
    words = {
        "": _tr("Not judged against {model}."),
        "better": _tr("Better than {model}."),
        "worse": _tr("Worse than {model}."),
    }
    return words.get(judgement, _tr("Not distinguishable from {model}.")).format(model=model)


def describe_class_judgement(judgement: str) -> str:
    """The same of one class, in few words."""
    words = {"": _tr("not judged"), "better": _tr("better"), "worse": _tr("worse")}
    return words.get(judgement, _tr("not distinguishable"))


def describe_changed(found: Mapping[str, Any]) -> str:
    """How many cells of the case change."""
    return _tr("{n} of {m} cells of this case would change").format(
        n=format_number(found["changed"]), m=format_number(found["cells"])
    )


def describe_counts(found: Mapping[str, Any]) -> str:
    """The same, and what becomes of the case: accepted, to review, unknown, before and after."""
    parts = []
    for title, names in (
        (_tr("accepted"), None),
        (_tr("to review"), ("review",)),
        (_tr("unknown"), ("unknown",)),
    ):
        before, after = (_count(found[when], names) for when in ("before", "after"))
        parts.append(f"{title} {format_number(before)} → {format_number(after)}")
    return f"{describe_changed(found)}: {', '.join(parts)}."


def _count(counts: Mapping[str, int], names: Sequence[str] | None) -> int:
    if names is None:
        return sum(n for name, n in counts.items() if name not in ("review", "unknown"))
    return sum(counts.get(name, 0) for name in names)


def describe_curve(curve: Mapping[str, Any], cells: int) -> str:
    """What more labelled cells would likely bring.

    Args:
        curve: `curve` of the worker's result.
        cells: how many there are now.
    """
    expected = curve.get("expected", {})
    twice = expected.get(str(2 * cells))
    if twice is None and curve.get("points"):
        return _tr(
            "No error is left among these cells by which to say what more of them would bring."
        )
    if twice is None:
        return _tr(
            "Not enough cells yet to say what more of them would bring: two classes with six "
            "images or patients each are needed."
        )
    return _tr(
        "Twice as many reviewed cells ({n}) would likely bring a balanced accuracy of {value} "
        "({low}–{high}), after {now} with the {m} of now."
    ).format(
        n=format_number(2 * cells),
        value=percent(twice[0]),
        low=percent(twice[1]),
        high=percent(twice[2]),
        now=percent(expected[str(cells)][0]),
        m=format_number(cells),
    )
