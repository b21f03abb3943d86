"""What has to be said beside an evaluation's figures, before a single cell was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trainer.data.item import some_names
from trainer.data.manifest import Manifest
from trainer.errors import UserError
from trainer.jobs.evaluate_cells import ONE_CLASS, ONE_PATIENT
from trainer.jobs.sources import not_calibrated
from trainer.jobs.train_splits import few_cells, few_patients
from trainer.models.package.card import Card


def notes_on(manifest: Manifest, card: Card) -> tuple[str, ...]:
    """Sentences: on labels, classes, sources and patients.

    Raises:
        UserError: the model knows none of the labels.
    """
    labels = {item.label for item in manifest.items}
    if not labels & set(card.classes):
        raise UserError(
            f"The model {card.id} knows none of the labels: {some_names(sorted(labels))}.",
            f"It tells apart {', '.join(card.classes)}.",
        )
    return (
        *_on_labels(labels, card),
        *_on_sources(manifest, card),
        *few_cells(item.label for item in manifest.items if item.label in card.classes),
        *_on_patients(manifest),
    )


def _on_labels(labels: set[str], card: Card) -> Iterator[str]:
    if strange := sorted(labels - set(card.outputs)):
        yield f"The model was not taught {some_names(strange)}: these cells count as unknown kinds."
    if missing := [name for name in card.classes if name not in labels]:
        yield f"The data hold no {some_names(missing)}: figures are of the other classes."
    if len(labels & set(card.classes)) == 1:
        yield ONE_CLASS


def _on_sources(manifest: Manifest, card: Card) -> Iterator[str]:
    known = [each.name for each in card.sources]
    for source in sorted({item.source for item in manifest.items}):
        if words := not_calibrated(source, known):
            yield words


def _on_patients(manifest: Manifest) -> Iterator[str]:
    patients = Counter(item.patient for item in manifest.items)
    if list(patients) == [""]:
        yield (
            "Patients are not known: cells are taken for independent, and intervals are narrower "
            "than they would be by patient."
        )
    elif len(patients) == 1:
        yield ONE_PATIENT
    yield from few_patients(patients)
