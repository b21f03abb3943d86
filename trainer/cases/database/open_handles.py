"""Table of open handles: who has the store open, and who died without closing it."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class OpenHandle:
    """A process that opened the store and has not closed it."""

    id: int
    pid: int
    started: float
    host: str
    program: str
    since: str

    @property
    def description(self) -> str:
        """For a person: which program, where, since when."""
        where = "" if self.host == platform.node() else f" on {self.host}"
        return f"{self.program} (process {self.pid}{where}, since {self.since})"

    @property
    def alive(self) -> bool:
        """False only if the process is surely gone; of another machine that is not known."""
        if self.host != platform.node():
            return True
        try:
            # Process numbers are used again, so the start time must agree too.
            return abs(psutil.Process(self.pid).create_time() - self.started) < 2.0
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


def register(connection: sqlite3.Connection, since: str) -> int:
    """Record that this process has the store open; return the number of the entry."""
    me = psutil.Process(os.getpid())
    program = Path(sys.argv[0] or sys.executable).name
    cursor = connection.execute(
        "INSERT INTO openings (pid, started, host, program, since) VALUES (?, ?, ?, ?, ?)",
        (me.pid, me.create_time(), platform.node(), program, since),
    )
    return int(cursor.lastrowid or 0)


def unregister(connection: sqlite3.Connection, handle_id: int) -> None:
    """Delete what `register` recorded: the store was closed properly."""
    connection.execute("DELETE FROM openings WHERE id = ?", (handle_id,))


def list_others(connection: sqlite3.Connection, own_id: int | None) -> list[OpenHandle]:
    """Return every other entry, living or dead."""
    rows = connection.execute("SELECT id, pid, started, host, program, since FROM openings")
    return [OpenHandle(*row) for row in rows if row[0] != own_id]


def delete_dead(connection: sqlite3.Connection, own_id: int | None) -> int:
    """Delete the entries of processes that died; return how many there were."""
    dead = [handle.id for handle in list_others(connection, own_id) if not handle.alive]
    connection.executemany("DELETE FROM openings WHERE id = ?", [(number,) for number in dead])
    return len(dead)
