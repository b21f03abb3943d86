"""Match the cells that a search found to those that are known of the same bytes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import count

from trainer.cases.records import FieldSearch
from trainer.domain import CellId, CellOrigin, LocatedCell

SAME_CELL_IOU = 0.5
"""Two boxes that share so much of their union are of one cell."""


@dataclass(frozen=True)
class CellRow:
    """A row of the table of cells: a cell, the bytes it lies in, and its state."""

    cell: LocatedCell
    sha256: str
    state: str = "present"


@dataclass(frozen=True)
class SearchMatch:
    """The outcome of a search: the number of each cell found, and the rows that change.

    Attributes:
        numbers: None for a cell that does not count.
    """

    numbers: tuple[int | None, ...]
    rows: tuple[CellRow, ...]


def match_search(
    search: FieldSearch, known: Sequence[CellRow], reviewed: Collection[int], last_number: int
) -> SearchMatch:
    """Number the cells of a search.

    Args:
        search: what was found; a cell with a number is a known one that was kept.
        known: newest rows of the cells of the same bytes.
        reviewed: numbers of the cells that a person reviewed.
        last_number: the highest number that was ever given in the image.

    Returns:
        Numbers, and rows of new cells, of moved ones and of those that are lost.
    """
    by_number = {row.cell.id.number: row for row in known}
    matched = _match_cells(search.cells, known)
    fresh = count(last_number + 1)
    numbers: list[int | None] = []
    rows: list[CellRow] = []
    for at, found in enumerate(search.cells):
        row = by_number.get(matched.get(at, 0))
        number = _number_of(found, row, fresh)
        numbers.append(number)
        if number is not None and found.origin is CellOrigin.FOUND:
            cell = replace(found, id=CellId(search.image, number))
            if row is None or row.state != "present" or not _same_place(row.cell, cell):
                rows.append(CellRow(cell, search.sha256))
    rows += [
        replace(row, state="lost")
        for number, row in by_number.items()
        if row.cell.origin is CellOrigin.FOUND
        and row.state == "present"
        and number not in reviewed
        and number not in numbers
    ]
    return SearchMatch(tuple(numbers), tuple(rows))


def _number_of(found: LocatedCell, row: CellRow | None, fresh: count[int]) -> int | None:
    """The number of a found cell; None where what a person did is in its place."""
    if row is None:
        # One that was kept is no longer known: a person undid its drawing meanwhile.
        return None if found.id.number else next(fresh)
    if row.state == "removed" or (row.cell.origin is CellOrigin.DRAWN and not found.id.number):
        return None
    return row.cell.id.number


def _match_cells(found: Sequence[LocatedCell], known: Sequence[CellRow]) -> dict[int, int]:
    """Pair cells greedily, the best overlap first: position of the found -> number."""
    numbers = {row.cell.id.number for row in known}
    matched = {at: cell.id.number for at, cell in enumerate(found) if cell.id.number in numbers}
    taken = set(matched.values())
    pairs = [
        (found_cell.box.iou(row.cell.box), at, row.cell.id.number)
        for at, found_cell in enumerate(found)
        for row in known
        if not found_cell.id.number
    ]
    for iou, at, number in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if iou >= SAME_CELL_IOU and at not in matched and number not in taken:
            matched[at] = number
            taken.add(number)
    return matched


def _same_place(one: LocatedCell, other: LocatedCell) -> bool:
    return one.box == other.box and one.at_edge == other.at_edge
