"""What an audit of labelled cells finds, with patterns for its translation.

Patterns are as in `leukogui.language.message_catalogue`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Told", text))


_FILES = (
    _t("1 image of {m} cannot be read ({p} %)."),
    _t("{n} images of {m} cannot be read ({p} %)."),
    _t("Copy them again from where they came from, or take them out of the data."),
    _t("With so many missing, all else that is said holds for the rest only."),
    _t("1 image looks like a mask, not like cells: {names}."),
    _t("{n} images look like masks, not like cells: {names}."),
    _t(
        "Take them out of the data, or give their folder a name that begins with a dot: what lies "
        "there is passed over."
    ),
    _t("1 image differs from the usual: {list}."),
    _t("{n} images differ from the usual: {list}."),
    _t("{n} with hardly any pixels"),
    _t("{n} of another size than the rest"),
    _t("{n} perhaps a field of many cells"),
    _t("{n} of another shape than the rest"),
    _t("{n} with more than 8 bits"),
    _t("{n} without colour at all"),
    _t("{n} showing next to nothing"),
    _t("{n} without a cell that could be outlined"),
    _t("{n} with a name of another format"),
    _t("Look at them in the report; take out what is no image of one stained cell."),
)
_COPIES = (
    _t("1 image is in the data under different labels, such as {names}."),
    _t("{n} images are in the data under different labels, such as {names}."),
    _t("Look at each of them in the report, and keep the right one."),
    _t("1 image lies in more than one split ({list}), such as {names}."),
    _t("{n} images lie in more than one split ({list}), such as {names}."),
    _t("A model is tested there on what it was trained on."),
    _t(
        "Keep one of each, or split again: splits made by the program keep copies with the same "
        "bytes together."
    ),
    _t("1 image is in the data more than once, within one split ({list})."),
    _t("{n} images are in the data more than once, within one split ({list})."),
    _t("Keep one of each: the others add weight but no knowledge."),
    _t("{n} with the same bytes"),
    _t("{n} nearly the same"),
)
_PATIENTS = (
    _t(
        "All images are of one patient: they can be neither split nor say how a model does on "
        "other patients."
    ),
    _t("Add images of other patients."),
    _t(
        "The data do not say which patient an image is from, so that the same patient may be in "
        "training and in test, and figures may be too good."
    ),
    _t("Add a column patient to a CSV of the data, even if it holds only numbers."),
    _t("The patient of 1 image is not known."),
    _t("The patient of {n} images is not known."),
    _t("Fill the column patient."),
    _t("1 patient has images in more than one split: {names}."),
    _t("{n} patients have images in more than one split: {names}."),
    _t("Split again by patient, as the program does where no split is given."),
    _t("{name} has 1 image, {other} only {m}."),
    _t("{name} has {n} images, {other} only {m}."),
    _t(
        "Add images of the small classes; training draws classes alike, and figures should be "
        "read by class."
    ),
)
_SOURCES = (
    _t("The images come from {n} sources."),
    _t(
        "The images fall into {n} groups, as if from {m} labs, though the data do not say so (told "
        "apart by {list})."
    ),
    _t("the border's brightest red"),
    _t("the border's brightest green"),
    _t("the border's brightest blue"),
    _t("the border's noise"),
    _t("the files' {name}"),
    _t("Classes are spread over them (Cramer's V {v})."),
    _t(
        "If they are labs or scanners, name them in a column source: training then exchanges "
        "colours between them."
    ),
    _t("Class and source go together (Cramer's V {v}, 0 is none, 1 is entirely): {parts}."),
    _t("their shares differ from source to source"),
    _t("{name} shows no or hardly any {classes}"),
    _t("A network may learn the lab in place of the cell."),
    _t("Figures measured on this set will not carry over to another lab."),
    _t(
        "Add cells of the missing pairs of class and lab; train with the masked view and the "
        "recipe's augmentation, which exchange colours between labs; measure on cells of a lab "
        "that was left out of the training."
    ),
)
_SHORTCUTS = (
    _t("the outer border of the image alone (8 % of each side)"),
    _t("the background alone, with the cell masked out"),
    _t("the file alone (size, format, compression, metadata)"),
    _t(
        "Class can be told from {what}: {n} % against {m} % by chance (95 % interval "
        "{least}-{most} %, p = {p})."
    ),
    _t(
        "Source can be told from {what}: {n} % against {m} % by chance (95 % interval "
        "{least}-{most} %, p = {p})."
    ),
    _t(
        "A trace of the class can be told from {what}: {n} % against {m} % by chance (95 % "
        "interval {least}-{most} %, p = {p})."
    ),
    _t("That is too little to carry a figure."),
    _t(
        "No harm if the cells of each class come from several patients and days; audit again when "
        "cells were added."
    ),
    _t("Together with classes that come from one source only, this is a shortcut."),
    _t("No harm as long as each class comes from each source."),
    _t(
        "Save all images in one format, size and quality before anything else, from the originals; "
        "then audit again."
    ),
    _t(
        "Shortcuts could not be looked for in {names}: there are too few images, or too few "
        "patients."
    ),
    _t("Audit again with ten images or more of two classes at least, from five patients."),
)
AUDIT_FINDINGS = (*_FILES, *_COPIES, *_PATIENTS, *_SOURCES, *_SHORTCUTS)
