"""Every corrected cell judged by a head that was fitted without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled
from trainer.training.held_head import CorrectedCells, OldHead, fit_held_head

# Up to so many groups each is left out by itself; of more, parts of about equal size.
_MOST_ALONE = 40
_PARTS, _PARTS_OF_MANY = 20, 10
_MANY_CELLS = 500


def predict_left_out(
    old: OldHead,
    cells: CorrectedCells,
    groups: Sequence[str],
    *,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> NDArray[np.float32]:
    """Compute the logits of each cell by a head fitted on cells of other groups alone, (N, C).

    Up to 40 groups each is left out by itself; of more, one of 20 parts (10 from 500 cells on),
    into which the groups of each label are dealt in turn.

    Args:
        cells: one look each.
        groups: of each cell; equal for those of one patient, one image or the same pixels. The
            result depends on their names, not on their order.

    Raises:
        ValueError: there is one group only.
        Cancelled: `should_stop` returned true.
    """
    part = assign_parts(cells.labels, groups)
    count = int(part.max()) + 1 if len(part) else 0
    if count < 2:
        raise ValueError(f"Invalid groups. Expected two or more. Received {count}")
    logits = np.empty((len(part), old.head.outputs), np.float32)
    for number in range(count):
        if should_stop():
            raise Cancelled
        held_out = part == number
        head = fit_held_head(old, cells.part(~held_out))
        logits[held_out] = head.logits(cells.pooled[held_out].astype(np.float32))
        on_progress(Progress("judging each cell by the others", number + 1, count))
    return logits


def assign_parts(labels: NDArray[np.intp], groups: Sequence[str]) -> NDArray[np.intp]:
    """Assign each cell to a part; the groups of each label are dealt out in turn, by name."""
    first: dict[str, int] = {}
    for label, name in sorted(zip(labels.tolist(), groups, strict=True)):
        first.setdefault(name, label)
    ordered = sorted(first, key=lambda name: (first[name], name))
    count = len(ordered)
    if count > _MOST_ALONE:
        count = _PARTS_OF_MANY if len(labels) >= _MANY_CELLS else _PARTS
    part = {name: position % count for position, name in enumerate(ordered)}
    return np.array([part[name] for name in groups], dtype=np.intp)
