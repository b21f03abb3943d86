from __future__ import annotations

from pathlib import Path

import pytest

from leukogui.case.cells import FAILED, PENDING, REVIEW, UNKNOWN, CaseModel, CellResult
from leukogui.case.ordering import CellQuery, Section, arrange
from trainer.domain import Decision


def judged(decision: Decision, label: str = "monocyte", probability: float = 0.5) -> CellResult:
    return CellResult(1, decision, label, probability, 0.4, "", "", "")


@pytest.fixture
def model() -> CaseModel:
    model = CaseModel(Path("/case"))
    model.set_classes(("basophil", "monocyte"))
    model.add_files(["a.jpg", "b/c.jpg", "b/d.jpg", "e.jpg", "f.jpg", "g.jpg"])
    model.set_results(
        [
            ("a.jpg", judged(Decision.UNKNOWN)),
            ("b/c.jpg", judged(Decision.ACCEPT, "monocyte", 0.9)),
            ("b/d.jpg", judged(Decision.ACCEPT, "basophil", 0.8)),
            ("e.jpg", judged(Decision.ACCEPT, "monocyte", 0.7)),
            ("f.jpg", judged(Decision.FAILED, "", 0.0)),
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
    row = model.row("b/c.jpg")
    assert row == names[::-1].index("b/c.jpg")
    assert model.results[row] is not None
    assert model.probabilities[row] == pytest.approx(0.9)
    assert model.distances[model.row("g.jpg") or 0] == -1.0


def test_what_a_newer_run_said_is_not_taken_back_by_an_older_one(model: CaseModel) -> None:
    newer = CellResult(2, Decision.ACCEPT, "basophil", 0.9, 0.1, "", "", "")
    older = CellResult(1, Decision.ACCEPT, "monocyte", 0.7, 0.1, "", "", "")
    for name in ("a.jpg", "not there yet.jpg"):
        model.set_results([(name, newer)])
        model.set_results([(name, older)])
    model.add_files(["not there yet.jpg"])
    assert model.results[model.row("a.jpg") or 0] == newer
    assert model.results[model.row("not there yet.jpg") or 0] == newer


def test_a_prediction_may_come_before_its_file() -> None:
    model = CaseModel(Path("/case"))
    model.set_results([("x.jpg", judged(Decision.ACCEPT))])
    model.add_files(["x.jpg"])
    assert model.counts().accepted == 1


def test_forgetting_leaves_the_files(model: CaseModel) -> None:
    model.clear_results()
    assert model.counts().pending == model.counts().total == 6
