"""Which cell comes next in a review, and what is counted meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukogui.case.arrangement import arrange
from leukogui.case.cells import PENDING, REVIEW, UNKNOWN, CaseModel
from leukogui.case.live_differential import count_differential
from leukogui.case.query import CellQuery
from leukogui.case.results import CellResult, CellReview, CellScores
from leukogui.case.review_order import next_cell, next_open
from trainer.cases.review_classes import DifferentialPlace
from trainer.domain import CellId, Decision

CLASSES = ("basophil", "erythroblast")
BLAST = "possible blast: myeloblast with probability 0.40"


def result(label: str, decision: Decision = Decision.ACCEPT, reason: str = "") -> CellResult:
    return CellResult(1, decision, label, 0.9, 0.5, reason, "", "", "a" * 64)


@pytest.fixture
def model() -> CaseModel:
    """0 and 1 accepted, 2 to review, 3 perhaps a blast, 4 unknown, 5 failed, 6 not classified."""
    made = CaseModel(Path("case"))
    made.set_files([f"{number}.png" for number in range(7)])
    made.set_classes(CLASSES, ["artefact"])
    made.set_results(
        [
            (CellId("0.png"), result("basophil")),
            (CellId("1.png"), result("erythroblast")),
            (CellId("2.png"), result("basophil", Decision.REVIEW, "probability 0.60 under 0.90")),
            (CellId("3.png"), result("basophil", Decision.REVIEW, BLAST)),
            (CellId("4.png"), result("basophil", Decision.UNKNOWN)),
            (CellId("5.png"), result("", Decision.FAILED)),
        ]
    )
    return made


def cell(number: int) -> CellId:
    return CellId(f"{number}.png")


def test_possible_blasts_come_first_and_each_cell_once(model: CaseModel) -> None:
    shown = arrange(model, CellQuery())
    order = [next_open(model, shown, None)]
    while (last := order[-1]) is not None:
        after = next_cell(model, shown, [last], "urgent")
        model.set_reviews({last: CellReview("basophil")})
        order.append(after)
    assert order == [cell(3), cell(2), cell(4), None]


def test_from_an_accepted_cell_the_gallery_goes_on(model: CaseModel) -> None:
    shown = arrange(model, CellQuery(grouped=False))
    assert next_cell(model, shown, [cell(0)], "urgent") == cell(1)
    assert next_cell(model, shown, [cell(4)], "shown") == cell(6)  # not the one that failed
    assert next_cell(model, shown, [cell(6)], "shown") is None


def test_urgency_orders_the_gallery(model: CaseModel) -> None:
    model.set_reviews({cell(0): CellReview("artefact")})
    shown = arrange(model, CellQuery(sort="urgency", grouped=False))
    assert [model.cell(row) for row in shown.rows[:3]] == [cell(3), cell(2), cell(4)]
    assert model.cell(int(shown.rows[-1])) == cell(0)


def test_models_disagree_on_the_first_cells_of_the_gallery(model: CaseModel) -> None:
    def shown(*, descending: bool = False) -> list[str]:
        query = CellQuery(sort="disagreement", descending=descending, grouped=False)
        return [model.names[row] for row in arrange(model, query).rows]

    assert shown() == model.names
    scores = {("1.png", 0): 0.2, ("4.png", 0): 0.9, ("0.png", 0): 0.0}
    model.scores["disagreement"] = CellScores(scores)
    assert shown()[:3] == ["4.png", "1.png", "0.png"]
    assert shown(descending=True)[:4] == ["0.png", "1.png", "4.png", "2.png"]
    model.add_files(["9.png"])
    assert shown()[-1] == "9.png"


def test_a_review_counts_until_it_is_taken_back_and_only_for_its_bytes(model: CaseModel) -> None:
    model.set_reviews({cell(2): CellReview("artefact", sha256="a" * 64)})
    assert model.groups[2] == 2
    model.set_reviews({cell(3): CellReview("artefact", sha256="b" * 64)})  # of another file
    assert model.groups[3] == REVIEW
    assert model.review(cell(3)) is None
    model.set_reviews({cell(6): CellReview("unknown"), cell(5): CellReview("basophil")})
    assert model.groups[6] == UNKNOWN
    assert not model.reviewed[5]  # what could not be read was not seen
    assert model.counts().reviewed == 2
    model.set_reviews({cell(6): None})
    assert model.groups[6] == PENDING
    model.set_reviews({cell(6): CellReview("plasma cell")})  # a class that nobody listed
    assert model.classes[model.groups[6]] == "plasma cell"


def test_before_and_after_the_review_are_counted(model: CaseModel) -> None:
    places = {"erythroblast": DifferentialPlace.BESIDE, "artefact": DifferentialPlace.EXCLUDED}
    model.set_reviews(
        {
            cell(2): CellReview("basophil"),
            cell(3): CellReview("artefact"),
            cell(4): CellReview("unknown"),
        }
    )
    now = count_differential(model, places)
    assert (now.white_before, now.white_now) == (1, 2)
    assert (now.cells, now.reviewed, now.open) == (6, 3, 0)
    assert now.percent(0) == 100.0
    assert now.percent(1) == 50.0  # per 100 white cells
    assert now.percent(1, before=True) == 100.0
    assert now.percent(2) is None
