"""The worker's messages about trainings and tunings.

Patterns are as in `leukogui.language.message_catalogue`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Told", text))


TRAININGS = (
    *(_t("training"), _t("reading cells"), _t("reading images"), _t("reading hold-outs")),
    *(_t("fitting the head"), _t("preparing the network"), _t("computing features")),
    *(_t("judging cells"), _t("judging each part by the others"), _t("checking heat maps")),
    *(_t("downloading"), _t("probing"), _t("trying recipes")),
    _t("Recipe {n}: log-loss {x} on the folds."),
    _t("Recipe {n} was given up: most do better."),
    _t("Recipe {n} failed: {what}"),
    _t("The best of {n} recipes has a log-loss of {x} on the folds; it is in {file}."),
    _t("The time is used; {n} recipes were tried."),
    _t("Not one recipe came to its end."),
    _t("Try more of them, or look at the notices above."),
    _t("{folder} holds a tuning of something else."),
    _t(
        "The patients are not known, so cells of one patient may lie in several splits and the "
        "figures may be too good."
    ),
    _t("The data say nothing of splits."),
    _t("The data have no images of the split {names}."),
    _t("They were split by class and patient."),
    _t("{n} of {m} images kept the split of the model {model}."),
    _t("{n} further ones went where a model had their patient or sample."),
    _t(
        "{name} is a class of the new model; the model before recognised it as outside of its "
        "classes."
    ),
    _t(
        "{names} are classes of the new model; the model before recognised them as outside of its "
        "classes."
    ),
    _t("To leave it as it was: {options}."),
    _t(
        "The data hold no {names}, which the model before recognised as outside of its classes: "
        "the new one will know such cells by their distance alone."
    ),
    _t("Few cells to measure on of {names}: see how wide their intervals are."),
    _t(
        "The data hold no {names}, which the model before this one tells apart: the new one will "
        "not know them."
    ),
    _t("No cell of these cases was reviewed yet."),
    _t("Review some cells first."),
    _t("The reviewed cells are of locked patients, which judge models and teach none."),
    _t("Take reviewed cells of other patients."),
    _t("All cells are test cells, to measure on; none is to be learned from."),
    _t("Take other cells, or data without splits."),
    _t(
        "No cell is locked: of the {least} patients that it takes, the details of the cases name "
        "{n}."
    ),
    _t("Write the patient into the details of each case."),
    _t("None of these cases is of a locked patient."),
    _t("Review cells of further patients."),
    _t("Left out: 1 reviewed cell of locked patients."),
    _t("Left out: {n} reviewed cells of locked patients."),
    _t("{name} is no case."),
    _t("The GPU failed in the middle of the training."),
    _t("What was learned up to the last saved state is kept."),
    _t("The disk is full."),
    _t("Make room, or choose another place; nothing was begun."),
)
