"""Unsupervised clustering of images by source (lab or scanner), from their margins and files.

The images are bisected wherever a single feature, or a single direction of many, has two
clearly separate clusters; then each part again. Labels are not used, so that an association
of the clusters with the classes is no artefact of the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.appearance import MARGIN_FEATURES
from trainer.data.audit.file_traits import TRAIT_NAMES
from trainer.data.audit.measurements import ImageMeasurements

Array = NDArray[np.float64]

MIN_SEPARATION = 4.0
"""Ashman's D from which on two clusters are separate (Ashman et al., Astron J 108 (1994) 2348).

Their distance in units of their spread. Two halves of one normal distribution have 2.7, of a
uniform one 3.5; 4 means that 2 % of each cluster would be taken for the other.
"""
_MAX_VALLEY_DEPTH = 0.3  # two normal clusters at D = 4 leave 0.27 of their height midway
_MIN_SHARE = 0.05  # smaller clusters are odd images rather than a source
_MIN_IMAGES = 10
_MAX_SOURCES = 8
_DIRECTIONS = 5
_MAX_D = 99.0
# Of the margin, only what does not depend on how many red cells happen to lie there: the
# colour of the glass and the grain. A median grey level has two clusters in any lab: those of
# images with more glass than cells at the margin, and of the others.
_MARGIN_SUBSET = ("brightest red", "brightest green", "brightest blue", "noise")
_COLUMNS = [MARGIN_FEATURES.index(name) for name in _MARGIN_SUBSET]
_FEATURE_NAMES = tuple(f"the border's {name}" for name in _MARGIN_SUBSET) + tuple(
    f"the files' {name}" for name in TRAIT_NAMES
)


@dataclass(frozen=True, eq=False)
class SourceClusters:
    """Clusters of images by the appearance of their margins and the traits of their files.

    Attributes:
        labels: of each image's source, (N,), 0 for the largest; all 0 if there is one cluster.
        count: how many there are.
        criteria: the feature of each bisection, in words, in their order.
    """

    labels: NDArray[np.intp]
    count: int
    criteria: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Bisection:
    """One way of dividing images in two."""

    upper: NDArray[np.bool_]
    separation: float
    name: str


def cluster_sources(measurements: Sequence[ImageMeasurements]) -> SourceClusters:
    """Cluster images by source.

    Raises:
        ValueError: an image was not read.
    """
    numbers = np.array([_feature_vector(each) for each in measurements], np.float64)
    number = np.zeros(len(numbers), np.intp)
    criteria: list[str] = []
    waiting = [np.arange(len(numbers))]
    while waiting and len(criteria) < _MAX_SOURCES - 1:
        rows = waiting.pop(0)
        best = _find_best_bisection(numbers[rows], max(_MIN_IMAGES, _MIN_SHARE * len(numbers)))
        if best is None:
            continue
        criteria.append(best.name)
        number[rows[best.upper]] = len(criteria)
        waiting += [rows[~best.upper], rows[best.upper]]
    count = np.bincount(number)
    rank = np.empty(len(count), np.intp)
    rank[np.argsort(-count, kind="stable")] = np.arange(len(count))
    return SourceClusters(rank[number], len(count), tuple(criteria))


def _feature_vector(measurements: ImageMeasurements) -> Array:
    if measurements.margin is None or measurements.file is None:
        raise ValueError("Invalid sight. Expected one of an image that was read.")
    return np.concatenate(
        [measurements.margin[_COLUMNS], measurements.file.feature_vector()]
    ).astype(np.float64)


def _find_best_bisection(features: Array, min_count: float) -> _Bisection | None:
    """The clearest bisection that leaves enough on both sides; None if none is clear."""
    if len(features) < 2 * min_count:
        return None
    found = [
        bisection
        for name, values in _projections(features)
        if (bisection := _bisect(name, values, min_count)) is not None
    ]
    return max(found, key=lambda bisection: bisection.separation, default=None)


def _projections(features: Array) -> Iterator[tuple[str, Array]]:
    """Each feature by itself, then the directions in which most of them vary together."""
    spread = features.std(axis=0)
    varied = spread > 1e-6 * np.maximum(np.abs(features).max(axis=0), 1.0)
    for place in np.flatnonzero(varied):
        yield _FEATURE_NAMES[place], features[:, place]
    scaled = (features[:, varied] - features[:, varied].mean(axis=0)) / spread[varied]
    if scaled.shape[1] < 2:
        return
    _, vectors = np.linalg.eigh(scaled.T @ scaled)
    for vector in vectors.T[::-1][:_DIRECTIONS]:
        yield "many measures together", scaled @ vector


def _bisect(name: str, values: Array, min_count: float) -> _Bisection | None:
    """Divide the values into two clusters by the least sum of squares (Fisher 1958)."""
    order = np.sort(values)
    n = len(order)
    left = np.arange(1, n)
    sums = np.cumsum(order)
    between = (sums[:-1] / left - sums[-1] / n) ** 2 * left / (n - left)
    between[(left < min_count) | (n - left < min_count) | (order[1:] == order[:-1])] = -1.0
    place = int(between.argmax())
    if between[place] <= 0:
        return None
    low, high = order[: place + 1], order[place + 1 :]
    separation = _ashmans_d(low, high)
    if (
        separation < MIN_SEPARATION
        or _valley_depth(order, low.mean(), high.mean()) > _MAX_VALLEY_DEPTH
    ):
        return None
    return _Bisection(values > order[place], separation, name)


def _ashmans_d(low: Array, high: Array) -> float:
    """Ashman's D, at most 99."""
    spread = float(np.sqrt((low.var() + high.var()) / 2))
    away = float(high.mean() - low.mean())
    return min(away / spread, _MAX_D) if spread > 0 else _MAX_D


def _valley_depth(values: Array, low: float, high: float) -> float:
    """How many values lie midway between two clusters, as a share of those at the lower peak."""
    reach = 0.1 * (high - low)
    around = [
        int(np.count_nonzero(np.abs(values - middle) <= reach))
        for middle in (low, (low + high) / 2, high)
    ]
    return around[1] / max(min(around[0], around[2]), 1)
