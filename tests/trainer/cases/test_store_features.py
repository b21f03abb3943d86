from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from trainer.cases import CaseStore
from trainer.errors import StoreError


def of(number: int) -> bytes:
    return bytes([number]) * 8


@pytest.fixture
def filled(store, run, predict):
    """Two batches with features, a failed cell and an old batch without."""
    store.predictions.add(run.id, [predict("0.jpg")])
    store.predictions.add(run.id, [predict("c.jpg"), predict("a.jpg")], [of(1), of(2)])
    store.predictions.add(run.id, [predict("bad.jpg"), predict("b.jpg")], [b"", of(3)])
    return store


def test_features_come_back_with_their_images(filled, run):
    assert filled.features.get(run.id, "a.jpg") == of(2)
    assert filled.features.get(run.id, "bad.jpg") is None
    assert filled.features.get(run.id, "0.jpg") is None
    assert filled.features.get(run.id, "absent.jpg") is None
    found = filled.features.list_after(run.id)
    assert [(each.image, each.pooled) for each in found] == [
        *(("c.jpg", of(1)), ("a.jpg", of(2)), ("b.jpg", of(3)))
    ]
    assert [each.image for each in filled.features.list_after(run.id, found[0].row, limit=1)] == [
        "a.jpg"
    ]
    rows = {each.image: row for row, each in filled.predictions.list_after(run.id)}
    assert all(rows[each.image] == each.row for each in found)
    assert filled.audit.verify() == []


def test_features_of_two_runs_do_not_mix(filled, case, begin, predict):
    other = begin(filled, case)
    filled.predictions.add(other.id, [predict("a.jpg")], [of(9)])
    assert filled.features.get(other.id, "a.jpg") == of(9)
    assert [each.pooled for each in filled.features.list_after(other.id)] == [of(9)]


def test_a_refused_batch_leaves_no_features(filled, run, predict):
    with pytest.raises(StoreError, match="already stored"):
        filled.predictions.add(run.id, [predict("n.jpg"), predict("a.jpg")], [of(7), of(8)])
    with pytest.raises(ValueError, match="zip"):
        filled.predictions.add(run.id, [predict("n.jpg"), predict("m.jpg")], [of(7)])
    assert len(filled.features.list_after(run.id)) == 3
    assert filled.audit.verify() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE features SET pooled = x'00'", "DELETE FROM features WHERE id = 2"]
)
def test_features_are_never_changed_nor_deleted(filled, store_path, statement):
    with (
        closing(sqlite3.connect(store_path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="features is append-only"),
    ):
        raw.execute(statement)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE features SET pooled = x'00' WHERE id = 2", "features of entry 4 were changed"),
        ("DELETE FROM features WHERE id = 3", "features of entry 4 were changed"),
        ("DELETE FROM features WHERE id = 5", "features of entry 5 are missing"),
        ("UPDATE features SET id = 4 WHERE id = 5", "features of entry 5 were changed"),
        ("INSERT INTO features VALUES (1, 3, x'00')", "features of entry 3 were changed"),
    ],
)
def test_tampering_with_features_shows(filled, store_path, statement, problem):
    with closing(sqlite3.connect(store_path)) as raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        kept = triggers.fetchall()
        for name, _ in kept:
            raw.execute(f"DROP TRIGGER {name}")
        assert raw.execute(statement).rowcount == 1
        for _, sql in kept:
            raw.execute(sql)
        raw.commit()
    with CaseStore.open(store_path, read_only=True) as store:
        assert problem in store.audit.verify()
