"""The store of cases: one SQLite file and its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from trainer.cases.audit_verification import AuditTrail
from trainer.cases.database import backups, connection, open_handles
from trainer.cases.database.column_values import utc_now
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.tables.acts import Acts
from trainer.cases.tables.case_list import CaseList
from trainer.cases.tables.case_records import Cases
from trainer.cases.tables.cells import Cells
from trainer.cases.tables.details import Details
from trainer.cases.tables.features import Features
from trainer.cases.tables.field_searches import SearchedFields
from trainer.cases.tables.places import Places
from trainer.cases.tables.predictions import Predictions
from trainer.cases.tables.readings import Readings
from trainer.cases.tables.references import References
from trainer.cases.tables.reviews import Reviews
from trainer.cases.tables.runs import Runs
from trainer.cases.tables.sign_offs import SignOffs
from trainer.cases.tables.verdicts import Verdicts


class CaseStore:
    """One file of cases, runs, cells, predictions and reviews; use one instance per thread.

    Every method, and every method of a table, raises StoreError where the store is
    locked, damaged, full or read-only; a method that writes has then written nothing.

    Attributes:
        cases: folders under review.
        runs: passes of a model over a case.
        predictions: of the runs.
        features: of the predictions.
        reviews: actions of persons.
        verdicts: what counts for each cell.
        cells: of fields.
        fields: images that the runs have searched for cells.
        details: sample, stain, reader and so on of the cases.
        sign_offs: which cases were signed or reopened.
        readings: labels of readers who are blind to those of others.
        references: cells that the lab keeps to compare others with.
        places: where the cases were left.
        audit: trail of all that was written.
        acts: the same, as a person reads it.
        case_list: the cases, as a person looks for them.
    """

    def __init__(self, db: StoreConnection) -> None:
        self._db = db
        self.cases = Cases(db)
        self.runs = Runs(db)
        self.predictions = Predictions(db)
        self.features = Features(db)
        self.reviews = Reviews(db)
        self.verdicts = Verdicts(db)
        self.cells = Cells(db)
        self.fields = SearchedFields(db)
        self.details = Details(db)
        self.sign_offs = SignOffs(db)
        self.readings = Readings(db)
        self.references = References(db)
        self.places = Places(db)
        self.audit = AuditTrail(db)
        self.acts = Acts(db)
        self.case_list = CaseList(db)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        busy_seconds: float = 30.0,
        now: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Open or create the store, upgrade it, and check it after an unclean close.

        Args:
            path: the store's file; `locations.store_file()` for the user's own.
            read_only: change nothing, not even the version.
            busy_seconds: how long another process is waited for that writes, or makes the store.
            now: the clock.

        Raises:
            DamagedStoreError: with the backups that `restore` could put in its place.
            LockedStoreError, DiskFullError, ReadOnlyStoreError, StoreError: by their names.
        """
        path = path.absolute()
        if read_only:
            return cls(connection.open_for_reading(path, busy_seconds, now))
        return cls(connection.open_for_writing(path, busy_seconds, now))

    @classmethod
    def open_if_made(
        cls, path: Path, *, busy_seconds: float = 30.0, now: Callable[[], datetime] = utc_now
    ) -> Self | None:
        """Open the store for reading; None where none was made yet.

        Raises:
            As `open`.
        """
        db = connection.open_if_made(path.absolute(), busy_seconds, now)
        return cls(db) if db is not None else None

    @property
    def path(self) -> Path:
        """The store's file."""
        return self._db.path

    @property
    def read_only(self) -> str:
        """Why nothing can be written, in words (opened so, or a newer version); else empty."""
        return self._db.read_only

    @property
    def newer(self) -> str:
        """That a newer version of this program wrote the store, in words; else empty."""
        return self._db.newer

    @property
    def is_upgraded(self) -> bool:
        """Whether it was opened for reading before another process upgraded it: open it anew."""
        return connection.is_upgraded(self._db)

    def close(self) -> None:
        """Make the daily backup if due, and leave the store in order."""
        connection.close(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A backup that fails must not hide the error that is on its way.
        connection.close(self._db, back_up=error is None)

    def describe_open_handles(self) -> list[str]:
        """Return who else has the store open now, each in words."""
        with self._db.translate_errors():
            found = open_handles.list_others(self._db.connection, self._db.handle_id)
        return [other.description for other in found if other.alive]

    def back_up(self, reason: str = "asked") -> Path:
        """Make a backup now, beside the store, and return it; the rotation never drops it."""
        with self._db.translate_errors():
            return backups.make_backup(
                self._db.connection, self.path, reason=reason, now=self._db.now
            )

    def check(self) -> tuple[str, ...]:
        """Return what SQLite finds wrong with the file; empty if sound. Reads all of it."""
        try:
            return backups.quick_check(self._db.connection)
        except sqlite3.DatabaseError as fault:
            return (str(fault),)
