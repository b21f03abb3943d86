"""SQLite's locks belong to the process: closing the store's file by other hands would end them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from trainer.cases.store import CaseStore


def locks_on(path: Path) -> list[str]:
    """The locks that this process holds on a file, as Linux tells them."""
    inode, own = str(path.stat().st_ino), str(os.getpid())
    rows = [line.split() for line in Path("/proc/locks").read_text("ascii").splitlines()]
    return [
        " ".join(row[1:4] + row[6:]) for row in rows if own in row and f":{inode}" in " ".join(row)
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc/locks is Linux's")
@pytest.mark.parametrize("read_only", [True, False])
def test_another_opening_in_this_process_ends_no_lock(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "cases.sqlite"
    with CaseStore.open(path) as first:
        first.cases.find_or_create(tmp_path)
        held = locks_on(path)
        assert held
        with CaseStore.open(path, read_only=read_only) as second:
            second.cases.list_all()
        assert locks_on(path) == held
        first.cases.find_or_create(tmp_path / "other")
