"""Which cell is to be reviewed next. No Qt."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leukogui.case.arrangement import Arrangement
from leukogui.case.cells import FAILED, PENDING, REVIEW, UNKNOWN, CaseModel
from leukogui.case.query import urgency_ranks
from trainer.domain import CellId

ReviewOrder = Literal["urgent", "shown"]
"""Which cell follows a reviewed one: "urgent", after an open cell the most urgent open one;
"shown" always, and "urgent" after any other cell, the next one in the gallery."""
_OPEN = (REVIEW, UNKNOWN)


def next_cell(
    model: CaseModel, shown: Arrangement, done: Collection[CellId], order: ReviewOrder
) -> CellId | None:
    """Find the cell to review after some that are reviewed now; None where none is left.

    Args:
        shown: the arrangement of the gallery.
        done: cells that are reviewed now, in the order of the gallery.
        order: see `ReviewOrder`.
    """
    rows = [row for row in map(model.row, done) if row is not None]
    groups = np.array(model.groups, np.int16)
    last = _last_position(shown, rows)
    was_open = any(groups[row] in _OPEN and not model.reviewed[row] for row in rows)
    free = ~np.array(model.reviewed, np.bool_)
    free[rows] = False
    if order == "urgent" and (was_open or not rows):
        return _most_urgent(model, shown, free, last)
    here = free[shown.rows] & ((groups[shown.rows] < FAILED) | (groups[shown.rows] == PENDING))
    after = np.flatnonzero(here[last + 1 :])
    return model.cell(int(shown.rows[last + 1 + int(after[0])])) if len(after) else None


def next_open(model: CaseModel, shown: Arrangement, current: CellId | None) -> CellId | None:
    """Find the most urgent open cell after the current one, or that itself if it is the last."""
    row = model.row(current) if current is not None else None
    free = ~np.array(model.reviewed, np.bool_)
    last = _last_position(shown, [row] if row is not None else [])
    return _most_urgent(model, shown, free, last)


def next_unlabelled(model: CaseModel, shown: Arrangement, current: CellId | None) -> CellId | None:
    """Find the first cell that is shown and has no review; behind the current one if there is."""
    row = model.row(current) if current is not None else None
    last = _last_position(shown, [row] if row is not None else [])
    groups, reviewed = np.array(model.groups, np.int16), np.array(model.reviewed, np.bool_)
    free = ~reviewed & ((groups < FAILED) | (groups == PENDING))
    places = np.flatnonzero(free[shown.rows])
    behind = places[places > last]
    found = behind if len(behind) else places
    return model.cell(int(shown.rows[found[0]])) if len(found) else None


def next_shown(model: CaseModel, shown: Arrangement, done: Collection[CellId]) -> CellId | None:
    """Find the cell that is shown behind these, reviewed or not; None behind the last one."""
    last = _last_position(shown, [row for row in map(model.row, done) if row is not None])
    return model.cell(int(shown.rows[last + 1])) if last + 1 < len(shown.rows) else None


def _most_urgent(
    model: CaseModel, shown: Arrangement, free: NDArray[np.bool_], last: int
) -> CellId | None:
    """Find the most urgent open cell, of those the next one after a position of the gallery.

    Args:
        free: for each row whether it may be that.
        last: the position; -1 for the beginning. Cells that are not shown come last.
    """
    groups = np.array(model.groups, np.int16)
    rows = np.flatnonzero(free & ((groups == REVIEW) | (groups == UNKNOWN)))
    if not len(rows):
        return None
    ranks = urgency_ranks(model, groups)[rows]
    rows = rows[ranks == ranks.min()]
    places = np.full(len(model), len(model), np.int64)
    places[shown.rows] = (np.arange(len(shown.rows)) - last - 1) % max(len(shown.rows), 1)
    return model.cell(int(rows[np.argmin(places[rows])]))


def _last_position(shown: Arrangement, rows: Collection[int]) -> int:
    found = np.flatnonzero(np.isin(shown.rows, list(rows))) if rows else np.zeros(0, np.int64)
    return int(found[-1]) if len(found) else -1
