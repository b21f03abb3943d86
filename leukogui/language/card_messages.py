"""The sentences of a model's card, with patterns for their translation.

Patterns are as in `leukogui.language.message_catalogue`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Told", text))


FREE_SECTIONS = (
    *(_t("Elsewhere"), _t("What was tried"), _t("Notes"), _t("Licence and attribution")),
)
"""Sections that hold what a person wrote; their lines stay as they are."""
TITLES = (
    *(_t("What it reports"), _t("Where it holds"), _t("Decisions"), _t("Measured")),
    *(_t("Left out"), _t("Heat maps"), _t("Arithmetic"), _t("Adaptation"), _t("Training")),
    *FREE_SECTIONS,
)
COLUMNS = (
    *(_t("source"), _t("red cell, pixels"), _t("cells"), _t("note"), _t("figure"), _t("cells of")),
    *(_t("value"), _t("95 % interval"), _t("gate"), _t("value (95 %)"), _t("must be")),
    *(_t("insertion less deletion, over"), _t("lead"), _t("class"), _t("found")),
    *(_t("wrong among accepted"), _t("alert lost"), _t("recipe"), _t("software"), _t("version")),
)
LINES = (
    _t("Classes: {names}."),
    _t("Also taught, and reported as *unknown* with the name as a hint: {names}."),
    _t("A diagnosis turns at: {shares}."),
    _t("It is shown {what}, at {w} x {h} pixels."),
    _t("the masked cell on grey, {n} red-cell diameters wide"),
    _t("the whole image"),
    _t(
        "Probabilities are calibrated for these sources only, until a lab's own reviewed cells "
        "recalibrate them."
    ),
    _t("- review: probability under {p}"),
    _t("- unknown: probability of the other classes of {p} or more"),
    _t("- unknown: farther than {x} from the nearest {k} training cells ({kind})"),
    _t("- temperature: {t}"),
    _t("- chosen for: {target}"),
    _t("Each map is the mean over the cell and its half turn."),
    _t(
        "What models by this recipe find on sources and classes that they were made without; the "
        "worst is {name}, {x}."
    ),
    _t("- f32: exact"),
    _t("The head of `{model}`, moved by {n} cells that {names} labelled."),
    _t("Each cell judged by a head fitted without it: {judgement}."),
    _t("Data: `{sha}` (SHA-256 over files and labels)."),
)
CARD_SENTENCES = (*TITLES, *COLUMNS, *LINES)
