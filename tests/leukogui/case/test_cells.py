from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from leukogui.case.arrangement import CellQuery, Section, arrange
from leukogui.case.cells import EMPTY, FAILED, PENDING, REVIEW, UNKNOWN, CaseModel
from leukogui.case.results import CellResult
from trainer.domain import Box, CellId, CellOrigin, Decision, ImageContent, LocatedCell


def judged(decision: Decision, label: str = "monocyte", probability: float = 0.5) -> CellResult:
    return CellResult(1, decision, label, probability, 0.4, "", "", "")


@pytest.fixture
def model() -> CaseModel:
    model = CaseModel(Path("/case"))
    model.set_classes(("basophil", "monocyte"))
    model.add_files(["a.jpg", "b/c.jpg", "b/d.jpg", "e.jpg", "f.jpg", "g.jpg"])
    model.set_results(
        [
            (CellId("a.jpg"), judged(Decision.UNKNOWN)),
            (CellId("b/c.jpg"), judged(Decision.ACCEPT, "monocyte", 0.9)),
            (CellId("b/d.jpg"), judged(Decision.ACCEPT, "basophil", 0.8)),
            (CellId("e.jpg"), judged(Decision.ACCEPT, "monocyte", 0.7)),
            (CellId("f.jpg"), judged(Decision.FAILED, "", 0.0)),
        ]
    )
    return model


def shown(model: CaseModel, wish: CellQuery) -> list[str]:
    return [model.names[row] for row in arrange(model, wish).rows]


def test_counts_by_decision_and_class(model: CaseModel) -> None:
    counts = model.counts()
    assert (counts.total, counts.accepted, counts.unknown) == (6, 3, 1)
    assert (counts.failed, counts.pending, counts.review) == (1, 1, 0)
    assert counts.classes == {"basophil": 1, "monocyte": 2}


def test_groups_follow_the_card_then_what_needs_a_person(model: CaseModel) -> None:
    arranged = arrange(model, CellQuery())
    assert [section.group for section in arranged.sections] == [0, 1, UNKNOWN, FAILED, PENDING]
    assert arranged.sections[1] == Section(1, 1, 2)
    assert shown(model, CellQuery())[:3] == ["b/d.jpg", "b/c.jpg", "e.jpg"]


def test_sorts_within_groups(model: CaseModel) -> None:
    assert shown(model, CellQuery(sort="probability"))[1:3] == ["e.jpg", "b/c.jpg"]
    assert shown(model, CellQuery(sort="probability", descending=True))[1:3] == ["b/c.jpg", "e.jpg"]
    assert shown(model, CellQuery(descending=True, grouped=False))[0] == "g.jpg"


def test_filters(model: CaseModel) -> None:
    assert shown(model, CellQuery(groups=frozenset({FAILED, UNKNOWN}))) == ["a.jpg", "f.jpg"]
    assert set(shown(model, CellQuery(folder="b"))) == {"b/c.jpg", "b/d.jpg"}
    assert shown(model, CellQuery(text="D.JP")) == ["b/d.jpg"]
    assert shown(model, CellQuery(groups=frozenset({REVIEW}))) == []


def test_new_files_keep_what_was_said_of_the_old(model: CaseModel) -> None:
    assert model.set_files(["0.jpg", "a.jpg", "e.jpg"])
    assert model.counts().unknown == 1
    assert model.counts().total == 3
    assert not model.set_files(["0.jpg", "a.jpg", "e.jpg"])


def test_a_file_that_goes_and_comes_back_keeps_what_was_said_of_it(model: CaseModel) -> None:
    names = list(model.names)
    assert model.set_files([name for name in names if name != "b/c.jpg"])
    assert model.counts().classes == {"basophil": 1, "monocyte": 1}
    assert model.set_files(list(reversed(names)))
    assert model.counts().classes == {"basophil": 1, "monocyte": 2}
    row = model.row(CellId("b/c.jpg"))
    assert row == names[::-1].index("b/c.jpg")
    assert model.results[row] is not None
    assert model.probabilities[row] == pytest.approx(0.9)
    assert model.distances[model.row(CellId("g.jpg")) or 0] == -1.0


def test_what_a_newer_run_said_is_not_taken_back_by_an_older_one(model: CaseModel) -> None:
    newer = CellResult(2, Decision.ACCEPT, "basophil", 0.9, 0.1, "", "", "")
    older = CellResult(1, Decision.ACCEPT, "monocyte", 0.7, 0.1, "", "", "")
    for name in ("a.jpg", "not there yet.jpg"):
        model.set_results([(CellId(name), newer)])
        model.set_results([(CellId(name), older)])
    model.add_files(["not there yet.jpg"])
    assert model.results[model.row(CellId("a.jpg")) or 0] == newer
    assert model.results[model.row(CellId("not there yet.jpg")) or 0] == newer


def test_a_prediction_may_come_before_its_file() -> None:
    model = CaseModel(Path("/case"))
    model.set_results([(CellId("x.jpg"), judged(Decision.ACCEPT))])
    model.add_files(["x.jpg"])
    assert model.counts().accepted == 1


def test_forgetting_leaves_the_files(model: CaseModel) -> None:
    model.clear_results()
    assert model.counts().pending == model.counts().total == 6


FIELD = "b/d.jpg"


def located(number: int, image: str = FIELD, origin: CellOrigin = CellOrigin.FOUND) -> LocatedCell:
    return LocatedCell(CellId(image, number), Box(10.0 * number, 5, 8, 8), ((0, 0),), origin)


def search(model: CaseModel, *numbers: int, run: int = 2, image: str = FIELD) -> None:
    """What a run brings that searched an image and classified the cells."""
    model.add_searched([(image, run)])
    model.add_cells([(located(number, image), run) for number in numbers])
    results = [
        (CellId(image, number), CellResult(run, Decision.ACCEPT, "basophil", 0.6, 0.1, "", "", ""))
        for number in numbers
    ]
    model.set_results(results)
    model.update_rows()


def cells_of(model: CaseModel, image: str = FIELD) -> list[int]:
    return [model.numbers[row] for row in model.rows_of(image)]


def test_the_cells_of_a_field_have_rows_of_their_own(model: CaseModel) -> None:
    search(model, 2, 1, 4)
    assert len(model) == 8
    assert cells_of(model) == [1, 2, 4]
    assert model.names[1:6] == ["b/c.jpg", FIELD, FIELD, FIELD, "e.jpg"]
    assert model.row(CellId(FIELD, 4)) == 4
    assert model.row(CellId(FIELD, 3)) is None
    assert model.row(CellId(FIELD)) is None
    assert model.cell(4) == CellId(FIELD, 4)
    assert model.box(CellId(FIELD, 4)) == Box(40, 5, 8, 8)
    assert model.box(CellId("a.jpg")) is None
    counts = model.counts()
    assert (counts.total, counts.images, counts.fields) == (8, 6, 1)
    assert counts.classes == {"basophil": 3, "monocyte": 2}


def test_rows_in_a_folder_keep_their_place_and_name_order(model: CaseModel) -> None:
    names = list(model.images)
    assert model.set_files(names, np.array([0, 5, 4, 3, 2, 1], np.int32))
    search(model, 1, 2)
    assert model.name_ranks.tolist() == [0, 5, 4, 4, 3, 2, 1]
    model.add_files(["later.jpg"])
    assert model.name_ranks.tolist() == [0, 5, 4, 4, 3, 2, 1, 7]
    assert not model.set_files([*names, "later.jpg"], np.array([0, 5, 4, 3, 2, 1], np.int32))
    assert shown(model, CellQuery(folder="b", grouped=False)) == ["b/c.jpg", FIELD, FIELD]


def test_a_field_without_a_cell_is_not_pending(model: CaseModel) -> None:
    search(model, image="g.jpg")
    counts = model.counts()
    assert (counts.empty, counts.pending, counts.total) == (1, 0, 5)
    assert [section.group for section in arrange(model, CellQuery()).sections][-1] == EMPTY
    # What it was taken for before counts again where that is the newer run.
    model.set_results([(CellId("g.jpg"), judged(Decision.REVIEW))])
    model.update_rows()
    assert model.counts().empty == 1
    newer = CellResult(3, Decision.REVIEW, "monocyte", 0.5, 0.1, "", "", "")
    model.set_results([(CellId("g.jpg"), newer)])
    model.update_rows()
    assert (model.counts().empty, model.counts().review) == (0, 1)


def test_an_image_is_what_the_newest_run_took_it_for(model: CaseModel) -> None:
    search(model, 1, 2, run=2)
    newest = CellResult(3, Decision.UNKNOWN, "", 0.1, 2.0, "", "", "")
    model.set_results([(CellId(FIELD), newest)])
    model.update_rows()
    assert cells_of(model) == [0]
    assert model.result(CellId(FIELD)) == newest
    search(model, 1, run=4)
    assert cells_of(model) == [1, 2]  # the second one is gone with the next reading only
    model.set_cells([located(1)], ImageContent.AS_FOUND)
    model.update_rows()
    assert cells_of(model) == [1]


def test_a_drawn_cell_waits_for_its_classification(model: CaseModel) -> None:
    drawn = located(1, "g.jpg", CellOrigin.DRAWN)
    model.set_results([(CellId("g.jpg"), judged(Decision.REVIEW))])
    model.set_cells([drawn], ImageContent.AS_FOUND)
    model.update_rows()
    assert cells_of(model, "g.jpg") == [1]
    assert model.counts().pending == 1
    model.set_cells([drawn], ImageContent.SINGLE)
    model.update_rows()
    assert cells_of(model, "g.jpg") == [0]


def test_a_removed_cell_comes_back_with_its_result(model: CaseModel) -> None:
    search(model, 1, 2, 3)
    model.set_cells([located(1), located(3)], ImageContent.AS_FOUND)
    model.update_rows()
    assert cells_of(model) == [1, 3]
    model.set_cells([located(1), located(2), located(3)], ImageContent.AS_FOUND)
    model.update_rows()
    assert model.result(CellId(FIELD, 2)) is not None
    assert model.counts().classes["basophil"] == 3


def test_cells_may_come_before_their_file() -> None:
    model = CaseModel(Path("/case"))
    search(model, 1, 2)
    model.add_files(["a.jpg", FIELD])
    assert cells_of(model) == [1, 2]
    assert model.counts().accepted == 2


def test_forgetting_leaves_the_cells(model: CaseModel) -> None:
    search(model, 1, 2)
    search(model, image="e.jpg")
    model.clear_results()
    model.update_rows()
    assert (cells_of(model), cells_of(model, "e.jpg")) == ([1, 2], [0])
    assert model.counts().pending == 7
    assert model.counts().empty == 0


def test_20_000_cells_of_1_000_fields_are_laid_out_in_an_instant() -> None:
    model = CaseModel(Path("/case"))
    images = [f"{number:04}.jpg" for number in range(1000)]
    model.set_files(images)
    cells = [(located(number, image), 1) for image in images for number in range(1, 21)]
    accepted = CellResult(1, Decision.ACCEPT, "basophil", 0.6, 0.1, "", "", "")
    model.add_cells(cells)
    model.set_results([(cell.id, accepted) for cell, _ in cells])
    start = time.process_time()
    model.update_rows()
    assert len(arrange(model, CellQuery(sort="probability")).rows) == 20_000
    assert time.process_time() - start < 1.0  # some 0.1 s
