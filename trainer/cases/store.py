"""The store of cases: one SQLite file, the only door to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from trainer.cases import (
    audit_verification,
    backups,
    case_records,
    connection,
    features,
    open_handles,
    predictions,
    reviews,
    runs,
    verdicts,
)
from trainer.cases.audit_trail import TrailHead, read_trail_head
from trainer.cases.encoding import utc_now
from trainer.cases.records import (
    Case,
    Change,
    NewReview,
    Review,
    Run,
    RunState,
    StoredFeatures,
    Verdict,
)
from trainer.cases.transactions import StoreConnection
from trainer.domain import Precision, Prediction, SourceProfile


class CaseStore:
    """Cases, runs, predictions and reviews in one file; use one instance per thread.

    Every method raises StoreError in words where the store is locked, damaged, full or
    read-only; a method that writes has then written nothing.
    """

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        busy_seconds: float = 30.0,
        now: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Open or create the store, bring it up to date, and look at it if it needs looking at.

        Args:
            path: the store's file; `locations.store_file()` for the user's own.
            read_only: change nothing, not even the version.
            busy_seconds: how long another process is waited for that writes, or makes the store.
            now: the clock.

        Raises:
            DamagedStoreError: with the backups that `restore` could put in its place.
            LockedStoreError, DiskFullError, ReadOnlyStoreError, StoreError: as they say.
        """
        path = path.absolute()
        if read_only:
            return cls(connection.open_for_reading(path, busy_seconds, now))
        return cls(connection.open_for_writing(path, busy_seconds, now))

    @property
    def path(self) -> Path:
        """The store's file."""
        return self._db.path

    @property
    def read_only(self) -> str:
        """Why nothing can be written, in words (asked for, or a newer version); else empty."""
        return self._db.read_only

    @property
    def newer(self) -> str:
        """That a newer version of this program wrote the store, in words; else empty."""
        return self._db.newer

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

    # Cases

    def case(self, root: Path, *, name: str = "", profile: SourceProfile | None = None) -> Case:
        """The case of a folder: the known one, one that moved here, or a new one."""
        return case_records.find_or_create(self._db, root, name=name, profile=profile)

    def find_case(self, root: Path) -> Case | None:
        """The known case of a folder, or None; changes nothing."""
        return case_records.find(self._db, root)

    def cases(self) -> list[Case]:
        """Every case, oldest first."""
        return case_records.list_all(self._db)

    def set_profile(self, case_id: int, profile: SourceProfile) -> Case:
        """Keep what is known of the case's source."""
        return case_records.set_profile(self._db, case_id, profile)

    def relocate(self, case_id: int, root: Path) -> Case:
        """Say where a case's folder is now; refused if the images there differ."""
        return case_records.relocate(self._db, case_id, root)

    # Runs

    def start_run(
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
        """Begin a run; `settings` is whatever else decides the result (JSON values)."""
        return runs.start(
            self._db,
            case_id,
            model=model,
            model_sha256=model_sha256,
            precision=precision,
            device=device,
            settings=settings,
            images=images,
        )

    def unfinished_run(
        self,
        case_id: int,
        *,
        model: str,
        model_sha256: str,
        precision: Precision,
        settings: Mapping[str, object],
    ) -> Run | None:
        """The newest run that the same work could go on with; the device may differ.

        Args:
            settings: what must be alike; a run's own say more, such as the scale it measured.
        """
        return runs.find_unfinished(
            self._db,
            case_id,
            model=model,
            model_sha256=model_sha256,
            precision=precision,
            settings=settings,
        )

    def resume_run(self, run_id: int, *, device: str) -> Run:
        """Take up an unfinished run again."""
        return runs.resume(self._db, run_id, device=device)

    def finish_run(self, run_id: int, state: RunState = RunState.FINISHED) -> Run:
        """Write down how a run ended."""
        return runs.finish(self._db, run_id, state)

    def run(self, run_id: int) -> Run:
        """One run by its number."""
        return runs.get(self._db, run_id)

    def runs(self, case_id: int) -> list[Run]:
        """Every run over a case, oldest first."""
        return runs.list_of_case(self._db, case_id)

    # Predictions

    def add_predictions(
        self, run_id: int, batch: Sequence[Prediction], pooled: Sequence[bytes] = ()
    ) -> None:
        """Store a batch, whole or not at all; an image is stored once for a run.

        Args:
            pooled: features of each: float16, little-endian; empty bytes for none.
        """
        predictions.add(self._db, run_id, batch, pooled)

    def predictions(self, run_id: int, *, heat: bool = True) -> Iterator[Prediction]:
        """Every prediction of a run by image, in bounded memory; `heat=False` is quicker."""
        return predictions.stream(self._db, run_id, heat=heat)

    def predictions_after(
        self, run_id: int, row: int = 0, *, limit: int = 1000
    ) -> list[tuple[int, Prediction]]:
        """What a run has said since: at most `limit` predictions, each with its row.

        Costs no more than what it gives, however many the run or others have stored. To
        follow a run, ask again after the last row given, until nothing is given.

        Args:
            row: the last row that was read; 0 for none.
            limit: how many at most.

        Returns:
            (row, prediction without its heat map), in the order in which they were stored.
        """
        return predictions.list_after(self._db, run_id, row, limit)

    def prediction(self, run_id: int, image: str) -> Prediction | None:
        """A run's prediction of one image."""
        return predictions.get(self._db, run_id, image)

    def features(self, run_id: int, image: str) -> bytes | None:
        """The features behind a run's prediction, float16; None where none were stored."""
        return features.get(self._db, run_id, image)

    def features_after(
        self, run_id: int, row: int = 0, *, limit: int = 1000
    ) -> list[StoredFeatures]:
        """The features of a run, a page at a time, as `predictions_after` gives predictions."""
        return features.list_after(self._db, run_id, row, limit)

    def committed_images(self, run_id: int) -> dict[str, str]:
        """Images that the run has committed, each with the SHA-256 of what was judged."""
        return predictions.committed_images(self._db, run_id)

    def count(self, run_id: int) -> int:
        """How many images the run has committed."""
        return predictions.count(self._db, run_id)

    # Reviews

    def add_reviews(
        self,
        case_id: int,
        batch: Sequence[NewReview],
        *,
        reviewer: str,
        run_id: int | None = None,
    ) -> Change:
        """Store one act of a person on one or many images; undone together."""
        return reviews.add(self._db, case_id, batch, reviewer=reviewer, run_id=run_id)

    def undo(self, case_id: int) -> Change | None:
        """Take back the newest act that counts; None if there is none."""
        return reviews.undo(self._db, case_id)

    def redo(self, case_id: int) -> Change | None:
        """Bring back the act undone last, unless a new one was made since."""
        return reviews.redo(self._db, case_id)

    def reviews(self, case_id: int, image: str | None = None) -> Iterator[Review]:
        """Every review, oldest first, undone ones included and marked."""
        return reviews.history(self._db, case_id, image)

    def verdicts(self, case_id: int, run_id: int) -> Iterator[Verdict]:
        """The verdict of every image predicted or reviewed, by image, in bounded memory."""
        return verdicts.stream(self._db, case_id, run_id)

    def verdict(self, case_id: int, run_id: int, image: str) -> Verdict:
        """The verdict of one image."""
        return verdicts.get(self._db, case_id, run_id, image)

    # Safety

    def describe_open_handles(self) -> list[str]:
        """Who else has the store open now, each in words."""
        with self._db.translate_errors():
            found = open_handles.list_others(self._db.connection, self._db.handle_id)
        return [other.description for other in found if other.alive]

    def verify_audit(self, head: TrailHead | None = None) -> list[str]:
        """What was changed behind the program's back, in words; empty if nothing.

        Args:
            head: a head noted earlier, which must still be part of the trail.
        """
        return audit_verification.verify(self._db, head)

    def audit_head(self) -> TrailHead:
        """Number and hash of the newest action: a fingerprint of all that was done."""
        with self._db.translate_errors():
            return read_trail_head(self._db.connection)

    def back_up(self, reason: str = "asked") -> Path:
        """Make a backup now, beside the store; never dropped by the rotation."""
        with self._db.translate_errors():
            return backups.make_backup(
                self._db.connection, self.path, reason=reason, now=self._db.now
            )

    def check(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file; empty if sound. Reads all of it."""
        try:
            return backups.quick_check(self._db.connection)
        except sqlite3.DatabaseError as fault:
            return (str(fault),)
