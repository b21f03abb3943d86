"""Table of reviews: rows are appended, never changed; undo and redo append as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from trainer.cases import undos
from trainer.cases.encoding import to_column
from trainer.cases.records import Change, NewReview, Review
from trainer.cases.transactions import StoreConnection
from trainer.domain import CellId

PAGE_SIZE = 512
# In the order of the row tuple; image, reviewer and note are bound as bytes.
COLUMNS = "case_id, image, sha256, label, reviewer, note, model, precision, software, time, number"
_PLACEHOLDERS = "?, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, ?"
_REVIEW_BYTES = 600


class Reviews:
    """Table of reviews. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def add(
        self,
        case_id: int,
        reviews: Sequence[NewReview],
        *,
        reviewer: str,
        run_id: int | None = None,
    ) -> Change:
        """Store one action of a person on one or many cells; they are undone together.

        Args:
            run_id: the run whose predictions the person saw, if any.

        Raises:
            ValueError: `reviews` is empty.
        """
        if not reviews:
            raise ValueError("Invalid reviews. Expected at least one. Received none.")
        with self._db.entry("review", needed=_REVIEW_BYTES * len(reviews)) as entry:
            model, precision = _model_of_run(self._db, run_id)
            same = (model, precision, entry.software, entry.time)
            rows = [
                (case_id, new.image, new.sha256, new.label, reviewer, new.note, *same, new.number)
                for new in reviews
            ]
            self._db.connection.executemany(
                f"INSERT INTO reviews (entry, {COLUMNS}) VALUES (?, {_PLACEHOLDERS})",  # noqa: S608
                [(entry.seq, *_bind_names(row)) for row in rows],
            )
            entry.body = {"case": case_id, "rows": len(rows), "sha256": batch_digest(rows)}
        return Change("review", entry.seq, tuple(CellId(new.image, new.number) for new in reviews))

    def undo(self, case_id: int) -> Change | None:
        """Take back the newest action that counts and return it; None if there is none.

        The newest of all actions of persons: a review, a cell drawn or removed.
        """
        return undos.undo(self._db, case_id)

    def redo(self, case_id: int) -> Change | None:
        """Bring back the action undone last, unless a new one was made since; else None."""
        return undos.redo(self._db, case_id)

    def history(
        self, case_id: int, image: str | None = None, number: int | None = None
    ) -> Iterator[Review]:
        """Yield every review of a case, an image or a cell, oldest first, undone ones included."""
        where = "r.case_id = ? AND (r.entry, r.id) > (?, ?)"
        values: tuple[Any, ...] = ()
        if image is not None:
            where, values = where + " AND r.image = CAST(? AS TEXT)", (to_column(image),)
        if number is not None:
            where, values = where + " AND r.number = ?", (*values, number)
        columns = COLUMNS.removeprefix("case_id, ")
        query = (
            f"SELECT r.id, r.entry, {columns}, {undos.active('r')} FROM reviews r "  # noqa: S608
            f"WHERE {where} ORDER BY r.entry, r.id LIMIT {PAGE_SIZE}"
        )
        after = (0, 0)
        while page := self._db.rows(query, case_id, *after, *values):
            for row in page:
                yield replace(Review(*row[1:-1]), active=bool(row[-1]))
            after = (page[-1][1], page[-1][0])


def batch_digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the reviews of one action, in order, every column included."""
    # A review of the only cell of an image has no number: as before there were fields.
    return undos.batch_digest([row if row[-1] else row[:-1] for row in rows])


def _model_of_run(db: StoreConnection, run_id: int | None) -> tuple[str, str]:
    if run_id is None:
        return ("", "")
    query = "SELECT model, precision FROM runs WHERE id = ?"
    model, precision = db.connection.execute(query, (run_id,)).fetchone()
    return (str(model), str(precision))


def _bind_names(row: tuple[Any, ...]) -> tuple[Any, ...]:
    (case_id, image, sha256, label, reviewer, note, *rest) = row
    return (case_id, to_column(image), sha256, label, to_column(reviewer), to_column(note), *rest)
