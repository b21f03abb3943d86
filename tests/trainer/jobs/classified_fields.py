"""A case of drawn fields in a store, as `classify` leaves it, without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from tests.trainer.jobs.labelled_fields import KINDS, draw_labelled_field
from trainer.cases.records import Case, FieldSearch, NewReview, Run, SearchedField
from trainer.cases.store import CaseStore
from trainer.data.annotations.records import AnnotatedImage
from trainer.data.synthetic import draw_cell
from trainer.domain import (
    CellId,
    CellOrigin,
    Decision,
    LocatedCell,
    Precision,
    Prediction,
    SourceProfile,
)
from trainer.jobs.common.opened_model import ModelFacts
from trainer.jobs.common.source_scale import SourceScale
from trainer.locations import STORE_NAME
from trainer.models.package.thresholds import Thresholds

FACTS = ModelFacts("tiny", "a" * 64, "MobileNetV2", KINDS, (), Thresholds(), ("warm",))


@dataclass(frozen=True)
class FieldCase:
    """A case: its folder, its data folder, and what is drawn in it.

    Attributes:
        fields: what each image holds, by name.
    """

    root: Path
    data: Path
    fields: dict[str, AnnotatedImage]

    def open(self, *, read_only: bool = False) -> CaseStore:
        return CaseStore.open(self.data / STORE_NAME, read_only=read_only)

    def case(self, store: CaseStore) -> Case:
        found = store.cases.find(self.root)
        assert found is not None
        return found

    def sha256(self, name: str) -> str:
        return hashlib.sha256((self.root / name).read_bytes()).hexdigest()

    def review(self, name: str, number: int, label: str) -> None:
        with self.open() as store:
            review = NewReview(name, self.sha256(name), label, number=number)
            store.reviews.add(self.case(store).id, [review], reviewer="me")


def build_field_case(
    folder: Path, *, classified: bool = True, facts: ModelFacts = FACTS
) -> FieldCase:
    """Two fields, one of them in a folder; a field without cells; an image of one cell."""
    root = folder / "case"
    fields = {
        name: draw_labelled_field(root / name, seed)
        for seed, name in enumerate(("a.png", "b c/ä.png"))
    }
    fields["empty.png"] = draw_labelled_field(root / "empty.png", 9, ())
    cv2.imwrite(str(root / "one.png"), draw_cell("monocyte", np.random.default_rng(1), size=128))
    made = FieldCase(root, folder / "data", fields)
    made.data.mkdir()
    with made.open() as store:
        case = store.cases.find_or_create(root)
        if classified:
            _classify(store, case, made, facts)
    return made


def _classify(store: CaseStore, case: Case, made: FieldCase, facts: ModelFacts) -> Run:
    settings = {
        "model_facts": facts.to_json(),
        **SourceScale(SourceProfile("warm", 44.0, "entered")).to_json(),
    }
    run = store.runs.start(
        case.id,
        model=FACTS.id,
        model_sha256=FACTS.sha256,
        precision=Precision.F32,
        device="CPU",
        settings=settings,
        images=[*made.fields, "one.png"],
    )
    for name, image in made.fields.items():
        cells = [
            LocatedCell(CellId(name, number), each.cell.box, (), CellOrigin.FOUND)
            for number, each in enumerate(image.cells, 1)
        ]
        _add_field(store, case, run, made, name, cells)
    one = _predict("one.png", made.sha256("one.png"), "monocyte", None)
    store.predictions.add(run.id, [one])
    return store.runs.finish(run.id)


def _add_field(
    store: CaseStore, case: Case, run: Run, made: FieldCase, name: str, cells: Sequence[LocatedCell]
) -> None:
    sha256, labels = made.sha256(name), [each.label for each in made.fields[name].cells]
    found = tuple(replace(cell, id=CellId(name)) for cell in cells)
    (numbers,) = store.cells.add_found(case.id, [FieldSearch(name, sha256, found)])
    assert list(numbers) == [cell.id.number for cell in cells]
    predictions = [
        _predict(name, sha256, label, cell) for label, cell in zip(labels, cells, strict=True)
    ]
    searched = SearchedField(name, sha256, len(cells), 480, 360)
    store.predictions.add(run.id, predictions, fields=[searched])


def _predict(name: str, sha256: str, label: str, cell: LocatedCell | None) -> Prediction:
    """A prediction, accepted unless the cell is the first of its field."""
    first = cell is not None and cell.id.number == 1
    return Prediction(
        name,
        sha256,
        Decision.REVIEW if first else Decision.ACCEPT,
        FACTS.id,
        Precision.F32,
        label,
        0.75,
        tuple(0.75 if each == label else 0.125 for each in KINDS),
        number=cell.id.number if cell else 0,
        box=cell.box if cell else None,
        origin=CellOrigin.FOUND if cell else CellOrigin.ALONE,
    )
