"""Verdicts: the latest review of a cell, else its accepted decision, else pending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from trainer.cases.database.column_values import to_column
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.records import CLEARED, Origin, Verdict
from trainer.cases.tables.cells import gone
from trainer.cases.tables.membership import outside_images
from trainer.cases.tables.reviews import active
from trainer.domain import Decision

PAGE_SIZE = 512

# Only our own constants are put together here; values are always bound.
_LATEST_REVIEW = (
    "(SELECT r.id FROM reviews r WHERE r.case_id = :case AND r.image = i.image "  # noqa: S608
    f"AND r.number = i.number AND {active('r')} ORDER BY r.id DESC LIMIT 1)"
)
# A review of an image as one cell counts for none of the cells of a field, and the other way.
_OF_OTHER_CONTENT = (
    "(r.number = 0 AND EXISTS (SELECT 1 FROM fields f WHERE f.run_id = :run "
    "AND f.image = r.image)) OR (r.number > 0 AND EXISTS (SELECT 1 FROM predictions p "
    "WHERE p.run_id = :run AND p.image = r.image AND p.number = 0))"
)
# Both halves come out of an index in order, so a page costs no more than its rows.
_CELLS = (
    "SELECT image, number FROM predictions p WHERE run_id = :run "  # noqa: S608
    f"AND (image, number) > (CAST(:after AS TEXT), :number) AND NOT {gone('p')} "
    "UNION SELECT image, number FROM reviews r WHERE case_id = :case "
    f"AND (image, number) > (CAST(:after AS TEXT), :number) AND NOT {gone('r')} "
    f"AND NOT ({_OF_OTHER_CONTENT}) ORDER BY image, number LIMIT :page"
)


def _build_query(cells: str) -> str:
    return (
        "SELECT i.image, i.number, p.sha256, p.decision, p.label, p.probability, "  # noqa: S608
        f"v.sha256, v.label, v.reviewer, v.note FROM ({cells}) i "
        "LEFT JOIN predictions p ON p.run_id = :run AND p.image = i.image "
        "AND p.number = i.number "
        f"LEFT JOIN reviews v ON v.id = {_LATEST_REVIEW} ORDER BY i.image, i.number"
    )


_PAGE_QUERY = _build_query(_CELLS)
_CELL_QUERY = _build_query("SELECT CAST(:image AS TEXT) AS image, :number AS number")


class Verdicts:
    """Verdicts on the cells of a case. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def stream(self, case_id: int, run_id: int) -> Iterator[Verdict]:
        """Yield the verdict of every cell that the run predicted or a person reviewed.

        By image and number, without removed cells; read a page at a time, in bounded memory.
        """
        is_outside = outside_images(self._db, case_id)
        after: dict[str, bytes | int] = {"after": b"", "number": -1}
        while page := _fetch_rows(self._db, _PAGE_QUERY, case_id, run_id, **after, page=PAGE_SIZE):
            yield from (_verdict_of_row(row) for row in page if not is_outside(row[0]))
            after = {"after": to_column(page[-1][0]), "number": page[-1][1]}

    def get(self, case_id: int, run_id: int, image: str, number: int = 0) -> Verdict:
        """Return the verdict of one cell; pending where nothing is known of it."""
        cell: dict[str, bytes | int] = {"image": to_column(image), "number": number}
        return _verdict_of_row(_fetch_rows(self._db, _CELL_QUERY, case_id, run_id, **cell)[0])


def _fetch_rows(
    db: StoreConnection, query: str, case_id: int, run_id: int, **values: bytes | int
) -> list[tuple[Any, ...]]:
    with db.translate_errors():
        named = {"case": case_id, "run": run_id, **values}
        return db.connection.execute(query, named).fetchall()


def _verdict_of_row(row: tuple[Any, ...]) -> Verdict:
    (image, number, sha256, decision, predicted, probability, *reviewed) = row
    reviewed_sha256, label, reviewer, note = reviewed
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
        number=number,
    )
    if label not in (None, CLEARED) and not verdict.changed:
        return replace(verdict, label=label, origin=Origin.REVIEW, reviewer=reviewer, note=note)
    if verdict.decision is Decision.ACCEPT:
        return replace(verdict, label=verdict.predicted, origin=Origin.DECISION)
    return verdict
