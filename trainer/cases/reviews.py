"""Table of reviews: rows are appended, never changed; undo and redo append as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from trainer.cases.encoding import canonical_json, digest, to_column
from trainer.cases.records import Change, NewReview, Review
from trainer.cases.transactions import AuditEntry, StoreConnection

PAGE_SIZE = 512
# In the order of the row tuple; image, reviewer and note are bound as bytes.
COLUMNS = "case_id, image, sha256, label, reviewer, note, model, precision, software, time"
UNDO_COLUMNS = "case_id, kind, target, software, time"
_PLACEHOLDERS = "?, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?"
_REVIEW_BYTES = 600

# A review counts unless the newest undo or redo of its action is an undo.
ACTIVE = (
    "COALESCE((SELECT kind FROM undos WHERE target = r.entry ORDER BY id DESC LIMIT 1), 'redo') "
    "= 'redo'"
)


class _NothingToToggleError(Exception):
    """Rolls back an undo or redo for which there is nothing to do."""


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
        """Store one action of a person on one or many images; they are undone together.

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
                (case_id, new.image, new.sha256, new.label, reviewer, new.note, *same)
                for new in reviews
            ]
            self._db.connection.executemany(
                f"INSERT INTO reviews (entry, {COLUMNS}) VALUES (?, {_PLACEHOLDERS})",  # noqa: S608
                [(entry.seq, *_bind_names(row)) for row in rows],
            )
            entry.body = {"case": case_id, "rows": len(rows), "sha256": batch_digest(rows)}
        return Change("review", entry.seq, tuple(new.image for new in reviews))

    def undo(self, case_id: int) -> Change | None:
        """Take back the newest action that counts and return it; None if there is none."""
        return _toggle(
            self._db,
            "undo",
            case_id,
            f"SELECT r.entry FROM reviews r WHERE r.case_id = :case AND {ACTIVE} "  # noqa: S608
            "ORDER BY r.entry DESC LIMIT 1",
        )

    def redo(self, case_id: int) -> Change | None:
        """Bring back the action undone last, unless a new one was made since; else None."""
        return _toggle(
            self._db,
            "redo",
            case_id,
            "SELECT u.target FROM undos u WHERE u.case_id = :case AND u.kind = 'undo' "
            "AND u.entry > (SELECT MAX(entry) FROM reviews WHERE case_id = :case) "
            "AND u.id = (SELECT MAX(id) FROM undos WHERE target = u.target) "
            "ORDER BY u.id DESC LIMIT 1",
        )

    def history(self, case_id: int, image: str | None = None) -> Iterator[Review]:
        """Yield every review of a case or of one image, oldest first, undone ones included."""
        where = "r.case_id = ? AND (r.entry, r.id) > (?, ?)"
        values: tuple[Any, ...] = ()
        if image is not None:
            where, values = where + " AND r.image = CAST(? AS TEXT)", (to_column(image),)
        columns = COLUMNS.removeprefix("case_id, ")
        query = (
            f"SELECT r.id, r.entry, {columns}, {ACTIVE} FROM reviews r "  # noqa: S608
            f"WHERE {where} ORDER BY r.entry, r.id LIMIT {PAGE_SIZE}"
        )
        after = (0, 0)
        while page := self._db.rows(query, case_id, *after, *values):
            for row in page:
                yield replace(Review(*row[1:-1]), active=bool(row[-1]))
            after = (page[-1][1], page[-1][0])


def batch_digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the reviews of one action, in order, every column included."""
    return digest(*(canonical_json(row) for row in rows))


def _toggle(db: StoreConnection, kind: str, case_id: int, query: str) -> Change | None:
    try:
        # Under the lock, so that two windows cannot undo the same action.
        with db.entry(kind) as entry:
            row = db.connection.execute(query, {"case": case_id}).fetchone()
            if row is None:
                raise _NothingToToggleError
            return _insert_toggle(db, entry, kind, case_id, int(row[0]))
    except _NothingToToggleError:
        return None


def _insert_toggle(
    db: StoreConnection, entry: AuditEntry, kind: str, case_id: int, target: int
) -> Change:
    row = (case_id, kind, target, entry.software, entry.time)
    db.connection.execute(
        f"INSERT INTO undos (entry, {UNDO_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (entry.seq, *row),
    )
    entry.body = {"case": case_id, "target": target, "sha256": batch_digest([row])}
    images = db.connection.execute(
        "SELECT image FROM reviews WHERE case_id = ? AND entry = ? ORDER BY id", (case_id, target)
    )
    return Change(kind, entry.seq, tuple(row[0] for row in images))


def _model_of_run(db: StoreConnection, run_id: int | None) -> tuple[str, str]:
    if run_id is None:
        return ("", "")
    query = "SELECT model, precision FROM runs WHERE id = ?"
    model, precision = db.connection.execute(query, (run_id,)).fetchone()
    return (str(model), str(precision))


def _bind_names(row: tuple[Any, ...]) -> tuple[Any, ...]:
    (case_id, image, sha256, label, reviewer, note, *rest) = row
    return (case_id, to_column(image), sha256, label, to_column(reviewer), to_column(note), *rest)
