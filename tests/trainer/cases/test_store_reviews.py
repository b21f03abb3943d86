from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from trainer import __version__
from trainer.cases import CLEARED, EXCLUDED, UNKNOWN, CaseStore, NewReview, Origin
from trainer.domain import Decision


def say(store, case, label, *images, run=None, note=""):
    reviews = [NewReview(image, "", label, note) for image in images]
    return store.reviews.add(case.id, reviews, reviewer="AB", run_id=run and run.id)


def test_a_verdict_is_the_review_else_the_accepted_decision_else_pending(store, case, run, predict):
    store.predictions.add(
        run.id,
        [
            predict("accepted.jpg"),
            predict("doubtful.jpg", decision=Decision.REVIEW),
            predict("strange.jpg", decision=Decision.UNKNOWN),
            predict("corrected.jpg"),
            predict("broken.jpg", decision=Decision.FAILED, label="", sha256=""),
        ],
    )
    say(store, case, "basophil", "corrected.jpg", run=run, note="granules")
    say(store, case, EXCLUDED, "broken.jpg", run=run)
    say(store, case, UNKNOWN, "unseen.jpg")
    found = {v.image: v for v in store.verdicts.stream(case.id, run.id)}
    assert list(found) == sorted(found)
    assert {image: (v.label, v.origin) for image, v in found.items()} == {
        "accepted.jpg": ("monocyte", Origin.DECISION),
        "broken.jpg": (EXCLUDED, Origin.REVIEW),
        "corrected.jpg": ("basophil", Origin.REVIEW),
        "doubtful.jpg": ("", Origin.PENDING),
        "strange.jpg": ("", Origin.PENDING),
        "unseen.jpg": (UNKNOWN, Origin.REVIEW),
    }
    corrected = found["corrected.jpg"]
    assert (corrected.predicted, corrected.reviewer, corrected.note) == (
        *("monocyte", "AB", "granules"),
    )
    assert found["unseen.jpg"].decision is None
    assert all(store.verdicts.get(case.id, run.id, image) == v for image, v in found.items())


def test_nothing_known_is_pending(store, case, run):
    verdict = store.verdicts.get(case.id, run.id, "never.jpg")
    assert (verdict.origin, verdict.decision, verdict.label) == (Origin.PENDING, None, "")


def test_the_latest_review_counts_and_clearing_goes_back_to_the_decision(store, case, run, predict):
    store.predictions.add(run.id, [predict("a.jpg")])
    for label in ("basophil", "myeloblast"):
        say(store, case, label, "a.jpg")
    assert store.verdicts.get(case.id, run.id, "a.jpg").label == "myeloblast"
    say(store, case, CLEARED, "a.jpg")
    assert store.verdicts.get(case.id, run.id, "a.jpg").origin is Origin.DECISION


def test_the_latest_reviews_of_a_case_are_those_that_count(store, case):
    for label, *images in (("basophil", "a.jpg", "b.jpg"), ("myeloblast", "b.jpg", "c.jpg")):
        say(store, case, label, *images)
    say(store, case, CLEARED, "c.jpg")
    found = {cell.image: review.label for cell, review in store.reviews.latest(case.id).items()}
    assert found == {"a.jpg": "basophil", "b.jpg": "myeloblast"}
    store.reviews.undo(case.id)
    store.reviews.undo(case.id)
    found = {cell.image: review.label for cell, review in store.reviews.latest(case.id).items()}
    assert found == {"a.jpg": "basophil", "b.jpg": "basophil"}


def test_a_review_of_other_bytes_does_not_count_and_is_flagged(store, case, run, predict):
    store.predictions.add(run.id, [predict("a.jpg", sha256="1" * 64)])
    store.reviews.add(case.id, [NewReview("a.jpg", "2" * 64, "basophil")], reviewer="AB")
    verdict = store.verdicts.get(case.id, run.id, "a.jpg")
    assert (verdict.label, verdict.origin, verdict.changed) == ("monocyte", Origin.DECISION, True)


def test_many_images_in_one_act_are_undone_together(store, case, run):
    change = say(store, case, "basophil", "a.jpg", "b.jpg", "c.jpg")
    assert store.reviews.undo(case.id).images == change.images == ("a.jpg", "b.jpg", "c.jpg")
    assert not any(review.active for review in store.reviews.history(case.id))
    assert store.reviews.redo(case.id).images == change.images
    assert all(review.active for review in store.reviews.history(case.id))


def test_cases_are_undone_apart(store, case, tmp_path):
    (tmp_path / "other").mkdir()
    other = store.cases.find_or_create(tmp_path / "other")
    say(store, case, "basophil", "a.jpg")
    assert store.reviews.undo(other.id) is None
    assert store.reviews.undo(case.id).images == ("a.jpg",)
    assert store.reviews.redo(other.id) is None


def test_each_row_says_what_when_and_by_what(store, case, run, clock):
    say(store, case, "basophil", "a.jpg", run=run)
    (review,) = store.reviews.history(case.id, "a.jpg")
    assert (review.model, review.precision, review.software) == (run.model, "f32", __version__)
    assert review.time == "2026-03-01T12:00:00.000000Z"


def test_order_is_kept_when_the_clock_is_set_back(store, case, run, clock):
    say(store, case, "basophil", "a.jpg")
    clock.move(days=-400)
    say(store, case, "myeloblast", "a.jpg")
    first, second = store.reviews.history(case.id, "a.jpg")
    assert first.time > second.time
    assert first.seq < second.seq
    assert store.verdicts.get(case.id, run.id, "a.jpg").label == "myeloblast"
    assert store.reviews.undo(case.id).images == ("a.jpg",)
    assert store.verdicts.get(case.id, run.id, "a.jpg").label == "basophil"
    assert store.audit.verify() == []


@pytest.mark.parametrize("table", ["predictions", "reviews", "undos", "audit"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET time = ''", "DELETE FROM {}"])
def test_what_was_stored_cannot_be_changed(store, case, run, predict, store_path, table, verb):
    store.predictions.add(run.id, [predict("a.jpg")])
    say(store, case, "basophil", "a.jpg")
    store.reviews.undo(case.id)
    with closing(sqlite3.connect(store_path)) as raw:
        assert raw.execute(f"SELECT 1 FROM {table}").fetchone()  # noqa: S608
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(verb.format(table))


def test_an_act_needs_an_image(store, case):
    with pytest.raises(ValueError, match="at least one"):
        store.reviews.add(case.id, [], reviewer="AB")


class ReviewsAgainstAModel(RuleBasedStateMachine):
    """The store's reviews, undo and redo against lists in plain Python."""

    images = ("a.jpg", "b.jpg", "c.jpg")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "cases.sqlite"
        self.store = CaseStore.open(self.path)
        self.case = self.store.cases.find_or_create(Path(self.folder.name))
        self.acts: list[dict[str, str]] = []
        self.undone: list[dict[str, str]] = []
        self.written = 0

    @rule(
        chosen=st.lists(st.sampled_from(images), min_size=1, unique=True),
        label=st.sampled_from(["basophil", "monocyte", UNKNOWN, EXCLUDED, CLEARED]),
    )
    def review(self, chosen: list[str], label: str) -> None:
        say(self.store, self.case, label, *chosen)
        self.acts.append(dict.fromkeys(chosen, label))
        self.undone.clear()
        self.written += len(chosen)

    @rule()
    def undo(self) -> None:
        change = self.store.reviews.undo(self.case.id)
        expected = self.acts.pop() if self.acts else None
        assert (change and change.images) == (expected and tuple(expected))
        if expected:
            self.undone.append(expected)

    @rule()
    def redo(self) -> None:
        change = self.store.reviews.redo(self.case.id)
        expected = self.undone.pop() if self.undone else None
        assert (change and change.images) == (expected and tuple(expected))
        if expected:
            self.acts.append(expected)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = CaseStore.open(self.path)

    @invariant()
    def the_latest_review_counts(self) -> None:
        latest = {image: label for act in self.acts for image, label in act.items()}
        for image in self.images:
            verdict = self.store.verdicts.get(self.case.id, 0, image)
            assert verdict.label == latest.get(image, "")
            assert (verdict.origin is Origin.REVIEW) == bool(latest.get(image))

    @invariant()
    def nothing_is_ever_lost(self) -> None:
        assert sum(1 for _ in self.store.reviews.history(self.case.id)) == self.written

    def teardown(self) -> None:
        assert self.store.audit.verify() == []
        self.store.close()
        self.folder.cleanup()


TestReviewsAgainstAModel = ReviewsAgainstAModel.TestCase
TestReviewsAgainstAModel.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
