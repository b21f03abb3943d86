"""Verdicts: the latest review of an image, else its accepted decision, else pending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from trainer.cases.encoding import to_column
from trainer.cases.records import CLEARED, Origin, Verdict
from trainer.cases.reviews import ACTIVE
from trainer.cases.transactions import StoreConnection
from trainer.domain import Decision

PAGE_SIZE = 512

# Only our own constants are put together here; values are always bound.
_LATEST_REVIEW = (
    "(SELECT r.id FROM reviews r WHERE r.case_id = :case AND r.image = i.image "  # noqa: S608
    f"AND {ACTIVE} ORDER BY r.id DESC LIMIT 1)"
)
# Both halves come out of an index in order, so a page costs no more than its rows.
_IMAGES = (
    "SELECT image FROM predictions WHERE run_id = :run AND image > CAST(:after AS TEXT) "
    "UNION SELECT image FROM reviews WHERE case_id = :case AND image > CAST(:after AS TEXT) "
    "ORDER BY image LIMIT :page"
)


def _build_query(images: str) -> str:
    return (
        "SELECT i.image, p.sha256, p.decision, p.label, p.probability, "  # noqa: S608
        f"v.sha256, v.label, v.reviewer, v.note FROM ({images}) i "
        "LEFT JOIN predictions p ON p.run_id = :run AND p.image = i.image "
        f"LEFT JOIN reviews v ON v.id = {_LATEST_REVIEW} ORDER BY i.image"
    )


_PAGE_QUERY = _build_query(_IMAGES)
_IMAGE_QUERY = _build_query("SELECT CAST(:image AS TEXT) AS image")


class Verdicts:
    """Verdicts on the images of a case. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def stream(self, case_id: int, run_id: int) -> Iterator[Verdict]:
        """Yield the verdict of every image that the run predicted or a person reviewed, by image.

        Read a page at a time, in bounded memory.
        """
        after = b""
        while page := _fetch_rows(
            self._db, _PAGE_QUERY, case_id, run_id, after=after, page=PAGE_SIZE
        ):
            yield from map(_verdict_of_row, page)
            after = to_column(page[-1][0])

    def get(self, case_id: int, run_id: int, image: str) -> Verdict:
        """Return the verdict of one image; pending where nothing is known of it."""
        return _verdict_of_row(
            _fetch_rows(self._db, _IMAGE_QUERY, case_id, run_id, image=to_column(image))[0]
        )


def _fetch_rows(
    db: StoreConnection, query: str, case_id: int, run_id: int, **values: bytes | int
) -> list[tuple[Any, ...]]:
    with db.translate_errors():
        named = {"case": case_id, "run": run_id, **values}
        return db.connection.execute(query, named).fetchall()


def _verdict_of_row(row: tuple[Any, ...]) -> Verdict:
    image, sha256, decision, predicted, probability, reviewed_sha256, label, reviewer, note = row
    verdict = Verdict(
        image=image,
        sha256=sha256 or reviewed_sha256 or "",
        label="",
        origin=Origin.PENDING,
        decision=None if decision is None else Decision(decision),
        predicted=predicted or "",
        probability=probability or 0.0,
        # A review made on other bytes is none of these.
        changed=bool(reviewed_sha256 and sha256 and reviewed_sha256 != sha256),
    )
    if label not in (None, CLEARED) and not verdict.changed:
        return replace(verdict, label=label, origin=Origin.REVIEW, reviewer=reviewer, note=note)
    if verdict.decision is Decision.ACCEPT:
        return replace(verdict, label=verdict.predicted, origin=Origin.DECISION)
    return verdict
