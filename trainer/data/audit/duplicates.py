"""Images that show the same: byte-identical, re-encoded, resized, turned or mirrored.

Every image's fingerprint is compared with every other's in all eight turns: first in 128
random directions, as products of matrices, then in full where that looks alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.fingerprint import LENGTH, TURNS, turned, unit
from trainer.data.audit.measurements import Sight
from trainer.data.groups import join
from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled

ALIKE = 0.80
"""Correlation of fingerprints from which on two images are taken for the same.

Of 24 sets of 300 drawn cells (44,850 pairs each, in eight turns), no two different cells came
above 0.67. The same drawing turned, mirrored, at JPEG quality 10, at 40 % of its size, darker
by a fifth, noisy or blurred by 4 of 192 pixels stays at 0.90 or above, cut by 2 % at each side
above 0.83; shifted or cut by more, it may be missed.
"""
# In 128 directions a correlation of 0.8 is known to 0.03 (one standard deviation), so that
# next to none of the pairs sought is lost, and unrelated ones (0.09) hardly ever come in.
_DIRECTIONS = 128
_CANDIDATE = 0.66
_BLOCK = 256
_MOST_CANDIDATES = 64  # of one image: enough to join any number of copies
_SEED = 20130


@dataclass(frozen=True)
class Pair:
    """Two images that show the same.

    Attributes:
        first: row of the earlier image.
        second: row of the later one.
        correlation: of their fingerprints.
        turn: how the first must be turned to look like the second, one of `TURNS`.
    """

    first: int
    second: int
    correlation: float
    turn: str


@dataclass(frozen=True)
class Duplicates:
    """Images that show the same.

    Attributes:
        identical: groups of rows with the same bytes.
        pairs: nearly the same, one image standing for all with its bytes.
        groups: rows that show the same, byte-identical or nearly, joined transitively.
    """

    identical: tuple[tuple[int, ...], ...]
    pairs: tuple[Pair, ...]
    groups: tuple[tuple[int, ...], ...]


def find_duplicates(
    sights: Sequence[Sight],
    *,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Duplicates:
    """All images that show the same, in the order of the sights.

    Raises:
        Cancelled: `should_stop` said so.
    """
    identical = _identical(sights)
    alone = _representatives(sights, identical)
    prints = [print_ for row in alone if (print_ := sights[row].print) is not None]
    pairs: list[Pair] = []
    if len(prints) > 1:
        stack = np.stack(prints)
        for pair in _alike(stack, on_progress, should_stop):
            first, second = alone[pair.first], alone[pair.second]
            pairs.append(Pair(first, second, pair.correlation, pair.turn))
    links = [(group[0], row) for group in identical for row in group[1:]]
    links += [(pair.first, pair.second) for pair in pairs]
    groups = sorted(tuple(sorted(g)) for g in join(len(sights), links) if len(g) > 1)
    return Duplicates(identical, tuple(sorted(pairs, key=_place)), tuple(groups))


def find_copies(prints: NDArray[np.int8], others: NDArray[np.int8]) -> Iterator[Pair]:
    """Images that show the same as one of others; `second` is the row of that.

    Args:
        prints: fingerprints, (N, 38, 38).
        others: fingerprints, (M, 38, 38).
    """
    if not len(prints) or not len(others):
        return
    directions = _directions()
    views = _all_projected(others, directions)
    for start in range(0, len(prints), _BLOCK):
        block = prints[start : start + _BLOCK]
        for row, likeness in enumerate(_best(block, views, directions)):
            yield from _verified(block[row], start + row, others, _likest(likeness))


def _place(pair: Pair) -> tuple[int, int]:
    return pair.first, pair.second


def _identical(sights: Sequence[Sight]) -> tuple[tuple[int, ...], ...]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, sight in enumerate(sights):
        if sight.sha256:
            rows[sight.sha256].append(row)
    return tuple(tuple(group) for group in rows.values() if len(group) > 1)


def _representatives(sights: Sequence[Sight], identical: Sequence[tuple[int, ...]]) -> list[int]:
    """Rows with a fingerprint, the first of each group of identical ones."""
    later = {row for group in identical for row in group[1:]}
    return [row for row, sight in enumerate(sights) if sight.print is not None and row not in later]


def _alike(
    prints: NDArray[np.int8], on_progress: OnProgress, should_stop: ShouldStop
) -> Iterator[Pair]:
    """Pairs of fingerprints (N, 38, 38) that correlate in one of the turns."""
    directions = _directions()
    views = _all_projected(prints, directions)
    for start in range(0, len(prints), _BLOCK):
        if should_stop():
            raise Cancelled
        block = prints[start : start + _BLOCK]
        for row, likeness in enumerate(_best(block, views[start:], directions)):
            later = _likest(likeness[row + 1 :]) + row + 1
            yield from _verified(block[row], start + row, prints, later + start)
        on_progress(Progress("comparing images", min(start + _BLOCK, len(prints)), len(prints)))


def _directions() -> NDArray[np.float64]:
    return np.random.default_rng(_SEED).normal(size=(LENGTH, _DIRECTIONS))


def _all_projected(
    prints: NDArray[np.int8], directions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """(N, 128), block by block, so that little memory is taken."""
    return np.concatenate(
        [
            _projected(prints[start : start + _BLOCK], directions)
            for start in range(0, len(prints), _BLOCK)
        ]
    )


def _best(
    block: NDArray[np.int8], views: NDArray[np.float32], directions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Likeness of fingerprints with others, (B, M), each in the turn that suits best."""
    best = np.full((len(block), len(views)), -1.0, np.float32)
    for turn in range(len(TURNS)):
        np.maximum(best, _projected(turned(block, turn), directions) @ views.T, out=best)
    return best


def _projected(prints: NDArray[np.int8], directions: NDArray[np.float64]) -> NDArray[np.float32]:
    seen = unit(prints) @ directions.astype(np.float32)
    length = np.linalg.norm(seen, axis=1, keepdims=True)
    return np.asarray(seen / np.maximum(length, 1e-6), np.float32)


def _likest(likeness: NDArray[np.float32]) -> NDArray[np.intp]:
    """Places that look alike, the likest first, not too many."""
    places = np.flatnonzero(likeness >= _CANDIDATE)
    order = np.argsort(-likeness[places], kind="stable")
    return places[order[:_MOST_CANDIDATES]]


def _verified(
    print_: NDArray[np.int8], row: int, others: NDArray[np.int8], places: NDArray[np.intp]
) -> Iterator[Pair]:
    """Which of the others at these places show the same, by all of the fingerprint."""
    if not len(places):
        return
    turns = np.concatenate([turned(print_[None], turn) for turn in range(len(TURNS))])
    correlations = unit(turns) @ unit(others[places]).T
    for place, column in zip(places, correlations.T, strict=True):
        turn = int(column.argmax())
        if column[turn] >= ALIKE:
            yield Pair(row, int(place), float(column[turn]), TURNS[turn])
