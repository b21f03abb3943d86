from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from trainer.cases import (
    EXCLUDED,
    UNKNOWN,
    CaseDetails,
    CaseStore,
    CellCounts,
    NewReview,
    Requirement,
    RunState,
    SignedCaseError,
    UnreviewedCellsError,
)
from trainer.cases.case_signature import count_cells, first_missing, sign_case
from trainer.domain import Box, CellId, Decision, ImageContent, SourceProfile
from trainer.errors import StoreError


@pytest.fixture
def classified(store, case, run, predict):
    """Four cells: two accepted, one for review, one unknown; and an image that failed."""
    decisions = [Decision.ACCEPT, Decision.ACCEPT, Decision.REVIEW, Decision.UNKNOWN]
    cells = [predict(f"{i}.jpg", decision=each) for i, each in enumerate(decisions)]
    cells.append(predict("4.jpg", decision=Decision.FAILED, error="Empty.", label=""))
    store.predictions.add(run.id, cells)
    return case


def review(store, case, *labels: str) -> None:
    cells = [NewReview(f"{i}.jpg", "", label) for i, label in enumerate(labels) if label]
    store.reviews.add(case.id, cells, reviewer="AB")


def test_a_case_is_signed_once_every_cell_was_reviewed(store, classified):
    assert count_cells(store, classified.id) == CellCounts(0, 2, 0, 2, 1)
    assert first_missing(store, classified.id) == CellId("0.jpg")
    with pytest.raises(UnreviewedCellsError, match="4 cells keep the case") as refused:
        sign_case(store, classified.id, reviewer="AB")
    assert refused.value.counts.missing(Requirement.EVERY_CELL) == 4
    review(store, classified, "monocyte", "monocyte", "basophil", EXCLUDED)
    head = store.audit.head()
    signed = sign_case(store, classified.id, reviewer=" AB ", remark="Röhrchen 4 🩸")
    assert (signed.reviewer, signed.reason) == ("AB", "Röhrchen 4 🩸")
    assert (signed.head, signed.counts) == (head, CellCounts(4, 0, 0, 0, 1))
    assert not signed.is_relaxed
    assert store.sign_offs.newest(classified.id) == signed
    assert store.audit.verify(signed.head) == []


def test_a_lower_requirement_is_kept_with_the_sign_off(store, classified):
    review(store, classified, "", "", "basophil", UNKNOWN)
    assert first_missing(store, classified.id, Requirement.OPEN_CELLS) is None
    with pytest.raises(UnreviewedCellsError):
        sign_case(store, classified.id, reviewer="AB")
    signed = sign_case(store, classified.id, reviewer="AB", requirement=Requirement.OPEN_CELLS)
    assert signed.counts == CellCounts(reviewed=1, accepted=2, unknown=1, pending=0, failed=1)
    assert signed.is_relaxed and signed.requirement is Requirement.OPEN_CELLS


def test_a_signed_case_refuses_every_change(store, classified, run, predict):
    sign_case(store, classified.id, reviewer="AB", requirement=Requirement.NOTHING)
    head, case_id = store.audit.head(), classified.id
    writes = [
        lambda: review(store, classified, "basophil"),
        lambda: store.reviews.undo(case_id),
        lambda: store.reviews.redo(case_id),
        lambda: store.cells.draw(case_id, "0.jpg", "", Box(1, 2, 3, 4)),
        lambda: store.cells.remove(case_id, [CellId("0.jpg", 1)]),
        lambda: store.predictions.add(run.id, [predict("9.jpg")]),
        lambda: store.runs.resume(run.id, device="CPU"),
        lambda: store.cases.set_profile(case_id, SourceProfile("Lab")),
        lambda: store.cases.set_content(case_id, ImageContent.FIELDS),
        lambda: store.details.set(case_id, CaseDetails(sample="S1")),
        lambda: sign_case(store, case_id, reviewer="CD"),
    ]
    for write in writes:
        with pytest.raises(SignedCaseError, match="was signed by AB on 2026-03-01"):
            write()
    assert store.audit.head() == head


def test_a_signed_case_moves_is_left_and_lets_its_run_end(store, classified, run, tmp_path):
    sign_case(store, classified.id, reviewer="AB", requirement=Requirement.NOTHING)
    assert store.runs.finish(run.id, RunState.FAILED).state is RunState.FAILED
    store.places.keep(classified.id, {"cell": ["0.jpg", 0]})
    place = store.places.get(classified.id)
    assert place.values == {"cell": ["0.jpg", 0]}
    assert store.places.all_opened() == {classified.id: place.opened}
    assert store.audit.verify() == []


def test_reopening_needs_a_reason_and_lets_writing_go_on(store, classified):
    sign_case(store, classified.id, reviewer="AB", requirement=Requirement.NOTHING)
    with pytest.raises(StoreError, match="with a reason"):
        store.sign_offs.reopen(classified.id, reviewer="CD", reason="  ")
    reopened = store.sign_offs.reopen(classified.id, reviewer="CD", reason="<script> wrong smear")
    assert not reopened.is_signed
    with pytest.raises(StoreError, match="not signed"):
        store.sign_offs.reopen(classified.id, reviewer="CD", reason="again")
    review(store, classified, "basophil")
    kinds = [(each.kind, each.reviewer) for each in store.sign_offs.history(classified.id)]
    assert kinds == [("signed", "AB"), ("reopened", "CD")]
    assert store.audit.verify() == []


def test_a_case_without_cells_or_signer_is_not_signed(store, case, classified):
    with pytest.raises(StoreError, match="Nobody signs"):
        sign_case(store, case.id, reviewer=" ", requirement=Requirement.NOTHING)


def test_an_empty_case_is_not_signed(store, case):
    with pytest.raises(StoreError, match="no cell to sign for"):
        sign_case(store, case.id, reviewer="AB", requirement=Requirement.NOTHING)


def test_drawn_cells_without_a_label_are_pending(store, classified):
    store.cells.draw(classified.id, "field.jpg", "", Box(1, 2, 3, 4))
    assert count_cells(store, classified.id).pending == 3


def test_details_are_kept_with_those_before(store, case):
    assert store.details.get(case.id) == CaseDetails()
    first = CaseDetails("S-1", "P7", None, "MGG", 100.0, 0.1, "AB", "=1+1 <b>🩸")
    store.details.set(case.id, first, reviewer="AB")
    store.details.set(case.id, replace(first, sample="S-2"))
    assert store.details.get(case.id) == replace(first, sample="S-2")
    assert store.details.all_newest() == {case.id: replace(first, sample="S-2")}
    assert store.audit.verify() == []


def test_a_reading_is_kept_apart_from_the_verdicts(store, classified, run):
    sign_case(store, classified.id, reviewer="AB", requirement=Requirement.NOTHING)
    labels = [NewReview("0.jpg", "", "basophil"), NewReview("1.jpg", "", "monocyte")]
    store.readings.add(classified.id, labels, reader="CD", series=1)
    store.readings.add(classified.id, [NewReview("1.jpg", "", "")], reader="CD", series=1)
    assert store.readings.labels(classified.id, "CD", 1) == {CellId("0.jpg"): "basophil"}
    (series,) = store.readings.list_series(classified.id)
    assert (series.reader, series.series, series.cells) == ("CD", 1, 2)
    assert store.verdicts.get(classified.id, run.id, "0.jpg").label == "monocyte"
    assert store.audit.verify() == []


@pytest.mark.parametrize(
    "table, change",
    [
        ("details", "reviewer = 'XY'"),
        ("sign_offs", "pending = 0"),
        ("sign_offs", "reviewer = 'XY'"),
        ("readings", "label = 'basophil'"),
    ],
)
def test_changed_rows_show(store, store_path, classified, table, change):
    store.details.set(classified.id, CaseDetails("S-1"), reviewer="AB")
    store.readings.add(classified.id, [NewReview("0.jpg", "", "x")], reader="CD", series=1)
    sign_case(store, classified.id, reviewer="AB", requirement=Requirement.NOTHING)
    with closing(sqlite3.connect(store_path)) as raw:
        sql = raw.execute(
            "SELECT sql FROM sqlite_schema WHERE name = ?", (f"{table}_no_update",)
        ).fetchone()[0]
        raw.execute(f"DROP TRIGGER {table}_no_update")
        raw.execute(f"UPDATE {table} SET {change}")  # noqa: S608
        raw.execute(sql)
        raw.commit()
    (problem,) = store.audit.verify()
    assert problem.startswith(f"{table} of entry")


def test_a_case_signed_in_one_window_is_closed_for_the_other(store, store_path, classified):
    with CaseStore.open(store_path) as other:
        sign_case(other, classified.id, reviewer="AB", requirement=Requirement.NOTHING)
        with pytest.raises(SignedCaseError):
            review(store, classified, "basophil")
