"""Table of runs: start, resume and finish each leave an audit entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from trainer.cases.database.column_values import canonical_json
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.records import Run, RunState
from trainer.domain import Precision
from trainer.errors import StoreError

_COLUMNS = (
    "id, case_id, model, model_sha256, precision, device, settings, software, images, state, "
    "started, finished"
)
_SELECT = f"SELECT {_COLUMNS} FROM runs "  # noqa: S608


class Runs:
    """Table of runs over cases. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def start(
        self,
        case_id: int,
        *,
        model: str,
        model_sha256: str,
        precision: Precision,
        device: str,
        settings: Mapping[str, object],
        images: Sequence[str],
    ) -> Run:
        """Begin a run over `images` and return it.

        Args:
            settings: whatever else decides the result (JSON values).
            images: paths relative to the case's root.
        """
        with self._db.entry("run started", case_id=case_id) as entry:
            values = (
                *(case_id, model, model_sha256, precision.value, device, canonical_json(settings)),
                *(self._db.software, len(images), RunState.RUNNING.value, entry.time),
            )
            cursor = self._db.connection.execute(
                f"INSERT INTO runs ({_COLUMNS.removeprefix('id, ').removesuffix(', finished')}) "  # noqa: S608
                "VALUES (" + ", ".join("?" * len(values)) + ")",
                values,
            )
            run_id = int(cursor.lastrowid or 0)
            entry.body = _row_values(self._db, run_id)
        return self.get(run_id)

    def resume(self, run_id: int, *, device: str) -> Run:
        """Continue an unfinished run, perhaps on another device; return it."""
        values = {"state": RunState.RUNNING, "device": device}
        _update_state(self._db, "run resumed", run_id, values, finished=False)
        return self.get(run_id)

    def finish(self, run_id: int, state: RunState = RunState.FINISHED) -> Run:
        """Record how a run ended; return it."""
        # A signed case takes this too: a run that it refused must not seem to go on for ever.
        _update_state(self._db, "run ended", run_id, {"state": state}, finished=True)
        return self.get(run_id)

    def find_unfinished(
        self,
        case_id: int,
        *,
        model: str,
        model_sha256: str,
        precision: Precision,
        settings: Mapping[str, object],
    ) -> Run | None:
        """Return the newest run that work of these settings could continue, or None.

        The software's version must agree as well: a run is never half of one version and half
        of another. The device may differ.

        Args:
            settings: what must be equal; a run's own may hold more keys, such as the measured
                scale.
        """
        found = self._db.rows(
            _SELECT + "WHERE case_id = ? AND model = ? AND model_sha256 = ? AND precision = ? "
            "AND software = ? AND state <> ? ORDER BY id DESC",
            *(case_id, model, model_sha256, precision.value),
            *(self._db.software, RunState.FINISHED.value),
        )
        required = json.loads(canonical_json(settings))
        return next(
            (run for run in map(_run_of_row, found) if run.settings.items() >= required.items()),
            None,
        )

    def get(self, run_id: int) -> Run:
        """Return the run of that number. Raises StoreError if there is none."""
        found = self._db.rows(_SELECT + "WHERE id = ?", run_id)
        if not found:
            raise StoreError(f"There is no run number {run_id} in the store.")
        return _run_of_row(found[0])

    def list_of_case(self, case_id: int) -> list[Run]:
        """Return every run over a case, oldest first."""
        return [
            _run_of_row(row)
            for row in self._db.rows(_SELECT + "WHERE case_id = ? ORDER BY id", case_id)
        ]

    def list_of_model(self, model: str) -> list[Run]:
        """Return every run that was made with a model, by its id, oldest first."""
        rows = self._db.rows(_SELECT + "WHERE model = ? ORDER BY id", model)
        return [_run_of_row(row) for row in rows]


def _update_state(
    db: StoreConnection, kind: str, run_id: int, values: Mapping[str, str], *, finished: bool
) -> None:
    case_id = None if finished else db.case_of_run(run_id)
    with db.entry(kind, case_id=case_id) as entry:
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
