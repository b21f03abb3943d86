"""Labels of a case by whose they are: a person's reviews, a blind reading, the model's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trainer.cases.current_runs import current_predictions
from trainer.cases.model_comparison import ModelRuns, models_of
from trainer.cases.records import CLEARED, Review
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Decision

MODEL = "model"
"""In the place of a reader's name: the classes of a model."""
_ADJUDICATION = "adjudication: "


@dataclass(frozen=True)
class LabelSource:
    """Whose labels are compared.

    Attributes:
        reader: name of a person, or `MODEL`.
        series: of a blind reading, from 1; 0: of the reviews, which set the verdicts.
        model: id, where it is a model; empty: the one that ran last.
    """

    reader: str
    series: int = 0
    model: str = ""

    def __str__(self) -> str:
        """Name, and the number of the series where it is a blind reading; "model:ID"."""
        if self.model:
            return f"{MODEL}:{self.model}"
        return f"{self.reader}:{self.series}" if self.series else self.reader


def parse_label_source(text: str) -> LabelSource:
    """Invert `str`: a number behind the last colon is that of a series."""
    if text.startswith(f"{MODEL}:"):
        return LabelSource(MODEL, model=text.removeprefix(f"{MODEL}:"))
    reader, _, series = text.rpartition(":")
    if reader and series.isdecimal():
        return LabelSource(reader, int(series))
    return LabelSource(text)


def list_label_sources(store: CaseStore, case_id: int) -> list[LabelSource]:
    """Return whose labels a case has: models', then reviews, then blind readings."""
    models = dict.fromkeys(each.name for each in models_of(store.runs.list_of_case(case_id)))
    found = [LabelSource(MODEL, model=name) for name in models]
    reviewers = {review.reviewer for review in _independent_reviews(store, case_id)}
    found += [LabelSource(name) for name in sorted(reviewers) if name]
    return found + [
        LabelSource(each.reader, each.series) for each in store.readings.list_series(case_id)
    ]


def read_labels(store: CaseStore, case_id: int, source: LabelSource) -> dict[CellId, str]:
    """Return the newest label that a source gave each cell; cells without one are left out."""
    if source.series:
        return store.readings.labels(case_id, source.reader, source.series)
    if source.reader == MODEL:
        model = find_model(store, case_id, source)
        return {
            each.cell_id: each.label
            for _, each in current_predictions(store, model.runs if model else ())
            if each.decision is not Decision.FAILED
        }
    labels = {
        CellId(each.image, each.number): each.label
        for each in _independent_reviews(store, case_id)
        if each.reviewer == source.reader
    }
    return {cell: label for cell, label in labels.items() if label != CLEARED}


def adjudication_note(first: str, second: str) -> str:
    """Return the note of reviews that decide between two sources of labels."""
    return _ADJUDICATION + " / ".join(sorted((first, second)))


def read_adjudications(store: CaseStore, case_id: int) -> dict[CellId, Review]:
    """Return the review of each cell that decided between readers, where it still counts."""
    latest = store.reviews.latest(case_id)
    return {cell: review for cell, review in latest.items() if is_adjudication(review.note)}


def _independent_reviews(store: CaseStore, case_id: int) -> Iterator[Review]:
    """Yield the reviews that count, oldest first; who adjudicates has seen the labels of both."""
    for review in store.reviews.history(case_id):
        if review.active and not is_adjudication(review.note):
            yield review


def is_adjudication(note: str) -> bool:
    """Return whether a review with this note decides between two sources of labels."""
    return note.startswith(_ADJUDICATION)


def find_model(store: CaseStore, case_id: int, source: LabelSource) -> ModelRuns | None:
    """Return the runs of the model that a source names; None where there are none."""
    models = models_of(store.runs.list_of_case(case_id))
    return next((each for each in models if source.model in ("", each.name)), None)


def common_cells(first: dict[CellId, str], second: dict[CellId, str]) -> list[CellId]:
    """Return the cells that both label, by image and number."""
    both = first.keys() & second.keys()
    return sorted(both, key=lambda cell: (cell.image, cell.number))
