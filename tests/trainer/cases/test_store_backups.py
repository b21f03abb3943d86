from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from trainer.cases import CaseStore, DamagedStoreError, list_backups, restore
from trainer.cases.database.backups import MAX_DAILY_BACKUPS, backup_time
from trainer.cases.database.migrations import upgrade, version_of
from trainer.cases.database.schema import MIGRATIONS
from trainer.errors import StoreError

ADDED = ("ALTER TABLE cases ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'",)


def test_a_backup_is_made_daily_and_the_newest_are_kept(store_path, clock, tmp_path):
    for day in range(MAX_DAILY_BACKUPS + 3):
        for _ in range(2):
            with CaseStore.open(store_path, now=clock) as store:
                (tmp_path / str(day)).mkdir(exist_ok=True)
                store.cases.find_or_create(tmp_path / str(day))
            clock.move(hours=1)
        clock.move(days=1)
    backups = list_backups(store_path)
    assert len(backups) == MAX_DAILY_BACKUPS
    assert [backup_time(path).day for path in backups] == sorted(
        (backup_time(path).day for path in backups), reverse=True
    )
    with CaseStore.open(backups[0], read_only=True) as newest:
        assert len(newest.cases.list_all()) == MAX_DAILY_BACKUPS + 3
        assert newest.audit.verify() == []


def test_backups_go_on_when_the_clock_was_set_back(store_path, clock):
    for _ in range(2):
        with CaseStore.open(store_path, now=clock):
            clock.move(days=-300)
    assert len(list_backups(store_path)) == 2


def test_a_backup_that_was_asked_for_is_never_dropped(store_path, clock):
    with CaseStore.open(store_path, now=clock) as store:
        asked = store.back_up()
    for _ in range(MAX_DAILY_BACKUPS + 2):
        clock.move(days=2)
        CaseStore.open(store_path, now=clock).close()
    assert asked in list_backups(store_path)
    assert len(list_backups(store_path)) == MAX_DAILY_BACKUPS + 1


def test_a_backup_is_whole_while_another_writes(store, case, run, predict, store_path):
    with CaseStore.open(store_path) as other:
        other.predictions.add(run.id, [predict("a.jpg")])
        backup = store.back_up()
        other.predictions.add(run.id, [predict("b.jpg")])
    with CaseStore.open(backup, read_only=True) as copy:
        assert copy.predictions.committed_images(run.id).keys() == {"a.jpg"}


def test_a_backup_takes_the_place_of_a_damaged_store(store_path, clock, tmp_path):
    with CaseStore.open(store_path, now=clock) as store:
        store.cases.find_or_create(tmp_path, name="kept")
    store_path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DamagedStoreError) as caught:
        CaseStore.open(store_path, now=clock)
    assert caught.value.backups == list_backups(store_path)
    assert caught.value.backups[0].name in caught.value.hint
    aside = restore(store_path, caught.value.backups[0])
    assert aside.read_bytes().startswith(b"not a database")
    with CaseStore.open(store_path, now=clock) as store:
        assert [case.name for case in store.cases.list_all()] == ["kept"]
        assert store.audit.verify() == []


def test_a_log_of_the_damaged_store_is_not_replayed_into_the_restored_one(
    store_path, clock, tmp_path
):
    with CaseStore.open(store_path, now=clock) as store:
        backup = store.back_up()
        store.cases.find_or_create(tmp_path)
        log = store_path.with_name("cases.sqlite-wal")
        kept = log.read_bytes()
    log.write_bytes(kept)
    restore(store_path, backup)
    with CaseStore.open(store_path, now=clock) as store:
        assert store.cases.list_all() == []


@pytest.mark.parametrize("content", [b"", b"rubbish" * 200])
def test_a_damaged_backup_is_refused_and_the_store_stays(store_path, content, tmp_path):
    CaseStore.open(store_path).close()
    backup = list_backups(store_path)[0]
    backup.write_bytes(content)
    before = store_path.read_bytes()
    with pytest.raises(StoreError, match="damaged too"):
        restore(store_path, backup)
    with pytest.raises(StoreError, match="no backup"):
        restore(store_path, tmp_path / "none.sqlite")
    assert store_path.read_bytes() == before


@pytest.fixture
def version_1(tmp_path):
    """A store as version 1 of the tables left it, made by SQL alone."""
    path = tmp_path / "old" / "cases.sqlite"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        for statement in MIGRATIONS[0]:
            raw.execute(statement)
        raw.execute("INSERT INTO cases VALUES (1, 'old', '/images', '{}', '2025')")
        raw.execute("PRAGMA user_version = 1")
        raw.commit()
    return path


def test_a_migration_is_preceded_by_a_backup_and_keeps_the_data(version_1):
    with closing(sqlite3.connect(version_1, isolation_level=None)) as raw:
        upgrade(raw, version_1, (MIGRATIONS[0], ADDED))
        assert version_of(raw) == 2
        assert raw.execute("SELECT name, colour FROM cases").fetchall() == [("old", "blue")]
        upgrade(raw, version_1, (MIGRATIONS[0], ADDED))
    (backup,) = list_backups(version_1)
    assert "before-version-2" in backup.name
    with closing(sqlite3.connect(backup)) as copy:
        assert version_of(copy) == 1
        assert copy.execute("SELECT name FROM cases").fetchall() == [("old",)]


def test_a_store_of_version_1_is_brought_up_to_date(version_1, begin, predict):
    with closing(sqlite3.connect(version_1)) as raw:
        profile = '{"background":null}'
        raw.execute("UPDATE cases SET profile = ?", (profile,))
        raw.execute(
            "INSERT INTO runs VALUES "
            "(1, 1, 'm', '0', 'f32', 'CPU', '{}', '0.1', 1, 'running', '2025', NULL)"
        )
        raw.execute(
            "INSERT INTO predictions VALUES (7, 1, 1, 'a.jpg', '', 'm', 'f32', '0.1', '2025', "
            "'accept', 'monocyte', 0.5, NULL, '', '', 'found', '[]', 0, '', '[]', '[0,0,0]', "
            "x'', x'')"
        )
        raw.commit()
    # One that only reads leaves the tables as they are, and reads what is there.
    with CaseStore.open(version_1, read_only=True) as store:
        assert [row for row, _ in store.predictions.list_after(1)] == [7]
        assert store.features.get(1, "a.jpg") is None
        assert store.features.list_after(1) == []
        assert not [each for each in store.audit.verify() if "guard" in each]
    with CaseStore.open(version_1) as store:
        assert version_of(store._db.connection) == len(MIGRATIONS) == 4
        assert [row for row, _ in store.predictions.list_after(1)] == [7]
        assert not [each for each in store.audit.verify() if "guard" in each]
        assert store.features.get(1, "a.jpg") is None
        store.predictions.add(1, [predict("b.jpg")], [b"\x00\x3c"])
        assert [each.image for each in store.features.list_after(1)] == ["b.jpg"]
        assert [each.image for _, each in store.predictions.list_after(1, 7)] == ["b.jpg"]
    migrated = [path for path in list_backups(version_1) if "before-version-2" in path.name]
    with closing(sqlite3.connect(migrated[0])) as copy:
        assert version_of(copy) == 1


def test_a_migration_that_fails_leaves_the_store_as_it_was(version_1):
    with closing(sqlite3.connect(version_1, isolation_level=None)) as raw:
        before = raw.execute("SELECT sql FROM sqlite_schema").fetchall()
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            upgrade(raw, version_1, (MIGRATIONS[0], (*ADDED, "DROP TABLE absent")))
        assert version_of(raw) == 1
        assert raw.execute("SELECT sql FROM sqlite_schema").fetchall() == before


def test_a_foreign_name_among_the_backups_is_the_oldest(store_path, tmp_path):
    CaseStore.open(store_path).close()
    foreign = list_backups(store_path)[0].with_name("cases-mine.sqlite")
    foreign.write_bytes(b"")
    assert list_backups(store_path)[-1] == foreign
    assert backup_time(foreign) == datetime.min.replace(tzinfo=UTC)
