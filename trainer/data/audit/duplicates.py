"""Images that show the same: byte-identical, re-encoded, resized, turned or mirrored.

Every image's fingerprint is compared with every other's in all eight turns: first in 128
random directions, as products of matrices, then in full where that is similar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.fingerprint import PRINT_LENGTH, TURNS, normalize_prints, turn_prints
from trainer.data.audit.measurements import ImageMeasurements
from trainer.data.groups import connected_components
from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled

MIN_CORRELATION = 0.80
"""Correlation of fingerprints from which on two images count as duplicates.

Of 24 sets of 300 drawn cells (44,850 pairs each, in eight turns), no two different cells came
above 0.67. The same drawing turned, mirrored, at JPEG quality 10, at 40 % of its size, darker
by a fifth, noisy or blurred by 4 of 192 pixels stays at 0.90 or above, cropped by 2 % at each side
above 0.83; shifted or cropped by more, it may be missed.
"""
# In 128 directions a correlation of 0.8 is known to 0.03 (one standard deviation), so that
# next to none of the pairs sought is lost, and unrelated ones (0.09) hardly ever come in.
_DIRECTIONS = 128
_MIN_SIMILARITY = 0.66
_BLOCK = 256
_MAX_CANDIDATES = 64  # of one image: enough to join any number of copies
_SEED = 20130


@dataclass(frozen=True)
class DuplicatePair:
    """Two images that show the same.

    Attributes:
        first: row of the earlier image.
        second: row of the later one.
        correlation: of their fingerprints.
        turn: how the first must be turned to match the second, one of `TURNS`.
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
    pairs: tuple[DuplicatePair, ...]
    groups: tuple[tuple[int, ...], ...]


def find_duplicates(
    measurements: Sequence[ImageMeasurements],
    *,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Duplicates:
    """Find all images that show the same, in the order of the measurements.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    identical = _group_identical(measurements)
    alone = _representatives(measurements, identical)
    prints = [print_ for row in alone if (print_ := measurements[row].fingerprint) is not None]
    pairs: list[DuplicatePair] = []
    if len(prints) > 1:
        stack = np.stack(prints)
        for pair in _find_pairs(stack, on_progress, should_stop):
            first, second = alone[pair.first], alone[pair.second]
            pairs.append(DuplicatePair(first, second, pair.correlation, pair.turn))
    links = [(group[0], row) for group in identical for row in group[1:]]
    links += [(pair.first, pair.second) for pair in pairs]
    groups = sorted(
        tuple(sorted(g)) for g in connected_components(len(measurements), links) if len(g) > 1
    )
    return Duplicates(identical, tuple(sorted(pairs, key=_pair_rows)), tuple(groups))


def find_near_duplicates(
    prints: NDArray[np.int8], others: NDArray[np.int8]
) -> Iterator[DuplicatePair]:
    """Find images that show the same as one of others; `second` is the row of that.

    Args:
        prints: fingerprints, (N, 38, 38).
        others: fingerprints, (M, 38, 38).
    """
    if not len(prints) or not len(others):
        return
    directions = _random_directions()
    views = _project_blocks(others, directions)
    for start in range(0, len(prints), _BLOCK):
        block = prints[start : start + _BLOCK]
        for row, similarity in enumerate(_best_similarity(block, views, directions)):
            yield from _verify_candidates(
                block[row], start + row, others, _select_candidates(similarity)
            )


def _pair_rows(pair: DuplicatePair) -> tuple[int, int]:
    return pair.first, pair.second


def _group_identical(measurements: Sequence[ImageMeasurements]) -> tuple[tuple[int, ...], ...]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(measurements):
        if each.sha256:
            rows[each.sha256].append(row)
    return tuple(tuple(group) for group in rows.values() if len(group) > 1)


def _representatives(
    measurements: Sequence[ImageMeasurements], identical: Sequence[tuple[int, ...]]
) -> list[int]:
    """Rows with a fingerprint, the first of each group of identical ones."""
    later = {row for group in identical for row in group[1:]}
    return [
        row
        for row, each in enumerate(measurements)
        if each.fingerprint is not None and row not in later
    ]


def _find_pairs(
    prints: NDArray[np.int8], on_progress: OnProgress, should_stop: ShouldStop
) -> Iterator[DuplicatePair]:
    """Pairs of fingerprints (N, 38, 38) that correlate in one of the turns."""
    directions = _random_directions()
    views = _project_blocks(prints, directions)
    for start in range(0, len(prints), _BLOCK):
        if should_stop():
            raise Cancelled
        block = prints[start : start + _BLOCK]
        for row, similarity in enumerate(_best_similarity(block, views[start:], directions)):
            later = _select_candidates(similarity[row + 1 :]) + row + 1
            yield from _verify_candidates(block[row], start + row, prints, later + start)
        on_progress(Progress("comparing images", min(start + _BLOCK, len(prints)), len(prints)))


def _random_directions() -> NDArray[np.float64]:
    return np.random.default_rng(_SEED).normal(size=(PRINT_LENGTH, _DIRECTIONS))


def _project_blocks(
    prints: NDArray[np.int8], directions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """(N, 128), block by block, so that little memory is taken."""
    return np.concatenate(
        [
            _project(prints[start : start + _BLOCK], directions)
            for start in range(0, len(prints), _BLOCK)
        ]
    )


def _best_similarity(
    block: NDArray[np.int8], views: NDArray[np.float32], directions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Similarity of fingerprints with others, (B, M), each in the turn that suits best."""
    best = np.full((len(block), len(views)), -1.0, np.float32)
    for turn in range(len(TURNS)):
        np.maximum(best, _project(turn_prints(block, turn), directions) @ views.T, out=best)
    return best


def _project(prints: NDArray[np.int8], directions: NDArray[np.float64]) -> NDArray[np.float32]:
    projected = normalize_prints(prints) @ directions.astype(np.float32)
    length = np.linalg.norm(projected, axis=1, keepdims=True)
    return np.asarray(projected / np.maximum(length, 1e-6), np.float32)


def _select_candidates(similarity: NDArray[np.float32]) -> NDArray[np.intp]:
    """Places that are similar enough, the most similar first, not too many."""
    places = np.flatnonzero(similarity >= _MIN_SIMILARITY)
    order = np.argsort(-similarity[places], kind="stable")
    return places[order[:_MAX_CANDIDATES]]


def _verify_candidates(
    fingerprint: NDArray[np.int8], row: int, others: NDArray[np.int8], candidates: NDArray[np.intp]
) -> Iterator[DuplicatePair]:
    """Which of the others at these places show the same, by all of the fingerprint."""
    if not len(candidates):
        return
    turns = np.concatenate([turn_prints(fingerprint[None], turn) for turn in range(len(TURNS))])
    correlations = normalize_prints(turns) @ normalize_prints(others[candidates]).T
    for place, column in zip(candidates, correlations.T, strict=True):
        turn = int(column.argmax())
        if column[turn] >= MIN_CORRELATION:
            yield DuplicatePair(row, int(place), float(column[turn]), TURNS[turn])
