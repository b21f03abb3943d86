"""Runs: started, resumed, finished; each step leaves an audit entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from trainer.cases.encoding import canonical_json
from trainer.cases.records import Run, RunState
from trainer.cases.transactions import StoreConnection
from trainer.domain import Precision
from trainer.errors import StoreError

_COLUMNS = (
    "id, case_id, model, model_sha256, precision, device, settings, software, images, state, "
    "started, finished"
)
_SELECT = f"SELECT {_COLUMNS} FROM runs "  # noqa: S608


def start(
    db: StoreConnection,
    case_id: int,
    *,
    model: str,
    model_sha256: str,
    precision: Precision,
    device: str,
    settings: Mapping[str, object],
    images: Sequence[str],
) -> Run:
    """Begin a run over `images` (paths relative to the case's root)."""
    with db.entry("run started") as entry:
        values = (
            *(case_id, model, model_sha256, precision.value, device, canonical_json(settings)),
            *(db.software, len(images), RunState.RUNNING.value, entry.time),
        )
        cursor = db.connection.execute(
            f"INSERT INTO runs ({_COLUMNS.removeprefix('id, ').removesuffix(', finished')}) "  # noqa: S608
            "VALUES (" + ", ".join("?" * len(values)) + ")",
            values,
        )
        run_id = int(cursor.lastrowid or 0)
        entry.body = _row_values(db, run_id)
    return get(db, run_id)


def resume(db: StoreConnection, run_id: int, *, device: str) -> Run:
    """Take up an unfinished run again, perhaps on another device."""
    _update_state(db, "run resumed", run_id, state=RunState.RUNNING, finished=None, device=device)
    return get(db, run_id)


def finish(db: StoreConnection, run_id: int, state: RunState) -> Run:
    """Write down how a run ended."""
    _update_state(db, "run ended", run_id, state=state, finished="now")
    return get(db, run_id)


def find_unfinished(
    db: StoreConnection,
    case_id: int,
    *,
    model: str,
    model_sha256: str,
    precision: Precision,
    settings: Mapping[str, object],
) -> Run | None:
    """The newest run that work of these settings could go on with, or None.

    The software's version must agree as well: a run is never half of one version and half
    of another. The device may differ, and so may what the run's settings say beside these.
    """
    found = db.rows(
        _SELECT + "WHERE case_id = ? AND model = ? AND model_sha256 = ? AND precision = ? "
        "AND software = ? AND state <> ? ORDER BY id DESC",
        *(case_id, model, model_sha256, precision.value),
        *(db.software, RunState.FINISHED.value),
    )
    asked = json.loads(canonical_json(settings))
    return next(
        (run for run in map(_run_of_row, found) if run.settings.items() >= asked.items()), None
    )


def get(db: StoreConnection, run_id: int) -> Run:
    """The run of that number. Raises StoreError if there is none."""
    found = db.rows(_SELECT + "WHERE id = ?", run_id)
    if not found:
        raise StoreError(f"There is no run number {run_id} in the store.")
    return _run_of_row(found[0])


def list_of_case(db: StoreConnection, case_id: int) -> list[Run]:
    """Every run over a case, oldest first."""
    return [_run_of_row(row) for row in db.rows(_SELECT + "WHERE case_id = ? ORDER BY id", case_id)]


def _update_state(
    db: StoreConnection, kind: str, run_id: int, *, finished: str | None, **values: str
) -> None:
    with db.entry(kind) as entry:
        columns = {**values, "finished": entry.time if finished else None}
        names = ", ".join(f"{name} = ?" for name in columns)
        changed = db.connection.execute(
            f"UPDATE runs SET {names} WHERE id = ?",  # noqa: S608
            (*columns.values(), run_id),
        ).rowcount
        if not changed:
            raise StoreError(f"There is no run number {run_id} in the store.")
        entry.body = _row_values(db, run_id)


def _row_values(db: StoreConnection, run_id: int) -> dict[str, object]:
    row = db.connection.execute(_SELECT + "WHERE id = ?", (run_id,)).fetchone()
    return dict(zip(_COLUMNS.split(", "), row, strict=True))


def _run_of_row(row: tuple[Any, ...]) -> Run:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values["settings"] = json.loads(values["settings"])
    values["state"] = RunState(values["state"])
    return Run(**values)
