"""Table of sign-offs: a person closes a case, or reopens it with a reason; rows are appended.

A signed case takes no more runs, cells, reviews and details (`StoreConnection.entry`). Its
folder may still be found elsewhere, it may be read blind (`readings`), and a run that was
going on may record that it ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any

from trainer.cases.database.audit_trail import TrailHead, read_trail_head
from trainer.cases.database.column_values import to_column
from trainer.cases.database.transactions import AuditEntry, StoreConnection
from trainer.cases.tables.reviews import digest_rows
from trainer.errors import StoreError

KINDS = ("signed", "reopened")
COLUMNS = (
    "case_id, kind, reviewer, reason, requirement, reviewed, accepted, unknown, pending, failed, "
    "trail_seq, trail_hash, software, time"
)
_INSERT = (
    f"INSERT INTO sign_offs (entry, {COLUMNS}) VALUES (?, ?, ?, CAST(? AS TEXT), "  # noqa: S608
    "CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Requirement(StrEnum):
    """What must be reviewed before a case can be signed."""

    EVERY_CELL = "every_cell"
    """Every cell by a person, and none of them left unknown."""
    OPEN_CELLS = "open_cells"
    """Every cell on which the model did not decide; what it accepted may stand."""
    NOTHING = "nothing"
    """Any case may be signed; the sign-off holds how much of it was reviewed."""


class CaseState(StrEnum):
    """How far a case is."""

    NEW = "new"
    IN_REVIEW = "in_review"
    SIGNED = "signed"


@dataclass(frozen=True)
class CellCounts:
    """How many cells of a case rest on what.

    Attributes:
        reviewed: a person named or excluded them.
        accepted: the model did, and no person reviewed them.
        unknown: a person reviewed them and could not name them.
        pending: neither a person nor the model has decided.
        failed: images that could not be read; they are no cells.
    """

    reviewed: int = 0
    accepted: int = 0
    unknown: int = 0
    pending: int = 0
    failed: int = 0

    @property
    def cells(self) -> int:
        """All cells."""
        return self.reviewed + self.accepted + self.unknown + self.pending

    def missing(self, requirement: Requirement) -> int:
        """Return how many cells keep the case from being signed."""
        if requirement is Requirement.EVERY_CELL:
            return self.accepted + self.unknown + self.pending
        return self.pending if requirement is Requirement.OPEN_CELLS else 0


@dataclass(frozen=True)
class SignOff:
    """A person's act of signing or reopening a case.

    Attributes:
        kind: "signed" or "reopened".
        reason: of reopening; a remark of signing, perhaps empty.
        requirement: that held when it was signed.
        counts: of the cells at that moment.
        head: of the audit trail just before: what was signed. To be printed on the report, so
            that `AuditTrail.verify` can compare.
        seq: number of the act in the audit trail.
    """

    case_id: int
    kind: str
    reviewer: str
    reason: str
    requirement: Requirement
    counts: CellCounts
    head: TrailHead
    software: str
    time: str
    seq: int = 0

    @property
    def is_signed(self) -> bool:
        """Whether it closed the case."""
        return self.kind == "signed"

    @property
    def is_relaxed(self) -> bool:
        """Whether cells remained that no person has named."""
        return self.is_signed and self.counts.missing(Requirement.EVERY_CELL) > 0


class UnreviewedCellsError(StoreError):
    """Cells that must be reviewed first keep a case from being signed; `counts` has them."""

    def __init__(self, counts: CellCounts, requirement: Requirement) -> None:
        self.counts = counts
        missing = counts.missing(requirement)
        noun = "cell keeps" if missing == 1 else "cells keep"
        super().__init__(
            f"{missing} {noun} the case from being signed: {counts.pending} not decided, "
            f"{counts.unknown} unknown, {counts.accepted} accepted but not reviewed.",
            "Review or exclude them first, or sign with a lower requirement.",
        )


class SignOffs:
    """Table of sign-offs. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def sign(
        self,
        case_id: int,
        count: Callable[[], CellCounts],
        *,
        reviewer: str,
        requirement: Requirement = Requirement.EVERY_CELL,
        remark: str = "",
    ) -> SignOff:
        """Close a case; `sign_case` counts its cells.

        Args:
            count: called while nobody else can write, so that nothing slips in between.

        Raises:
            UnreviewedCellsError: cells remain that the requirement wants reviewed.
            SignedCaseError: it is signed.
            StoreError: the case holds no cell, or nobody signs.
        """
        if not reviewer.strip():
            raise StoreError("Nobody signs.", "Give the name of the person who signs.")
        with self._db.entry("signed", case_id=case_id) as entry:
            counts = count()
            if not counts.cells:
                raise StoreError("The case holds no cell to sign for.", "Classify it first.")
            if counts.missing(requirement):
                raise UnreviewedCellsError(counts, requirement)
            head = read_trail_head(self._db.connection)
            people = (reviewer.strip(), remark.strip())
            row = ("signed", *people, requirement.value, *astuple(counts), head.seq, head.hash)
            return self._insert(entry, (case_id, *row, entry.software, entry.time))

    def reopen(self, case_id: int, *, reviewer: str, reason: str) -> SignOff:
        """Open a signed case again.

        Raises:
            StoreError: it is not signed, or person or reason are missing.
        """
        if not reviewer.strip() or not reason.strip():
            raise StoreError("A case is reopened by a person, with a reason.", "Give both.")
        with self._db.entry("reopened") as entry:
            signed = self.newest(case_id)
            if signed is None or not signed.is_signed:
                raise StoreError("The case is not signed, so it cannot be reopened.")
            head = read_trail_head(self._db.connection)
            people = (reviewer.strip(), reason.strip())
            counts = astuple(signed.counts)
            row = ("reopened", *people, signed.requirement.value, *counts, head.seq, head.hash)
            return self._insert(entry, (case_id, *row, entry.software, entry.time))

    def newest(self, case_id: int) -> SignOff | None:
        """Return the last act on a case; None where it was never signed."""
        rows = self._read("WHERE case_id = ? ORDER BY id DESC LIMIT 1", case_id)
        return rows[0] if rows else None

    def is_signed(self, case_id: int) -> bool:
        """Return whether a case is signed now."""
        newest = self.newest(case_id)
        return newest is not None and newest.is_signed

    def history(self, case_id: int) -> list[SignOff]:
        """Return every act on a case, oldest first."""
        return self._read("WHERE case_id = ? ORDER BY id", case_id)

    def _read(self, condition: str, case_id: int) -> list[SignOff]:
        rows = self._db.rows(f"SELECT entry, {COLUMNS} FROM sign_offs {condition}", case_id)  # noqa: S608
        return [_sign_off_of_row(row[1:], row[0]) for row in rows]

    def _insert(self, entry: AuditEntry, row: tuple[Any, ...]) -> SignOff:
        case_id, kind, reviewer, reason, *rest = row
        bound = (case_id, kind, to_column(reviewer), to_column(reason), *rest)
        self._db.connection.execute(_INSERT, (entry.seq, *bound))
        entry.body = {"case": case_id, "sha256": digest_rows([row])}
        return _sign_off_of_row(row, entry.seq)


def _sign_off_of_row(row: tuple[Any, ...], seq: int) -> SignOff:
    case_id, kind, reviewer, reason, requirement, *counts = row[:10]
    head, (software, time) = TrailHead(*row[10:12]), row[12:]
    made = (case_id, kind, reviewer, reason, Requirement(requirement), CellCounts(*counts))
    return SignOff(*made, head, software, time, seq)
