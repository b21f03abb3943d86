"""Probes: how well a label is predicted from features that ought not to hold it, against chance.

The classifier is a kernel ridge regression on the classes (radial basis kernel, Nystrom
approximation), cross-validated. It has a closed form, so that the very figure that is
reported can be computed for a thousand permutations of the labels in a second or two; and
it is not linear, so that a class that two labs share is predicted as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.data.audit.association import permutation_p
from trainer.domain import ShouldStop, never_stop
from trainer.errors import Cancelled

Array = NDArray[np.float64]
FOLDS = 5
PERMUTATIONS = 999
MAX_IMAGES = 10_000
"""Of more, as many are drawn: the figure is then known to a percentage point anyway."""
MIN_IMAGES = 10
"""A label on fewer images is left out: next to nothing can be known of it."""
_LANDMARKS = 256
_RIDGE = 1.0
_PERMUTATIONS_PER_BATCH = 50  # permutations at a time
_CLIP = 5.0  # standard deviations


@dataclass(frozen=True, eq=False)
class Probe:
    """The result of a probe: how well labels were predicted.

    Attributes:
        labels: those that took part, in order.
        accuracy: balanced accuracy on folds, 0-1.
        chance: 1 over the number of labels.
        permuted: mean balanced accuracy with permuted labels; about `chance`.
        p: of the permutation test.
        rows: the images that took part, indices into the arguments, (M,).
        truth: index of each one's label, (M,).
        predicted: index of the label predicted for it, (M,).
        groups: what stayed together, (M,).
    """

    labels: tuple[str, ...]
    accuracy: float
    chance: float
    permuted: float
    p: float
    rows: NDArray[np.intp]
    truth: NDArray[np.intp]
    predicted: NDArray[np.intp]
    groups: NDArray[np.intp]

    @property
    def skill(self) -> float:
        """The share of what chance leaves open that is predicted: 0 at chance, 1 if all is."""
        return (self.accuracy - self.chance) / (1 - self.chance)


def probe(
    features: ArrayLike,
    labels: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
    should_stop: ShouldStop = never_stop,
) -> Probe | None:
    """Measure how well labels are predicted from features.

    Folds keep groups whole and do not depend on the labels, so that permuted labels meet the
    same folds and the test is exact where every group is one image. Where groups hold several,
    the labels are laid over the groups in another order, so that blocks of equal labels, such
    as a patient's, stay blocks.

    Args:
        features: (N, D), finite.
        labels: (N,), text.
        groups: (N,), integers; images of one group never stand on both sides of a fold.
        seed: decides folds, landmarks and permutations.
        permutations: of the labels, for the p value.
        should_stop: called every few permutations.

    Returns:
        None where fewer than two labels have `MIN_IMAGES` images, where there are fewer
        groups than folds, or where the features are the same for all.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    rng = np.random.default_rng(seed)
    rows = _select_rows(np.asarray(labels), rng)
    group = np.unique(np.asarray(groups)[rows], return_inverse=True)[1]
    values = _standardize(np.asarray(features, np.float64)[rows])
    if not len(rows) or group.max() + 1 < FOLDS or not values.shape[1]:
        return None
    names, truth = np.unique(np.asarray(labels)[rows], return_inverse=True)
    folds = _Folds.of(_nystroem_features(values, rng), group, rng)
    predicted = folds.predict(truth[:, None], len(names))[:, 0]
    accuracy = float(_balanced_accuracy(predicted[:, None], truth[:, None], len(names))[0])
    drawn = []
    for order in _permute_blocks(truth, group, permutations, rng):
        if should_stop():
            raise Cancelled
        drawn.append(_balanced_accuracy(folds.predict(order, len(names)), order, len(names)))
    null = np.concatenate(drawn)
    return Probe(
        tuple(str(name) for name in names),
        accuracy,
        1 / len(names),
        float(null.mean()),
        permutation_p(accuracy, null),
        rows,
        truth,
        predicted,
        group,
    )


def _select_rows(labels: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.intp]:
    """Images of labels with enough of them; empty if those are fewer than two."""
    names, place, count = np.unique(labels, return_inverse=True, return_counts=True)
    enough = count >= MIN_IMAGES
    if len(names) == 0 or enough.sum() < 2:
        return np.zeros(0, np.intp)
    rows = np.flatnonzero(enough[place])
    if len(rows) > MAX_IMAGES:
        rows = np.sort(rng.permutation(rows)[:MAX_IMAGES])
    return rows


def _standardize(features: Array) -> Array:
    """Mean 0 and standard deviation 1, far values drawn in, what is constant left out."""
    if not len(features):
        return features
    middle, spread = features.mean(axis=0), features.std(axis=0)
    varied = spread > 1e-6 * np.maximum(np.abs(middle), 1.0)
    scaled = (features[:, varied] - middle[varied]) / spread[varied]
    return np.asarray(np.clip(scaled, -_CLIP, _CLIP), np.float64)


def _nystroem_features(values: Array, rng: np.random.Generator) -> Array:
    """(N, m): products of these are about exp(-|x - y|^2 / 2D) (Williams and Seeger 2001)."""
    chosen = np.sort(rng.permutation(len(values))[:_LANDMARKS])
    landmarks = values[chosen]
    size, vectors = np.linalg.eigh(_kernel(landmarks, landmarks))
    large = size > 1e-6 * size[-1]
    return np.asarray(
        _kernel(values, landmarks) @ (vectors[:, large] / np.sqrt(size[large])), np.float64
    )


def _kernel(one: Array, other: Array) -> Array:
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    return np.asarray(np.exp(-np.maximum(squares, 0) / (2 * one.shape[1])), np.float64)


@dataclass(frozen=True, eq=False)
class _Fold:
    """One fold: its test images, and the solver from training labels to weights."""

    test: NDArray[np.intp]
    train: NDArray[np.intp]
    solver: Array
    features: Array

    def scores(self, truth: NDArray[np.intp], label: int) -> Array:
        """(tests, B): how much one label's score exceeds its frequency, relative to that."""
        is_it = (truth[self.train] == label).astype(np.float64)
        frequency = is_it.mean(axis=0)
        excess = self.features @ (self.solver @ (is_it - frequency))
        return np.asarray(excess / np.maximum(frequency, 1e-12), np.float64)


@dataclass(frozen=True, eq=False)
class _Folds:
    """All folds of one probe."""

    parts: tuple[_Fold, ...]
    images: int

    @classmethod
    def of(cls, features: Array, groups: NDArray[np.intp], rng: np.random.Generator) -> _Folds:
        fold = _assign_folds(groups, rng)
        parts = []
        for number in range(FOLDS):
            test, train = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            known = features[train]
            ridge = known.T @ known + _RIDGE * np.eye(known.shape[1])
            solver = np.asarray(np.linalg.solve(ridge, known.T), np.float64)
            parts.append(_Fold(test, train, solver, features[test]))
        return cls(tuple(parts), len(features))

    def predict(self, truth: NDArray[np.intp], labels: int) -> NDArray[np.intp]:
        """Predict the label of each image from the other folds; `truth` and result (N, B)."""
        predicted = np.zeros(truth.shape, np.intp)
        for part in self.parts:
            scores = [part.scores(truth, label) for label in range(labels)]
            predicted[part.test] = np.argmax(scores, axis=0)
        return predicted


def _assign_folds(groups: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """The fold of each image: groups in random order, largest first, each to the emptiest."""
    size = np.bincount(groups)
    order = rng.permutation(len(size))
    filled, fold = np.zeros(FOLDS), np.zeros(len(size), np.intp)
    for group in order[np.argsort(-size[order], kind="stable")]:
        fold[group] = int(filled.argmin())
        filled[fold[group]] += size[group]
    return fold[groups]


def _permute_blocks(
    truth: NDArray[np.intp], groups: NDArray[np.intp], count: int, rng: np.random.Generator
) -> Iterator[NDArray[np.intp]]:
    """Labels permuted by blocks, (N, b) at a time."""
    by_group = np.argsort(groups, kind="stable")
    row = truth[by_group]
    size = np.bincount(groups)
    start = np.cumsum(size) - size
    for start_at in range(0, count, _PERMUTATIONS_PER_BATCH):
        chunk = np.empty((len(truth), min(_PERMUTATIONS_PER_BATCH, count - start_at)), np.intp)
        for column in chunk.T:
            order = rng.permutation(len(size))
            places = np.repeat(start[order] - np.cumsum(size[order]) + size[order], size[order])
            column[by_group[places + np.arange(len(truth))]] = row
        yield chunk


def _balanced_accuracy(predicted: NDArray[np.intp], truth: NDArray[np.intp], labels: int) -> Array:
    """Balanced accuracy of each column, (B,)."""
    hit = predicted == truth
    recalls = [
        (hit & (truth == label)).sum(axis=0) / np.maximum((truth == label).sum(axis=0), 1)
        for label in range(labels)
    ]
    return np.asarray(np.mean(recalls, axis=0), np.float64)
