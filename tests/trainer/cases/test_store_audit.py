from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from trainer.cases import CaseStore, NewReview
from trainer.domain import SourceProfile


@pytest.fixture
def tampered(store_path, tmp_path, begin, predict):
    """A store with a bit of everything, and a way to change it behind the program's back."""
    (tmp_path / "images").mkdir()
    with CaseStore.open(store_path) as store:
        case = store.cases.find_or_create(tmp_path / "images")
        run = begin(store, case)
        for start in (0, 2):
            batch = [predict(f"{start + i}.jpg") for i in range(2)]
            store.predictions.add(run.id, batch)
        store.cases.set_profile(case.id, SourceProfile("Lab", 45.6, "entered"))
        for label in ("basophil", "myeloblast"):
            new = NewReview("0.jpg", "", label)
            store.reviews.add(case.id, [new], reviewer="AB", run_id=run.id)
        store.reviews.undo(case.id)
        store.runs.finish(run.id)
        head = store.audit.head()

    def tamper(*statements: str) -> list[str]:
        with closing(sqlite3.connect(store_path)) as raw:
            triggers = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            kept = triggers.fetchall()
            for name, _ in kept:
                raw.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert raw.execute(statement).rowcount > 0
            for _, sql in kept:
                raw.execute(sql)
            raw.commit()
        with CaseStore.open(store_path) as store:
            return store.audit.verify(head)

    return tamper


def test_an_untouched_store_is_in_order(tampered):
    assert tampered() == []


@pytest.mark.parametrize(
    "column, value",
    [
        ("image", "'x.jpg'"),
        ("sha256", "'0'"),
        ("model", "'vgg16'"),
        ("precision", "'bf16'"),
        ("software", "'9'"),
        ("time", "'2020-01-01T00:00:00.000000Z'"),
        ("decision", "'review'"),
        ("label", "'basophil'"),
        ("probability", "0.9750000000000001"),
        ("probabilities", "x'00'"),
        ("heat", "x'00'"),
        ("error", "'no'"),
        ("entry", "4"),
    ],
)
def test_any_changed_column_of_a_prediction_shows(tampered, column, value):
    problems = tampered(f"UPDATE predictions SET {column} = {value} WHERE id = 1")  # noqa: S608
    assert any("predictions of entry" in problem for problem in problems)


@pytest.mark.parametrize(
    "statement, problem",
    [
        ("UPDATE reviews SET label = 'monocyte' WHERE id = 1", "reviews of entry 6 were changed"),
        ("UPDATE reviews SET reviewer = 'CD' WHERE id = 2", "reviews of entry 7 were changed"),
        ("DELETE FROM reviews WHERE id = 2", "reviews of entry 7 are missing"),
        ("UPDATE undos SET target = 6", "undos of entry 8 were changed"),
        ("DELETE FROM predictions WHERE id = 3", "predictions of entry 4 were changed"),
        ("DELETE FROM predictions WHERE id > 2", "predictions of entry 4 are missing"),
        ("UPDATE audit SET body = '{}' WHERE seq = 9", "entry 9 was changed"),
        ("UPDATE audit SET time = '2020' WHERE seq = 2", "entry 2 was changed"),
        ("DELETE FROM audit WHERE seq = 9", "entries after 8 are missing"),
        ("DELETE FROM audit WHERE seq IN (5)", "entries 5 to 5 are missing"),
        ("UPDATE cases SET profile = '{}'", "row 1 of cases was changed"),
        ("UPDATE runs SET model = 'vgg16'", "row 1 of runs was changed"),
        ("UPDATE runs SET state = 'failed'", "row 1 of runs was changed"),
    ],
)
def test_edits_and_deletions_show(tampered, statement, problem):
    assert problem in tampered(statement)


def test_two_reviews_that_changed_places_show(tampered):
    problems = tampered(
        "UPDATE reviews SET id = 99 WHERE id = 1",
        "UPDATE reviews SET id = 1 WHERE id = 2",
        "UPDATE reviews SET id = 2 WHERE id = 99",
        "UPDATE reviews SET entry = 13 - entry",
    )
    assert "reviews of entry 6 were changed" in problems


def test_two_entries_that_changed_places_show(tampered):
    problems = tampered(
        "UPDATE audit SET seq = 99 WHERE seq = 6",
        "UPDATE audit SET seq = 6 WHERE seq = 7",
        "UPDATE audit SET seq = 7 WHERE seq = 99",
    )
    assert {"entry 6 was changed", "entry 7 was changed"} <= set(problems)


def test_a_trail_cut_off_without_a_trace_inside_shows_against_the_noted_head(tampered):
    problems = tampered(
        "DELETE FROM undos",
        "UPDATE runs SET state = 'running', finished = NULL",
        "DELETE FROM audit WHERE seq > 7",
        "UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'",
    )
    assert problems == ["entry 9 is not the one that was noted"]


def test_a_number_is_never_given_twice(tampered, store_path, tmp_path):
    tampered("DELETE FROM audit WHERE seq = 9")
    with CaseStore.open(store_path) as store:
        store.reviews.add(1, [NewReview("1.jpg", "", "basophil")], reviewer="AB")
        assert store.audit.head().seq == 10
        assert "entries 9 to 9 are missing" in store.audit.verify()


def test_a_guard_that_was_removed_shows(tampered, store_path):
    with closing(sqlite3.connect(store_path)) as raw:
        raw.execute("DROP TRIGGER reviews_no_update")
    assert tampered() == ["the guard reviews_no_update was removed"]
