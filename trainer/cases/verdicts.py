"""Verdicts: the latest review of an image, else its accepted decision, else pending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from trainer.cases.encoding import to_column
from trainer.cases.records import CLEARED, Origin, Verdict
from trainer.cases.reviews import ACTIVE
from trainer.cases.transactions import Ledger
from trainer.domain import Decision

PAGE = 512

# Only our own constants are put together here; values are always bound.
_LATEST = (
    "(SELECT r.id FROM reviews r WHERE r.case_id = :case AND r.image = i.image "  # noqa: S608
    f"AND {ACTIVE} ORDER BY r.id DESC LIMIT 1)"
)
# Both halves come out of an index in order, so a page costs no more than its rows.
_IMAGES = (
    "SELECT image FROM predictions WHERE run_id = :run AND image > CAST(:after AS TEXT) "
    "UNION SELECT image FROM reviews WHERE case_id = :case AND image > CAST(:after AS TEXT) "
    "ORDER BY image LIMIT :page"
)


def _query(images: str) -> str:
    return (
        "SELECT i.image, p.sha256, p.decision, p.label, p.probability, "  # noqa: S608
        f"v.sha256, v.label, v.reviewer, v.note FROM ({images}) i "
        "LEFT JOIN predictions p ON p.run_id = :run AND p.image = i.image "
        f"LEFT JOIN reviews v ON v.id = {_LATEST} ORDER BY i.image"
    )


_PAGE = _query(_IMAGES)
_ONE = _query("SELECT CAST(:image AS TEXT) AS image")


def stream(ledger: Ledger, case_id: int, run_id: int) -> Iterator[Verdict]:
    """The verdict of every image that the run predicted or a person reviewed, by image."""
    after = b""
    while page := _rows(ledger, _PAGE, case_id, run_id, after=after, page=PAGE):
        yield from map(_verdict, page)
        after = to_column(page[-1][0])


def one(ledger: Ledger, case_id: int, run_id: int, image: str) -> Verdict:
    """The verdict of one image; pending where nothing is known of it."""
    return _verdict(_rows(ledger, _ONE, case_id, run_id, image=to_column(image))[0])


def _rows(
    ledger: Ledger, query: str, case_id: int, run_id: int, **values: bytes | int
) -> list[tuple[Any, ...]]:
    with ledger.faults():
        named = {"case": case_id, "run": run_id, **values}
        return ledger.connection.execute(query, named).fetchall()


def _verdict(row: tuple[Any, ...]) -> Verdict:
    image, sha256, decision, predicted, probability, seen, label, reviewer, note = row
    verdict = Verdict(
        image=image,
        sha256=sha256 or seen or "",
        label="",
        origin=Origin.PENDING,
        decision=None if decision is None else Decision(decision),
        predicted=predicted or "",
        probability=probability or 0.0,
        # A review made on other bytes says nothing of these.
        changed=bool(seen and sha256 and seen != sha256),
    )
    if label not in (None, CLEARED) and not verdict.changed:
        return replace(verdict, label=label, origin=Origin.REVIEW, reviewer=reviewer, note=note)
    if verdict.decision is Decision.ACCEPT:
        return replace(verdict, label=verdict.predicted, origin=Origin.DECISION)
    return verdict
