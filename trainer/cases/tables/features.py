"""Table of pooled features of predictions: for the search of similar cells, and new heads.

Bytes to the store: float16, little-endian, K values, in the order of the network. Each
belongs to the prediction of the same number; predictions made before version 2 of the
tables, and those of unreadable images, have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from trainer.cases.database.column_values import digest, to_column
from trainer.cases.database.transactions import AuditEntry, StoreConnection
from trainer.cases.records import StoredFeatures
from trainer.domain import CellId

COLUMNS = "id, pooled"
_SELECT_PREDICTION = (
    "SELECT id, ?, ? FROM predictions WHERE run_id = ? AND image = CAST(? AS TEXT) AND number = ?"
)


def insert(
    db: StoreConnection, entry: AuditEntry, run_id: int, pooled: Iterable[tuple[CellId, bytes]]
) -> dict[str, object]:
    """Insert features beside predictions that the same entry has just written.

    Args:
        pooled: cell and features; a cell without features has empty bytes.

    Returns:
        What the entry's body holds of them; empty where there are none.
    """
    rows: list[tuple[Any, ...]] = []
    for cell, data in pooled:
        if data:
            values = (entry.seq, data, run_id, to_column(cell.image), cell.number)
            sql = f"INSERT INTO features (id, entry, pooled) {_SELECT_PREDICTION}"
            rows.append((db.connection.execute(sql, values).lastrowid, data))
    return {"features": batch_digest(rows)} if rows else {}


class Features:
    """Table of features; written with predictions, by `Predictions.add`."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def get(self, run_id: int, image: str, number: int = 0) -> bytes | None:
        """Return the features of a run's prediction of a cell, or None."""
        query = (
            "SELECT f.pooled FROM predictions p JOIN features f ON f.id = p.id "
            "WHERE p.run_id = ? AND p.image = CAST(? AS TEXT) AND p.number = ?"
        )
        rows = self._db.rows(query, run_id, to_column(image), number)
        return bytes(rows[0][0]) if rows else None

    def list_after(self, run_id: int, row: int = 0, *, limit: int = 1000) -> list[StoredFeatures]:
        """Return the features of a run after a row, in order, as `Predictions.list_after`."""
        query = (
            "SELECT f.id, p.image, f.pooled, p.number FROM predictions p "
            "JOIN features f ON f.id = p.id WHERE p.run_id = ? AND p.id > ? ORDER BY p.id LIMIT ?"
        )
        return [StoredFeatures(*found) for found in self._db.rows(query, run_id, row, limit)]


def batch_digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the features of a batch, each bound to its prediction."""
    return digest(*(part for row, pooled in rows for part in (str(row), pooled)))
