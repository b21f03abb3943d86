"""Table of the cells of fields: found by the program, drawn and removed by persons.

Rows are appended, never changed: of the rows of one number the newest that was not undone
counts. Numbers are given once and never again. A cell that is found again, in the same bytes
and in nearly the same place, keeps its number and with it its reviews.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from trainer.cases.database.column_values import (
    decode_box,
    decode_outline,
    encode_box,
    encode_outline,
    to_column,
)
from trainer.cases.database.transactions import AuditEntry, StoreConnection
from trainer.cases.records import CLEARED, Change, FieldSearch
from trainer.cases.tables.field_searches import CellRow, SearchMatch, match_search
from trainer.cases.tables.membership import outside_images
from trainer.cases.tables.reviews import BY_A_PERSON, active, digest_rows
from trainer.domain import Box, CellId, CellOrigin, KnownCells, LocatedCell
from trainer.errors import StoreError

KINDS = ("cells found", "cell drawn", "cells removed")
PAGE_SIZE = 512
# In the order of the row tuple; image and reviewer are bound as bytes.
COLUMNS = (
    "case_id, image, sha256, number, box, outline, origin, at_edge, state, reviewer, software, time"
)
_PLACEHOLDERS = "?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?"
_ROW_BYTES = 800
_READ = "c.image, c.number, c.sha256, c.box, c.outline, c.origin, c.at_edge, c.state"
# What a person removed stays so, even where a search has meanwhile found it anew after an undo.
_NEWEST = (
    "c.id = (SELECT d.id FROM cells d WHERE d.case_id = c.case_id AND d.image = c.image "  # noqa: S608
    f"AND d.number = c.number AND {active('d')} "
    "ORDER BY d.state = 'removed' DESC, d.id DESC LIMIT 1)"
)
_OF_CASE = f"SELECT {_READ} FROM cells c WHERE c.case_id = :case AND {_NEWEST}"  # noqa: S608
_REVIEWED = (
    "(SELECT r.label FROM reviews r WHERE r.case_id = c.case_id AND r.image = c.image "  # noqa: S608
    f"AND r.number = c.number AND {active('r')} ORDER BY r.id DESC LIMIT 1) <> '{CLEARED}'"
)


def gone(alias: str) -> str:
    """Return the SQL condition that a person removed the cell of a row, or undid drawing it.

    Args:
        alias: of the row, which has an image and a number; `:case` is its case.
    """
    same = f"c.case_id = :case AND c.image = {alias}.image AND c.number = {alias}.number"
    return (
        f"({alias}.number > 0 AND EXISTS (SELECT 1 FROM cells c WHERE {same}) "  # noqa: S608
        f"AND COALESCE((SELECT c.state FROM cells c WHERE {same} AND {active('c')} "
        "ORDER BY c.state = 'removed' DESC, c.id DESC LIMIT 1), 'removed') = 'removed')"
    )


class Cells:
    """Table of the cells of fields. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def add_found(
        self, case_id: int, searches: Sequence[FieldSearch]
    ) -> list[tuple[int | None, ...]]:
        """Store what searches found, and number the cells.

        A cell that overlaps one known before, in the same bytes, by an IoU of 0.5 is that
        one. Cells of an earlier search that were not found again are lost, unless a person
        reviewed them.

        Args:
            searches: one an image; cells with a number are known ones that were kept.

        Returns:
            For each search the number of each cell; None where it does not count: a person
            removed it, or drew it anew.
        """
        numbers: list[tuple[int | None, ...]] = []
        needed = _ROW_BYTES * sum(len(each.cells) for each in searches)
        if not searches:
            return numbers
        with self._db.entry("cells found", case_id=case_id, durable=False, needed=needed) as entry:
            rows: list[CellRow] = []
            for search in searches:
                found = self._match(case_id, search)
                numbers.append(found.numbers)
                rows += found.rows
            _insert(self._db, entry, case_id, rows)
        return numbers

    def draw(
        self,
        case_id: int,
        image: str,
        sha256: str,
        box: Box,
        outline: Sequence[tuple[float, float]] = (),
        *,
        at_edge: bool = False,
        reviewer: str = "",
    ) -> Change:
        """Store a cell that a person marked; the change holds its id.

        Args:
            sha256: of the bytes that the person saw.
            box, outline: in pixels of the original.

        Raises:
            ValueError: the box has no extent.
        """
        if not (box.width > 0 and box.height > 0):
            raise ValueError(f"Invalid box. Expected an extent. Received {box}")
        with self._db.entry("cell drawn", case_id=case_id, needed=_ROW_BYTES) as entry:
            cell = LocatedCell(
                CellId(image, self._last_number(case_id, image) + 1),
                box,
                tuple(outline),
                CellOrigin.DRAWN,
                at_edge,
            )
            _insert(self._db, entry, case_id, [CellRow(cell, sha256)], reviewer)
        return Change("draw", entry.seq, (cell.id,))

    def draw_all(
        self, case_id: int, cells: Sequence[tuple[LocatedCell, str]], *, reviewer: str = ""
    ) -> Change:
        """Store cells that persons marked in another program; the change holds their ids.

        Args:
            cells: each with the SHA-256 of the bytes it lies in. The number of its id does not
                count: it gets the next one of its image.

        Raises:
            ValueError: `cells` is empty.
        """
        if not cells:
            raise ValueError("Invalid cells. Expected at least one. Received none.")
        with self._db.entry("cell drawn", case_id=case_id, needed=_ROW_BYTES * len(cells)) as entry:
            images = dict.fromkeys(cell.id.image for cell, _ in cells)
            last = {image: self._last_number(case_id, image) for image in images}
            rows: list[CellRow] = []
            for cell, sha256 in cells:
                image = cell.id.image
                last[image] += 1
                drawn = replace(cell, id=CellId(image, last[image]), origin=CellOrigin.DRAWN)
                rows.append(CellRow(drawn, sha256))
            _insert(self._db, entry, case_id, rows, reviewer)
        return Change("draw", entry.seq, tuple(row.cell.id for row in rows))

    def remove(self, case_id: int, cells: Sequence[CellId], *, reviewer: str = "") -> Change:
        """Store that a person removed cells; they stay away when the image is searched again.

        Raises:
            StoreError: one of them is no cell of a field, or was removed before.
        """
        needed = _ROW_BYTES * len(cells)
        with self._db.entry("cells removed", case_id=case_id, needed=needed) as entry:
            rows = [self._removed(case_id, cell) for cell in cells]
            _insert(self._db, entry, case_id, rows, reviewer)
        return Change("remove", entry.seq, tuple(cells))

    def list_of_image(self, case_id: int, image: str, sha256: str = "") -> tuple[LocatedCell, ...]:
        """Return the cells of an image, by number; of the bytes given, else of the newest."""
        rows = self._rows_of_image(case_id, image)
        wanted = sha256 or self._newest_sha256(case_id, image)
        return tuple(row.cell for row in rows if row.state == "present" and row.sha256 == wanted)

    def stream(self, case_id: int) -> Iterator[LocatedCell]:
        """Yield the cells of a case by image and number, a page at a time."""
        query = (
            f"{_OF_CASE} AND c.state = 'present' "
            "AND (c.image, c.number) > (CAST(:image AS TEXT), :number) "
            f"ORDER BY c.image, c.number LIMIT {PAGE_SIZE}"
        )
        is_outside = outside_images(self._db, case_id)
        image, number = "", -1
        while page := self._fetch(query, case_id, image, number=number):
            yield from (row.cell for row in page if not is_outside(row.cell.id.image))
            image, number = page[-1].cell.id.image, page[-1].cell.id.number

    def known(self, case_id: int) -> dict[str, KnownCells]:
        """Return, for the images in which a person touched cells, what a search must heed."""
        query = f"{_OF_CASE} AND ({BY_A_PERSON} OR {_REVIEWED}) ORDER BY c.image, c.number"
        known: dict[str, KnownCells] = {}
        for row in self._fetch(query, case_id):
            image = row.cell.id.image
            before = known.get(image)
            if before is None or before.sha256 != row.sha256:  # numbers grow from bytes to bytes
                before = KnownCells(row.sha256)
            kept, removed = before.kept, before.removed
            if row.state == "removed":
                removed = (*removed, row.cell)
            else:
                kept = (*kept, row.cell)
            known[image] = KnownCells(row.sha256, kept, removed)
        return known

    def gone(self, case_id: int) -> frozenset[CellId]:
        """Return the cells that a person removed, or whose drawing was undone."""
        query = f"SELECT DISTINCT p.image, p.number FROM cells p WHERE p.case_id = :case AND {gone('p')}"  # noqa: S608, E501
        with self._db.translate_errors():
            rows = self._db.connection.execute(query, {"case": case_id}).fetchall()
        return frozenset(CellId(*row) for row in rows)

    def _match(self, case_id: int, search: FieldSearch) -> SearchMatch:
        rows = [
            row for row in self._rows_of_image(case_id, search.image) if row.sha256 == search.sha256
        ]
        reviewed = self._reviewed(case_id, search.image)
        return match_search(search, rows, reviewed, self._last_number(case_id, search.image))

    def _removed(self, case_id: int, cell: CellId) -> CellRow:
        for row in self._rows_of_image(case_id, cell.image):
            if row.cell.id == cell and row.state == "present":
                return CellRow(row.cell, row.sha256, "removed")
        raise StoreError(f"{cell.image} has no cell {cell.letters or 'of its own'} to remove.")

    def _last_number(self, case_id: int, image: str) -> int:
        query = (
            "SELECT coalesce(max(number), 0) FROM cells WHERE case_id = ? "
            "AND image = CAST(? AS TEXT)"
        )
        return int(self._db.rows(query, case_id, to_column(image))[0][0])

    def _newest_sha256(self, case_id: int, image: str) -> str:
        query = (
            "SELECT sha256 FROM cells WHERE case_id = ? AND image = CAST(? AS TEXT) "
            "ORDER BY id DESC LIMIT 1"
        )
        rows = self._db.rows(query, case_id, to_column(image))
        return str(rows[0][0]) if rows else ""

    def _reviewed(self, case_id: int, image: str) -> frozenset[int]:
        query = f"{_OF_CASE} AND c.image = CAST(:image AS TEXT) AND {_REVIEWED}"
        return frozenset(row.cell.id.number for row in self._fetch(query, case_id, image))

    def _rows_of_image(self, case_id: int, image: str) -> list[CellRow]:
        query = f"{_OF_CASE} AND c.image = CAST(:image AS TEXT) ORDER BY c.number"
        return self._fetch(query, case_id, image)

    def _fetch(self, query: str, case_id: int, image: str = "", **values: int) -> list[CellRow]:
        with self._db.translate_errors():
            named = {"case": case_id, "image": to_column(image), **values}
            return [_cell_of_row(row) for row in self._db.connection.execute(query, named)]


def batch_digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the cells of one action, in order, every column included."""
    return digest_rows([_with_hex_outline(row) for row in rows])


def _with_hex_outline(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value.hex() if isinstance(value, bytes) else value for value in row)


def _insert(
    db: StoreConnection,
    entry: AuditEntry,
    case_id: int,
    cells: Sequence[CellRow],
    reviewer: str = "",
) -> None:
    rows = [
        (
            *(case_id, each.cell.id.image, each.sha256, each.cell.id.number),
            *(encode_box(each.cell.box), encode_outline(each.cell.outline)),
            *(each.cell.origin.value, int(each.cell.at_edge), each.state),
            *(reviewer, entry.software, entry.time),
        )
        for each in cells
    ]
    db.connection.executemany(
        f"INSERT INTO cells (entry, {COLUMNS}) VALUES (?, {_PLACEHOLDERS})",  # noqa: S608
        [(entry.seq, *_bind_names(row)) for row in rows],
    )
    entry.body = {"case": case_id, "rows": len(rows)}
    if rows:
        entry.body["sha256"] = batch_digest(rows)


def _bind_names(row: tuple[Any, ...]) -> tuple[Any, ...]:
    case_id, image, *between, reviewer, software, time = row
    return (case_id, to_column(image), *between, to_column(reviewer), software, time)


def _cell_of_row(row: tuple[Any, ...]) -> CellRow:
    image, number, sha256, box, outline, origin, at_edge, state = row
    place = decode_box(box) or Box(0.0, 0.0, 0.0, 0.0)
    polygon = decode_outline(outline)
    cell = LocatedCell(CellId(image, number), place, polygon, CellOrigin(origin), bool(at_edge))
    return CellRow(cell, sha256, state)
