"""Reviews that the other reviewed cells, or the model, contradict."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.cases import UNKNOWN, NewReview
from trainer.cases.suspected_errors import FEWEST_CELLS, read_suspected_errors
from trainer.domain import CellId, Decision
from trainer.errors import Cancelled

FACTS = {"model_facts": {"classes": ["a", "b"], "other_classes": ["c"]}}


def review(store, case, labels: dict[str, str], sha256: str = "") -> None:
    reviews = [NewReview(image, sha256, label) for image, label in labels.items()]
    store.reviews.add(case.id, reviews, reviewer="AB")


@pytest.fixture
def classified(store, case, begin, predict):
    """Cells 0 to 29, in turn of three kinds by their features; the model gives all of them a."""
    run = begin(store, case, settings=FACTS)
    rng = np.random.default_rng(0)
    cells = [predict(f"{n}", label="a", probabilities=(0.7, 0.2, 0.1)) for n in range(30)]
    features = rng.normal(size=(30, 8)) / 4 + 2 * np.eye(3, 8)[np.arange(30) % 3]
    store.predictions.add(run.id, cells, pooled=[row.astype("<f2").tobytes() for row in features])
    return case


def test_with_few_reviews_the_model_judges(store, classified):
    review(store, classified, {"0": "a", "1": "b", "2": "c", "3": "own class", "4": UNKNOWN})
    found = read_suspected_errors(store, classified.id)
    assert set(found) == {CellId("0"), CellId("1"), CellId("2")}  # it knows no other class
    assert {each.basis for each in found.values()} == {"model"}
    assert found[CellId("0")].margin == pytest.approx(-0.5)
    assert found[CellId("1")].margin == pytest.approx(0.5)
    assert found[CellId("2")].margin == pytest.approx(0.6)
    assert found[CellId("2")].suggested == "a"


def test_with_more_the_other_reviewed_cells_judge(store, classified):
    labels = {f"{n}": ("a", "b", "own class")[n % 3] for n in range(FEWEST_CELLS + 4)}
    review(store, classified, labels | {"5": "a"})  # it is of the lab's own class
    found = read_suspected_errors(store, classified.id)
    worst = max(found, key=lambda cell: found[cell].margin)
    assert worst == CellId("5")
    assert found[worst].is_suspected
    assert (found[worst].label, found[worst].suggested) == ("a", "own class")
    assert {each.basis for each in found.values()} == {"reviews"}
    assert sum(each.is_suspected for each in found.values()) == 1


def test_a_class_of_one_cell_is_judged_by_the_model(store, classified):
    labels = {f"{n}": "ab"[n % 3 == 1] for n in range(FEWEST_CELLS + 1)}
    review(store, classified, labels | {"2": "c"})
    found = read_suspected_errors(store, classified.id)
    assert found[CellId("2")].basis == "model"
    assert found[CellId("1")].basis == "reviews"


def test_what_does_not_count_is_not_judged(store, classified, begin, predict):
    review(store, classified, {"0": "b"}, sha256="f" * 64)  # of other bytes
    review(store, classified, {"1": "b", "2": "b"})
    again = begin(store, classified, settings=FACTS)
    store.predictions.add(again.id, [predict("2", decision=Decision.FAILED, label="")])
    assert set(read_suspected_errors(store, classified.id)) == {CellId("1")}
    with pytest.raises(Cancelled):
        read_suspected_errors(store, classified.id, lambda: True)


def test_without_a_run_or_a_review_there_is_nothing_to_judge(store, case, classified):
    assert read_suspected_errors(store, classified.id) == {}
    other = store.cases.find_or_create(case.root / "other")
    assert read_suspected_errors(store, other.id) == {}


def test_without_names_the_label_of_the_model_is_compared(store, case, begin, predict):
    run = begin(store, case, settings={})
    store.predictions.add(run.id, [predict("0", probability=0.9), predict("1", probability=0.9)])
    review(store, case, {"0": "monocyte", "1": "basophil"})
    found = read_suspected_errors(store, case.id)
    assert {cell.image: each.margin for cell, each in found.items()} == {"0": -0.9, "1": 0.9}
