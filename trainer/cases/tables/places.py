"""Table of places: when a case was last open, and where it was left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer.cases.database.column_values import canonical_json, format_timestamp
from trainer.cases.database.transactions import StoreConnection


@dataclass(frozen=True)
class CasePlace:
    """Where a case was left.

    Attributes:
        opened: when it was last open, ISO 8601 in UTC.
        values: of the window, JSON values.
    """

    opened: str
    values: Mapping[str, object] = field(default_factory=dict)


class Places:
    """Table of places. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def keep(self, case_id: int, values: Mapping[str, object]) -> None:
        """Keep where a case is left; a signed case as well."""
        row = (case_id, format_timestamp(self._db.now()), canonical_json(dict(values)))
        with self._db.write(durable=False):
            self._db.connection.execute(
                "INSERT INTO places (case_id, opened, place) VALUES (?, ?, ?) ON CONFLICT (case_id)"
                " DO UPDATE SET opened = excluded.opened, place = excluded.place",
                row,
            )

    def get(self, case_id: int) -> CasePlace | None:
        """Return where a case was left; None where it was never kept."""
        rows = self._db.rows("SELECT opened, place FROM places WHERE case_id = ?", case_id)
        return CasePlace(rows[0][0], json.loads(rows[0][1])) if rows else None

    def all_opened(self) -> dict[int, str]:
        """Return when each case was last open, by its number."""
        return dict(self._db.rows("SELECT case_id, opened FROM places"))
