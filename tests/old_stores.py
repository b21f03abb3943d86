"""Stores as earlier versions of the program wrote them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from trainer.cases.database.migrations import upgrade
from trainer.cases.database.schema import MIGRATIONS

# What version 0.1.0 of the program wrote into tables of version 2.
_ROWS = Path(__file__).parent / "trainer" / "cases" / "version_2.sql"


def write_version_2(path: Path) -> Path:
    """Write a store of version 2 with some rows, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        upgrade(raw, path, MIGRATIONS[:2])
        raw.executescript(_ROWS.read_text(encoding="utf-8"))
    return path
