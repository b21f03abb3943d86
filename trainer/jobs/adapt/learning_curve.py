"""The learning curve of a lab: heads fitted on growing parts of its own corrected cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval, Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.evaluation.learning_curve import LearningCurve
from trainer.protocol.events import Emit
from trainer.training.held_head import CorrectedCells, OldHead, fit_held_head

IsRight = Callable[[NDArray[np.float32]], NDArray[np.bool_]]
"""Logits (N, C) of all cells -> whether each is right."""

_SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)  # of the cells that are not judged by
_JUDGED = 1 / 3  # of the groups of each class
_DRAWS, _DRAWS_OF_MANY, _MANY_CELLS = 12, 5, 400
_SEED = 0
LEAST_GROUPS = 6
"""Of each of two classes: fewer say nothing of the next cells."""


def measure_learning_curve(
    old: OldHead,
    cells: CorrectedCells,
    groups: Sequence[str],
    is_right: IsRight,
    emit: Emit,
    should_stop: ShouldStop,
) -> LearningCurve | None:
    """Fit heads on parts of the corrected cells, and judge each on a third that it did not see.

    Args:
        groups: of each cell; equal for cells that must not be parted.

    Returns:
        None where fewer than two classes have cells of six groups.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    terms = np.minimum(cells.labels, old.classes)
    numbers = np.unique(list(groups), return_inverse=True)[1]
    if not _has_enough(terms, numbers):
        return None
    pooled = cells.pooled.astype(np.float32)
    before = is_right(old.head.logits(pooled))
    rng = np.random.default_rng(_SEED)
    draws = _DRAWS if len(terms) <= _MANY_CELLS else _DRAWS_OF_MANY
    errors, without, sizes = [], [], []
    for draw in range(draws):
        judged, parts = _draw(terms, numbers, rng)
        row = []
        for part in parts:
            if should_stop():
                raise Cancelled
            head = fit_held_head(old, cells.part(part))
            row.append(_balanced_error(is_right(head.logits(pooled)), terms, judged))
        errors.append(row)
        without.append(_balanced_error(before, terms, judged))
        sizes.append([len(part) for part in parts])
        emit(Progress("measuring the learning curve", draw + 1, draws))
    mean_sizes = np.rint(np.mean(sizes, axis=0)).astype(int).tolist()
    first = [at for at, size in enumerate(mean_sizes) if size not in mean_sizes[:at]]
    return LearningCurve(
        tuple(mean_sizes[at] for at in first), np.array(errors)[:, first], np.array(without)
    )


def _has_enough(terms: NDArray[np.intp], groups: NDArray[np.intp]) -> bool:
    counts = [len(np.unique(groups[terms == term])) for term in np.unique(terms)]
    return sum(count >= LEAST_GROUPS for count in counts) >= 2


def _draw(
    terms: NDArray[np.intp], groups: NDArray[np.intp], rng: np.random.Generator
) -> tuple[NDArray[np.bool_], list[NDArray[np.intp]]]:
    """Cells to judge by, bool (N,), and growing parts of the others, each within the next.

    Each group is dealt with the first of its cells' classes, so that no group is on both sides.
    """
    order = rng.permutation(int(groups.max()) + 1)
    class_of = np.zeros(len(order), np.intp)
    class_of[groups[::-1]] = terms[::-1]
    judged_groups: list[int] = []
    ranks = np.full(len(order), np.inf)  # share of its class up to which a group comes
    for term in np.unique(class_of).tolist():
        own = order[class_of[order] == term]
        count = round(_JUDGED * len(own)) if len(own) >= LEAST_GROUPS else 0
        judged_groups += own[:count].tolist()
        kept = own[count:]
        ranks[kept] = np.arange(len(kept)) / max(len(kept), 1)
    judged = np.isin(groups, judged_groups)
    parts = [np.flatnonzero(ranks[groups] < share) for share in _SHARES]
    return judged, parts


def _balanced_error(
    right: NDArray[np.bool_], terms: NDArray[np.intp], judged: NDArray[np.bool_]
) -> float:
    found = [right[judged & (terms == term)].mean() for term in np.unique(terms[judged])]
    return 1 - float(np.mean(found))


def curve_to_json(curve: LearningCurve | None, cells: int) -> dict[str, object]:
    """As in the result; empty where nothing could be measured.

    Args:
        cells: how many there are now.
    """
    if curve is None:
        return {}
    expected = {
        str(count): _interval_to_json(found)
        for count in (cells, 2 * cells)
        if (found := curve.expect(count)) is not None
    }
    points = [
        {"cells": size, "balanced_accuracy": round(mean, 6), "spread": round(spread, 6)}
        for size, mean, spread in curve.points()
    ]
    return {"points": points, "expected": expected}


def _interval_to_json(interval: Interval) -> list[float]:
    return [round(each, 6) for each in (interval.value, interval.low, interval.high)]


def describe_curve(curve: LearningCurve | None, cells: int) -> Iterator[str]:
    """Describe what the cells so far brought and what more of them would, in lines.

    Args:
        cells: how many there are now.
    """
    if curve is None:
        yield (
            f"Not enough cells yet for a learning curve: two classes with cells of {LEAST_GROUPS} "
            "images or patients each are needed."
        )
        return
    shown = ", ".join(f"{mean:.3f} with {size}" for size, mean, _ in curve.points())
    yield f"Balanced accuracy on cells that were not learned from, by number of cells: {shown}."
    now, twice = curve.expect(cells), curve.expect(2 * cells)
    if now is not None and twice is not None:
        yield (
            f"Twice as many labelled cells ({2 * cells}) would likely bring {twice.value:.3f} "
            f"({twice.low:.3f}-{twice.high:.3f}), after {now.value:.3f} with the {cells} of now."
        )
    else:
        yield "No error is left among these cells by which to say what more of them would bring."
