"""Findings on images, labels and splits in plain words: what they mean and what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from trainer.data.audit.analysis import AuditAnalysis
from trainer.data.audit.duplicates import Duplicates
from trainer.data.item import Item, format_names
from trainer.data.manifest import Manifest
from trainer.data.masks import MASKS_HINT, describe_masks

Level = Literal["alarm", "note"]
MANY_UNREADABLE = 1 / 3
IMBALANCE = 10.0
"""The largest class has so many times the images of the smallest."""
_KIND_DESCRIPTIONS = {
    "tiny": "with hardly any pixels",
    "other size": "of another size than the rest",
    "huge": "perhaps a field of many cells",
    "other shape": "of another shape than the rest",
    "more than 8 bits": "with more than 8 bits",
    "grey": "without colour at all",
    "empty": "showing next to nothing",
    "no cell": "without a cell that could be outlined",
    "wrong name": "with a name of another format",
}
"""Of the kinds of outliers."""


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know.

    Attributes:
        id: always the same for the same thing, such as "class-from-border".
        level: "alarm": figures measured on this set cannot be trusted, or the set is not what
            it claims to be; "note": worth knowing.
        text: what was found.
        advice: what to do.
    """

    id: str
    level: Level
    text: str
    advice: str


def findings_on_images(analysis: AuditAnalysis) -> list[Finding]:
    """List the findings on single images, labels, splits and numbers; shortcuts not included."""
    return [
        *_unreadable(analysis),
        *_masks(analysis),
        *_conflicts(analysis),
        *_copies(analysis),
        *_patients(analysis.manifest),
        *_outliers(analysis),
        *_imbalance(analysis.manifest),
    ]


def label_conflicts(manifest: Manifest, duplicates: Duplicates) -> tuple[tuple[int, ...], ...]:
    """Return groups of rows that show the same under different labels."""
    return tuple(g for g in duplicates.groups if len({manifest.items[row].label for row in g}) > 1)


def groups_across_splits(manifest: Manifest, duplicates: Duplicates) -> tuple[tuple[int, ...], ...]:
    """Return groups of rows that show the same in different splits."""
    return tuple(g for g in duplicates.groups if len({manifest.items[row].split for row in g}) > 1)


def patients_across_splits(manifest: Manifest) -> tuple[str, ...]:
    """Return the patients with images in more than one split, sorted."""
    splits_of: dict[str, set[str]] = {}
    for item in manifest.items:
        if item.patient:
            splits_of.setdefault(item.patient, set()).add(item.split)
    return tuple(sorted(patient for patient, splits in splits_of.items() if len(splits) > 1))


def _unreadable(analysis: AuditAnalysis) -> Iterator[Finding]:
    failed, total = len(analysis.unreadable), len(analysis.measurements)
    if not failed:
        return
    many = failed >= MANY_UNREADABLE * total
    yield Finding(
        "unreadable",
        "alarm" if many else "note",
        f"{_format_images(failed)} of {total:,} cannot be read ({100 * failed / total:.0f} %).",
        "Copy them again from where they came from, or take them out of the data."
        + (" With so many missing, all else that is said holds for the rest only." if many else ""),
    )


def _masks(analysis: AuditAnalysis) -> Iterator[Finding]:
    files = [(each.file, each.flat) for each in analysis.measurements]
    sizes = {(file.width, file.height) for file, flat in files if file and not flat}
    rows = [
        row
        for row, (file, flat) in enumerate(files)
        if file and flat and (file.width, file.height) in sizes
    ]
    if rows:
        manifest = analysis.manifest
        names = format_names([manifest.items[row].name(manifest.root) for row in rows])
        yield Finding("masks", "alarm", describe_masks(len(rows), names), MASKS_HINT)


def _conflicts(analysis: AuditAnalysis) -> Iterator[Finding]:
    groups = label_conflicts(analysis.manifest, analysis.duplicates)
    if groups:
        example = _format_names(analysis.manifest, groups[0], with_label=True)
        yield Finding(
            "label-conflict",
            "alarm",
            f"{_format_count(len(groups), 'image is', 'images are')} in the data under different "
            f"labels, such as {example}.",
            "Look at each of them in the report, and keep the right one.",
        )


def _copies(analysis: AuditAnalysis) -> Iterator[Finding]:
    manifest, duplicates = analysis.manifest, analysis.duplicates
    straddling = groups_across_splits(manifest, duplicates)
    if straddling:
        yield Finding(
            "copies-across-splits",
            "alarm",
            f"{_format_count(len(straddling), 'image lies', 'images lie')} in more than one split "
            f"({_describe_copies(straddling, duplicates)}), such as "
            f"{_format_names(manifest, straddling[0], with_split=True)}. A model is tested there "
            "on "
            "what it was trained on.",
            "Keep one of each, or split again: splits made by the program keep copies with the "
            "same bytes together.",
        )
    harmful = {*straddling, *label_conflicts(manifest, duplicates)}
    within = set(duplicates.groups) - harmful
    if within:
        yield Finding(
            "copies",
            "note",
            f"{_format_count(len(within), 'image is', 'images are')} in the data more than once, "
            "within "
            f"one split ({_describe_copies(within, duplicates)}).",
            "Keep one of each: the others add weight but no knowledge.",
        )


def _describe_copies(groups: Collection[tuple[int, ...]], duplicates: Duplicates) -> str:
    same = len(set(groups) & set(duplicates.identical))
    parts = [f"{same:,} with the same bytes"] if same else []
    if len(groups) > same:
        parts.append(f"{len(groups) - same:,} nearly the same")
    return ", ".join(parts)


def _patients(manifest: Manifest) -> Iterator[Finding]:
    unknown = sum(not item.patient for item in manifest.items)
    if not unknown and len({item.patient for item in manifest.items}) == 1:
        yield Finding(
            "one-patient",
            "note",
            "All images are of one patient: they can be neither split nor say how a model does on "
            "other patients.",
            "Add images of other patients.",
        )
    if unknown == len(manifest.items):
        yield Finding(
            "patients-unknown",
            "note",
            "The data do not say which patient an image is from, so that the same patient may be "
            "in training and in test, and figures may be too good.",
            "Add a column patient to a CSV of the data, even if it holds only numbers.",
        )
    elif unknown:
        yield Finding(
            "patients-partly-unknown",
            "note",
            f"The patient of {_format_images(unknown)} is not known.",
            "Fill the column patient.",
        )
    if straddling := patients_across_splits(manifest):
        yield Finding(
            "patients-across-splits",
            "alarm",
            f"{_format_count(len(straddling), 'patient has', 'patients have')} images in more "
            "than one "
            f"split: {format_names(straddling)}.",
            "Split again by patient, as the program does where no split is given.",
        )


def _outliers(analysis: AuditAnalysis) -> Iterator[Finding]:
    kinds: dict[str, int] = {}
    for outlier in analysis.outliers:
        kinds[outlier.kind] = kinds.get(outlier.kind, 0) + 1
    if kinds:
        listed = ", ".join(
            f"{count:,} {_KIND_DESCRIPTIONS[kind]}" for kind, count in sorted(kinds.items())
        )
        odd = len({outlier.row for outlier in analysis.outliers})
        yield Finding(
            "odd-images",
            "note",
            f"{_format_count(odd, 'image differs', 'images differ')} from the usual: {listed}.",
            "Look at them in the report; take out what is no image of one stained cell.",
        )


def _imbalance(manifest: Manifest) -> Iterator[Finding]:
    counts = dict.fromkeys(manifest.classes, 0)
    for item in manifest.items:
        counts[item.label] += 1
    most, fewest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[most] >= IMBALANCE * counts[fewest]:
        yield Finding(
            "imbalance",
            "note",
            f"{most} has {_format_images(counts[most])}, {fewest} only {counts[fewest]:,}.",
            "Add images of the small classes; training draws classes alike, and figures should "
            "be read by class.",
        )


def _format_images(count: int) -> str:
    return _format_count(count, "image", "images")


def _format_count(count: int, singular: str, plural: str) -> str:
    return f"{count:,} {singular if count == 1 else plural}"


def _format_names(
    manifest: Manifest,
    rows: tuple[int, ...],
    *,
    with_label: bool = False,
    with_split: bool = False,
) -> str:
    def describe(item: Item) -> str:
        name = f"“{item.name(manifest.root)}”"
        more = [item.label] * with_label + [item.split or "no split"] * with_split
        return f"{name} ({', '.join(more)})" if more else name

    return ", ".join(describe(manifest.items[row]) for row in rows[:3])
