"""Table of predictions: one row per run and cell, read back in order of image and number."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from trainer.cases.database.column_values import (
    canonical_json,
    decode_box,
    decode_outline,
    digest,
    encode_box,
    encode_outline,
    to_column,
)
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.records import SearchedField
from trainer.cases.tables import features, field_searches
from trainer.cases.tables.field_searches import already_stored
from trainer.domain import (
    CellId,
    CellOrigin,
    CellState,
    Decision,
    Precision,
    Prediction,
    Window,
)

PAGE_SIZE = 512
_ROW_BYTES = 600  # the short columns and the index, measured

# In the order of the row tuple; image is bound as bytes (see `to_column`).
COLUMNS = (
    "run_id, image, sha256, model, precision, software, time, decision, label, probability, "
    "distance, reason, looks_like, cell, window, plane, error, notes, heat_shape, "
    "probabilities, heat, number, box, outline, origin, at_edge"
)
_FIRST_CELL_COLUMN = 21
# Of the only cell of an image without an outline, as every row was before there were fields.
_NO_PLACE = (0, "[]", b"", CellOrigin.ALONE.value, 0)
# These may quote a file name, which need not be Unicode text.
_NAME_COLUMNS = {"image", "reason", "error"}
_PLACEHOLDERS = ", ".join(
    "CAST(? AS TEXT)" if column in _NAME_COLUMNS else "?" for column in COLUMNS.split(", ")
)
_INSERT = f"INSERT INTO predictions (entry, {COLUMNS}) VALUES (?, {_PLACEHOLDERS})"  # noqa: S608
_COLUMNS_WITHOUT_HEAT = COLUMNS.replace(", heat, ", ", x'', ")
# What follows a run reads every row: outlines would cost a fifth of the time.
_COLUMNS_WITHOUT_OUTLINE = _COLUMNS_WITHOUT_HEAT.replace(", outline, ", ", x'', ")
_NAME_POSITIONS = tuple(
    at for at, column in enumerate(COLUMNS.split(", ")) if column in _NAME_COLUMNS
)


class CellDecision(NamedTuple):
    """The short columns of a prediction; `decision` is a value of `Decision`."""

    image: str
    number: int
    sha256: str
    decision: str
    at_edge: int


class Predictions:
    """Table of predictions. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def add(
        self,
        run_id: int,
        predictions: Sequence[Prediction],
        pooled: Sequence[bytes] = (),
        fields: Sequence[SearchedField] = (),
    ) -> None:
        """Store a batch in one transaction, chained by one audit entry.

        Args:
            pooled: features of each, float16, little-endian; empty bytes where it has none.
                Empty if no prediction has any.
            fields: searched images, of which `predictions` holds all cells.

        Raises:
            ValueError: not as many features as predictions.
            StoreError: a cell or field of the batch is already stored for this run; nothing of the
                batch is stored then.
        """
        if not predictions and not fields:
            return
        cells = [each.cell_id for each in predictions]
        cell_features = list(zip(cells, pooled, strict=True)) if pooled else []
        needed = 2 * sum([*map(_estimated_bytes, predictions), *map(len, pooled)])
        case_id = self._db.case_of_run(run_id)
        with self._db.entry("predictions", case_id=case_id, durable=False, needed=needed) as entry:
            rows = [to_row(run_id, each, entry.software, entry.time) for each in predictions]
            _reject_duplicates(self._db, run_id, predictions)
            self._db.connection.executemany(
                _INSERT, [(entry.seq, *_bind_names(row)) for row in rows]
            )
            entry.body = {"run": run_id, "rows": len(rows)}
            if rows:
                entry.body["sha256"] = batch_digest(rows)
            entry.body |= features.insert(self._db, entry, run_id, cell_features)
            entry.body |= field_searches.insert(self._db, entry, run_id, fields)

    def stream(self, run_id: int, *, heat: bool = True) -> Iterator[Prediction]:
        """Yield every prediction of a run in order of image and number, a page at a time.

        No query stays open between pages: memory is bounded, and writing goes on meanwhile.

        Args:
            heat: whether heat maps are read too; without them it is quicker.
        """
        query = (
            f"SELECT {COLUMNS if heat else _COLUMNS_WITHOUT_HEAT} FROM predictions "  # noqa: S608
            "WHERE run_id = ? AND (image, number) > (CAST(? AS TEXT), ?) "
            "ORDER BY image, number LIMIT ?"
        )
        after = (b"", -1)
        while page := self._db.rows(query, run_id, *after, PAGE_SIZE):
            for row in page:
                yield from_row(row)
            after = (to_column(page[-1][1]), page[-1][_FIRST_CELL_COLUMN])

    def list_after(
        self, run_id: int, row: int = 0, *, limit: int = 1000
    ) -> list[tuple[int, Prediction]]:
        """Return the predictions that a run stored after a row, each with its own row.

        Costs no more than what it returns, however many the run or others have stored. To
        follow a run, call again with the last row returned, until nothing is.

        Args:
            row: the last row that was read; 0 for none.
            limit: how many at most.

        Returns:
            (row, prediction without heat map and outline), in the order in which they were stored.
        """
        query = (
            f"SELECT id, {_COLUMNS_WITHOUT_OUTLINE} FROM predictions "  # noqa: S608
            "WHERE run_id = ? AND id > ? ORDER BY id LIMIT ?"
        )
        return [
            (found[0], from_row(found[1:])) for found in self._db.rows(query, run_id, row, limit)
        ]

    def list_decisions(self, run_id: int) -> list[CellDecision]:
        """Return what a run decided on each cell, by image and number, and nothing else of it.

        A tenth of the time of `stream`, for what only counts.
        """
        query = (
            "SELECT image, number, sha256, decision, at_edge FROM predictions "
            "WHERE run_id = ? ORDER BY image, number"
        )
        return [CellDecision(*row) for row in self._db.rows(query, run_id)]

    def get(self, run_id: int, image: str, number: int = 0) -> Prediction | None:
        """Return a run's prediction of one cell, or None."""
        query = (
            f"SELECT {COLUMNS} FROM predictions "  # noqa: S608
            "WHERE run_id = ? AND image = CAST(? AS TEXT) AND number = ?"
        )
        rows = self._db.rows(query, run_id, to_column(image), number)
        return from_row(rows[0]) if rows else None

    def list_of_image(self, run_id: int, image: str) -> list[Prediction]:
        """Return a run's predictions of all cells of an image, in order, without heat maps."""
        query = (
            f"SELECT {_COLUMNS_WITHOUT_HEAT} FROM predictions "  # noqa: S608
            "WHERE run_id = ? AND image = CAST(? AS TEXT) ORDER BY number"
        )
        return [from_row(row) for row in self._db.rows(query, run_id, to_column(image))]

    def committed_images(self, run_id: int) -> dict[str, str]:
        """Return the images that a run has committed, each with the SHA-256 of its file."""
        query = (
            "SELECT image, sha256 FROM predictions WHERE run_id = ? "
            "UNION SELECT image, sha256 FROM fields WHERE run_id = ?"
        )
        return dict(self._db.rows(query, run_id, run_id))

    def count(self, run_id: int) -> int:
        """Return how many images a run has committed."""
        query = (
            "SELECT (SELECT count(*) FROM predictions WHERE run_id = ? AND number = 0) + "
            "(SELECT count(*) FROM fields WHERE run_id = ?)"
        )
        return int(self._db.rows(query, run_id, run_id)[0][0])


def to_row(run_id: int, prediction: Prediction, software: str, time: str) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`, exactly as they come back from the table.

    Raises:
        ValueError: the probability or the distance is not a number.
    """
    p = prediction
    if math.isnan(p.probability) or (p.distance is not None and math.isnan(p.distance)):
        raise ValueError(f"Invalid prediction of {p.image!r}. Expected numbers. Received {p}")
    window = [float(p.window.x), float(p.window.y), float(p.window.side)] if p.window else []
    return (
        *(run_id, p.image, p.sha256, p.model, p.precision.value, software, time),
        *(p.decision.value, p.label, _without_negative_zero(p.probability)),
        None if p.distance is None else _without_negative_zero(p.distance),
        *(p.reason, p.looks_like, p.cell.value, canonical_json(window), int(p.plane), p.error),
        *(canonical_json(p.notes), canonical_json([int(side) for side in p.heat_shape])),
        struct.pack(f"<{len(p.probabilities)}d", *p.probabilities),
        bytes(p.heat),
        *(p.number, encode_box(p.box), encode_outline(p.outline), p.origin.value, int(p.at_edge)),
    )


def from_row(row: tuple[Any, ...]) -> Prediction:
    """Invert `to_row`."""
    (_, image, sha256, model, precision, _, _, decision, label, probability) = row[:10]
    (distance, reason, looks_like, cell, window, plane, error, notes) = row[10:18]
    (heat_shape, probabilities, heat, number, box, outline, origin, at_edge) = row[18:]
    return Prediction(
        image=image,
        sha256=sha256,
        decision=Decision(decision),
        model=model,
        precision=Precision(precision),
        label=label,
        probability=probability,
        probabilities=struct.unpack(f"<{len(probabilities) // 8}d", probabilities),
        distance=distance,
        reason=reason,
        looks_like=looks_like,
        cell=CellState(cell),
        window=Window(*json.loads(window)) if window != "[]" else None,
        plane=plane,
        heat=heat,
        heat_shape=_parse_shape(heat_shape),
        error=error,
        notes=_parse_notes(notes),
        number=number,
        box=decode_box(box),
        outline=decode_outline(outline),
        origin=CellOrigin(origin),
        at_edge=bool(at_edge),
    )


# The same few texts are in every row of a run; parsing them was a third of reading it.
@lru_cache(maxsize=256)
def _parse_shape(text: str) -> tuple[int, int, int]:
    first, second, third = json.loads(text)
    return first, second, third


@lru_cache(maxsize=256)
def _parse_notes(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _without_negative_zero(value: float) -> float:
    # SQLite stores no sign of zero.
    return float(value) + 0.0


def batch_digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the rows of a batch, in order, every column included."""
    return digest(*(part for row in rows for part in _digest_parts(row)))


def _digest_parts(row: tuple[Any, ...]) -> tuple[str | bytes, ...]:
    # An infinite distance is not JSON; its repr is as good.
    row, place = row[:_FIRST_CELL_COLUMN], row[_FIRST_CELL_COLUMN:]
    plain = [repr(value) if isinstance(value, float) else value for value in row[:-2]]
    parts = (canonical_json(plain), row[-2], row[-1])
    if place == _NO_PLACE:
        return parts
    number, box, outline, *rest = place
    return (*parts, canonical_json([number, box, outline.hex(), *rest]))


def _bind_names(row: tuple[Any, ...]) -> tuple[Any, ...]:
    bound = list(row)
    for at in _NAME_POSITIONS:
        bound[at] = to_column(row[at])
    return tuple(bound)


def _reject_duplicates(db: StoreConnection, run_id: int, predictions: Sequence[Prediction]) -> None:
    query = "SELECT 1 FROM predictions WHERE run_id = ? AND image = CAST(? AS TEXT) AND number = ?"
    seen: set[CellId] = set()
    for each in predictions:
        values = (run_id, to_column(each.image), each.number)
        if each.cell_id in seen or db.connection.execute(query, values).fetchone():
            raise already_stored(each.image)
        seen.add(each.cell_id)


def _estimated_bytes(prediction: Prediction) -> int:
    return _ROW_BYTES + (
        len(prediction.heat) + 8 * (len(prediction.probabilities) + len(prediction.outline))
    )
