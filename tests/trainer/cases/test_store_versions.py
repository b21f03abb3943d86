"""Stores that earlier versions of the program wrote."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.old_stores import write_version_2
from trainer.cases import CaseStore, Origin, list_backups
from trainer.cases.database.migrations import upgrade, version_of
from trainer.cases.database.schema import MIGRATIONS
from trainer.domain import Box, CellId, CellOrigin, Decision, ImageContent
from trainer.errors import StoreError


@pytest.fixture
def version_2(tmp_path):
    return write_version_2(tmp_path / "old" / "cases.sqlite")


def content_of(store: CaseStore) -> list[object]:
    (case,) = store.cases.list_all()
    (run,) = store.runs.list_of_case(case.id)
    return [
        case,
        run,
        list(store.predictions.stream(run.id)),
        store.predictions.list_after(run.id),
        store.predictions.committed_images(run.id),
        store.predictions.count(run.id),
        store.features.list_after(run.id),
        list(store.reviews.history(case.id)),
        list(store.verdicts.stream(case.id, run.id)),
        store.cells.known(case.id),
        list(store.fields.stream(run.id)),
        store.audit.head(),
        store.details.get(case.id),
        store.sign_offs.history(case.id),
        store.readings.list_series(case.id),
        store.places.get(case.id),
    ]


def test_a_store_of_version_2_reads_the_same_before_and_after_its_migration(version_2):
    with CaseStore.open(version_2, read_only=True) as store:
        assert version_of(store._db.connection) == 2
        before = content_of(store)
        assert store.audit.verify() == []
    with CaseStore.open(version_2) as store:
        assert version_of(store._db.connection) == 4
        assert store.audit.verify() == []
        assert content_of(store) == before
    assert any("before-version-4" in path.name for path in list_backups(version_2))
    (backup,) = [path for path in list_backups(version_2) if "before-version-3" in path.name]
    with closing(sqlite3.connect(backup)) as copy:
        assert version_of(copy) == 2


def test_the_rows_of_version_2_are_what_they_were(version_2):
    with CaseStore.open(version_2) as store:
        first, failed, third, _ = store.predictions.stream(1)
        assert (first.label, first.probability, first.heat) == ("monocyte", 0.975, bytes(range(24)))
        assert (first.number, first.box, first.outline) == (0, None, ())
        assert (first.origin, first.at_edge) == (CellOrigin.ALONE, False)
        assert (failed.decision, failed.error) == (Decision.FAILED, "The file is empty.")
        assert store.features.get(1, "c.jpg") == b"\x00@\x00<"
        assert store.cases.get(1).content is ImageContent.AS_FOUND
        verdict = store.verdicts.get(1, 1, third.image)
        assert (verdict.label, verdict.origin) == ("basophil", Origin.REVIEW)
        redone = store.reviews.redo(1)
        assert redone is not None and redone.cells == (CellId("c.jpg"),)
        assert store.audit.verify() == []


@pytest.mark.parametrize(
    "table",
    ["predictions", "reviews", "features", "cells", "fields", "details", "sign_offs", "readings"],
)
def test_a_migrated_table_is_append_only(version_2, table):
    with CaseStore.open(version_2) as store:
        store.cells.draw(1, "a.jpg", "", Box(1, 2, 3, 4))
    with closing(sqlite3.connect(version_2)) as raw:
        guards = raw.execute(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,)
        )
        assert guards.fetchone() == (2,)


def test_foreign_keys_are_checked_after_a_migration(version_2):
    with CaseStore.open(version_2) as store:
        connection = store._db.connection
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_changed_row_of_version_2_shows_after_the_migration(version_2):
    with closing(sqlite3.connect(version_2)) as raw:
        raw.execute("DROP TRIGGER predictions_no_update")
        raw.execute("UPDATE predictions SET label = 'basophil' WHERE id = 1")
        raw.commit()
    with CaseStore.open(version_2) as store:
        assert store.audit.verify() == ["predictions of entry 3 were changed"]


def test_a_new_store_is_made_at_once(tmp_path):
    """Who reads while it is made sees no version before today's, whose tables would be views."""
    path = tmp_path / "cases.sqlite"
    seen = []
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        with closing(sqlite3.connect(path)) as reader:

            def read(statement: str) -> None:
                seen.append((statement, version_of(reader)))

            raw.set_trace_callback(read)
            upgrade(raw, path)
            assert version_of(reader) == len(MIGRATIONS)
    assert len(seen) > sum(map(len, MIGRATIONS))
    assert {version for _, version in seen} == {0, len(MIGRATIONS)}


def test_a_reader_is_told_that_its_store_was_upgraded(version_2):
    with CaseStore.open(version_2, read_only=True) as reader:
        assert not reader.is_upgraded
        with CaseStore.open(version_2) as writer:
            assert reader.is_upgraded
            assert not writer.is_upgraded
    with CaseStore.open(version_2, read_only=True) as reader:
        assert not reader.is_upgraded


def test_a_store_that_nobody_made_is_none(tmp_path):
    path = tmp_path / "cases.sqlite"
    assert CaseStore.open_if_made(path) is None
    path.touch()
    assert CaseStore.open_if_made(path) is None
    assert not path.stat().st_size
    CaseStore.open(path).close()
    store = CaseStore.open_if_made(path)
    assert store is not None
    with store:
        assert store.read_only


def test_a_database_of_another_program_is_no_store(tmp_path):
    path = tmp_path / "cases.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE birds (name)")
    with pytest.raises(StoreError, match="belongs to another program"):
        CaseStore.open_if_made(path)
