"""Bootstrap intervals: cells, or whole clusters of them, resampled with replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import Interval

RESAMPLES = 2000
CONFIDENCE_LEVEL = 0.95
_CHUNK_WEIGHTS = 4_000_000  # weights held at once, 32 MB

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def bootstrap(
    statistic: Statistic,
    cells: int,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = CONFIDENCE_LEVEL,
) -> list[Interval]:
    """Return percentile intervals (Efron 1979) of one or more statistics.

    Args:
        statistic: from weights (B, N), how often each cell counts, to values (B,) or (B, M).
        cells: N, at least 1.
        seed: the same seed gives the same intervals on every machine.
        resamples: how many draws; 2,000 at least for what is reported.
        strata: (N,) groups whose sizes stay fixed, such as the classes.
        clusters: (N,) what is drawn as a whole, such as the patients of the cells. Within
            strata, a cluster belongs to the stratum of its first cell.
        level: of confidence, 0-1.

    Returns:
        One interval per statistic; its value is that of the cells as they are. A resampling
        in which a statistic is undefined (NaN) is left out; NaN bounds if all are.
    """
    values = np.atleast_1d(np.squeeze(statistic(np.ones((1, cells))), axis=0))
    drawn = [
        np.reshape(statistic(weights), (len(weights), -1))
        for weights in draw_weights(
            cells, seed=seed, resamples=resamples, strata=strata, clusters=clusters
        )
    ]
    tail = (1 - level) / 2
    bounds = [_quantiles(column, tail) for column in np.concatenate(drawn).T]
    return [
        Interval(float(value), low, high) for value, (low, high) in zip(values, bounds, strict=True)
    ]


def draw_weights(
    cells: int,
    *,
    seed: int,
    resamples: int,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
) -> Iterator[NDArray[np.float64]]:
    """Yield how often each cell counts, in chunks (b, N); their b add up to `resamples`."""
    member = np.arange(cells) if clusters is None else _group_indices(clusters)
    _, first = np.unique(member, return_index=True)
    stratum = np.zeros(len(first), dtype=np.intp)
    if strata is not None:
        stratum = _group_indices(strata)[first]
    random = np.random.default_rng(seed)
    chunk = max(1, _CHUNK_WEIGHTS // cells)
    for start in range(0, resamples, chunk):
        yield _draw(random, min(chunk, resamples - start), stratum)[:, member]


def _draw(
    random: np.random.Generator, resamples: int, stratum: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return how often each cluster is drawn: (resamples, G); as many per stratum as it has."""
    weights = np.zeros((resamples, len(stratum)))
    for number in np.unique(stratum):
        places = np.flatnonzero(stratum == number)
        picked = places[random.integers(len(places), size=(resamples, len(places)))]
        flat = picked + len(stratum) * np.arange(resamples)[:, None]
        weights += np.bincount(flat.ravel(), minlength=weights.size).reshape(weights.shape)
    return weights


def _group_indices(groups: ArrayLike) -> NDArray[np.intp]:
    return np.unique(np.asarray(groups), return_inverse=True)[1]


def _quantiles(values: NDArray[np.float64], tail: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return (float("nan"), float("nan"))
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)
