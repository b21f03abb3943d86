"""A model adapted by reviewed cells of fields: several cells of one image, by number."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.jobs.classified_fields import FieldCase, build_field_case
from tests.trainer.jobs.named_patients import LOCKED, name_patients
from trainer.cases.records import NewReview
from trainer.data.item import Item
from trainer.domain import CellId, SourceProfile, never_stop
from trainer.errors import UserError
from trainer.imaging.preprocess import ImageTask, ViewParameters, preprocess
from trainer.jobs.adapt import job as adapt
from trainer.models.export.runtime import run_graph
from trainer.models.package.layout import open_package
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.protocol.events import JobWarning


@pytest.fixture
def made(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FieldCase:
    """Every cell reviewed as what it shows; and a cell that was removed after its review."""
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(tmp_path / "cache"))
    made = build_field_case(tmp_path)
    shutil.copytree(package, made.data / "models" / "random")
    with made.open() as store:
        case = made.case(store)
        for name, image in made.fields.items():
            reviews = [
                NewReview(name, made.sha256(name), each.label, number=number)
                for number, each in enumerate(image.cells, 1)
            ]
            if reviews:
                store.reviews.add(case.id, reviews, reviewer="me")
        store.cells.remove(case.id, [CellId("a.png", 2)])
    return made


def test_cells_of_fields(made: FieldCase) -> None:
    events: list[object] = []
    request = AdaptRequest(
        data=str(made.root), from_model="random", name="fields", data_dir=str(made.data)
    )
    result = adapt.run(request, events.append, never_stop)
    assert not [each for each in events if isinstance(each, JobWarning)]
    package = open_package(Path(str(result["folder"])))
    cells = package.corrected_cells()
    assert cells is not None
    drawn = sum(len(image.cells) for image in made.fields.values())
    assert len(cells.labels) == drawn - 1
    assert set(cells.images) >= {"a.png#A", "a.png#C"}
    assert "a.png#B" not in cells.images
    assert len(set(cells.groups)) == 2, "cells of one image are left out together"
    # The features are those of the square around the box, at the scale of the run.
    box = made.fields["a.png"].cells[0].cell.box
    row = cells.images.tolist().index("a.png#A")
    item = Item(made.root / "a.png", "", box=box)
    profile = SourceProfile("warm", 44.0, "entered")
    parameters = ViewParameters(package.card.view.to_view(), package.card.input_size, profile)
    view = preprocess(ImageTask("a.png", item.path, box), parameters).view
    assert view is not None
    assert cells.digests[row] == item.digest(made.sha256("a.png"))
    pooled = run_graph(package.graph, view[None])["pooled"][0]
    assert np.abs(pooled - cells.pooled[row]).max() < 1e-3 * np.abs(pooled).max()


def test_review_of_a_cell_that_is_not_there(made: FieldCase) -> None:
    """It is named, and the others are learned from."""
    made.review("a.png", 99, "monocyte")
    events: list[object] = []
    request = AdaptRequest(
        data=str(made.root), from_model="random", name="lost", data_dir=str(made.data)
    )
    adapt.run(request, events.append, never_stop)
    (warning,) = [each for each in events if isinstance(each, JobWarning)]
    assert warning.message == "Left out: 1 reviewed cell without a place now: “a.png”."


def test_a_locked_patient_teaches_nothing(made: FieldCase) -> None:
    with made.open() as store:
        name_patients(store, made.root, LOCKED)
    request = AdaptRequest(
        data=str(made.root), from_model="random", name="locked", data_dir=str(made.data)
    )
    with pytest.raises(UserError, match="locked patients"):
        adapt.run(request, lambda _: None, never_stop)
    assert not (made.data / "models" / "locked").exists()
