from __future__ import annotations

from pathlib import Path

from tests.trainer.jobs.program import run_trainer
from trainer.cases.store import CaseStore


def test_a_damaged_store_is_found_and_restored_from_the_command_line(tmp_path: Path) -> None:
    store = tmp_path / "cases.sqlite"
    with CaseStore.open(store) as opened:
        opened.cases.find_or_create(tmp_path)
        backup = opened.back_up("test")
    where = ("--data-dir", tmp_path)
    assert "is sound" in run_trainer("store", "check", *where).stdout
    assert str(backup) in run_trainer("store", "backups", *where).stdout

    store.write_bytes(store.read_bytes()[:5000])
    told = run_trainer("store", "check", *where, check=(1,))
    assert "is damaged" in told.stderr
    run_trainer("store", "restore", "--backup", backup, *where)
    assert "is sound" in run_trainer("store", "check", *where).stdout
    assert next(tmp_path.glob("cases-damaged-*.sqlite")).stat().st_size == 5000


def test_without_a_backup_nothing_is_restored(tmp_path: Path) -> None:
    told = run_trainer("store", "restore", "--data-dir", tmp_path, check=(1,))
    assert "There is no backup" in told.stderr
    assert list(tmp_path.iterdir()) == []
