from __future__ import annotations

import json
import time

import pytest

from trainer.cases import CaseDetails, CaseState, NewReview, Requirement
from trainer.cases.case_signature import sign_case
from trainer.domain import CellId


@pytest.fixture
def worked(store, case, run, predict):
    """A case with two cells, a review that was undone, one that counts, and a sign-off."""
    store.predictions.add(run.id, [predict("a.jpg"), predict("<b>=1+1 🩸.jpg")])
    store.reviews.add(case.id, [NewReview("a.jpg", "", "basophil")], reviewer="AB")
    store.reviews.undo(case.id)
    both = [NewReview("a.jpg", "", "monocyte"), NewReview("<b>=1+1 🩸.jpg", "", "basophil")]
    store.reviews.add(case.id, both, reviewer="Ç D")
    store.details.set(case.id, CaseDetails(sample="S-7", notes="vor Therapie"), reviewer="AB")
    sign_case(store, case.id, reviewer="AB", requirement=Requirement.NOTHING, remark="fine")
    return case


def test_the_acts_on_a_case_say_who_did_what(store, worked):
    acts = store.acts.list_of_case(worked.id)
    assert [(act.kind, act.person, act.rows, act.label) for act in acts] == [
        ("case created", "", 0, None),
        ("run started", "", 0, None),
        ("predictions", "", 2, None),
        ("review", "AB", 1, "basophil"),
        ("undo", "", 0, None),
        ("review", "Ç D", 2, None),
        ("details set", "AB", 0, None),
        ("signed", "AB", 0, None),
    ]
    assert acts[-1].reason == "fine"
    assert acts[2].is_of_program and not acts[3].is_of_program
    assert store.acts.list_of_case(worked.id, after=acts[-2].seq) == acts[-1:]
    assert json.dumps([act.facts for act in acts])


def test_the_acts_on_a_cell_leave_those_on_others_out(store, worked):
    kinds = [act.kind for act in store.acts.list_of_cell(worked.id, CellId("<b>=1+1 🩸.jpg"))]
    assert kinds == ["predictions", "review", "signed"]
    kinds = [act.kind for act in store.acts.list_of_cell(worked.id, CellId("a.jpg"))]
    assert kinds == ["predictions", "review", "undo", "review", "signed"]


def test_other_cases_have_their_own_acts(store, worked, tmp_path):
    (tmp_path / "other").mkdir()
    other = store.cases.find_or_create(tmp_path / "other")
    assert [act.kind for act in store.acts.list_of_case(other.id)] == ["case created"]


def test_the_list_says_how_far_each_case_is(store, worked, tmp_path, begin):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one = store.cases.find_or_create(tmp_path / "one")
    two = store.cases.find_or_create(tmp_path / "two")
    store.reviews.add(one.id, [NewReview("x.jpg", "", "basophil")], reviewer="AB")
    store.places.keep(one.id, {})
    begin(store, two, images=3)
    rows = store.case_list.rows()
    assert [(row.case.id, row.state, row.images, row.reviewed) for row in rows] == [
        (one.id, CaseState.IN_REVIEW, 0, 1),
        (two.id, CaseState.NEW, 3, 0),
        (worked.id, CaseState.SIGNED, 10, 2),
    ]
    assert rows == [store.case_list.row(row.case.id) for row in rows]
    assert rows[2].models == "mobilenetv2-5"
    store.sign_offs.reopen(worked.id, reviewer="AB", reason="wrong sample")
    assert store.case_list.row(worked.id).state is CaseState.IN_REVIEW


def test_cases_are_found_by_words_of_all_they_are_called(store, worked, tmp_path):
    (row,) = store.case_list.rows()
    assert row.matches("") and row.matches("s-7 THERAPIE") and row.matches("images mobile")
    assert not row.matches("s-7 basophil")
    assert not row.is_missing
    (tmp_path / "images").rmdir()
    assert row.is_missing


def test_a_long_trail_is_listed_quickly(store, case):
    for at in range(300):
        store.reviews.add(case.id, [NewReview(f"{at}.jpg", "", "basophil")], reviewer="AB")
    start = time.process_time()
    assert len(store.acts.list_of_case(case.id)) == 301
    assert time.process_time() - start < 1.0
