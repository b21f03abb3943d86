"""A deterministic split into train, val and test: stratified, and never through a group.

Images of one patient, and byte-identical images, form a group (joined transitively); a group
goes whole into one split, so that no test image has a twin or a sibling among the training
images.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import SPLITS, Item
from trainer.data.manifest import Manifest, file_hashes
from trainer.errors import UserError

SHARES: Mapping[str, float] = {"train": 0.6, "val": 0.2, "test": 0.2}


@dataclass(frozen=True)
class _Group:
    """Items that stay together: their indices, and how many there are of each class."""

    members: tuple[int, ...]
    counts: NDArray[np.int64]
    rank: bytes


def split_manifest(
    manifest: Manifest,
    *,
    shares: Mapping[str, float] = SHARES,
    seed: int = 0,
    hashes: Sequence[str] | None = None,
) -> Manifest:
    """The manifest with a new split for every item; splits that it had are passed over.

    Groups are dealt largest first, each to the split that then lacks most images of the
    group's classes (so each class comes within one group of its share, where groups hold one
    class), but a class with few groups is spread first. Groups of equal size come in the order
    of a hash of the seed and the files: the result depends neither on the order of the items
    nor on where they lie.

    Args:
        shares: weight of each split wanted, of "train", "val", "test"; they are made to sum to 1.
        hashes: as of `file_hashes`, where already known.

    Raises:
        UserError: a class has too few groups to be in every split.
        ValueError: shares that are not splits, or not positive.
    """
    if not shares or set(shares) - set(SPLITS) or min(shares.values()) <= 0:
        raise ValueError(f"Invalid shares. Expected weights > 0 of {SPLITS}. Received {shares!r}.")
    known = hashes if hashes is not None else file_hashes(manifest)
    groups = _groups(manifest, known, seed)
    names = [name for name in SPLITS if name in shares]
    _check_enough(groups, manifest.classes, len(names))
    weights = np.array([shares[name] for name in names])
    dealt = _deal(groups, weights / weights.sum())
    items = list(manifest.items)
    for group, place in zip(groups, dealt, strict=True):
        for index in group.members:
            items[index] = replace(items[index], split=names[place])
    return Manifest(tuple(items), manifest.classes, manifest.root)


def _groups(manifest: Manifest, hashes: Sequence[str], seed: int) -> list[_Group]:
    """Groups in the order in which they are dealt: largest first, then by hash."""
    column = {name: index for index, name in enumerate(manifest.classes)}
    groups = []
    for members in _joined(manifest.items, hashes):
        counts = np.bincount(
            [column[manifest.items[index].label] for index in members], minlength=len(column)
        )
        lines = "".join(sorted(f"{hashes[index]}\n" for index in members))
        rank = hashlib.sha256(f"{seed}\n{lines}".encode()).digest()
        groups.append(_Group(tuple(members), counts, rank))
    return sorted(groups, key=lambda group: (-len(group.members), group.rank))


def _joined(items: Sequence[Item], hashes: Sequence[str]) -> Iterable[list[int]]:
    """Indices joined by patient or by identical bytes, transitively (union-find)."""
    parent = list(range(len(items)))

    def find(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[tuple[str, str], int] = {}
    for index, (item, sha) in enumerate(zip(items, hashes, strict=True)):
        keys = [("bytes", sha)] + ([("patient", item.patient)] if item.patient else [])
        for key in keys:
            parent[find(index)] = find(first.setdefault(key, index))
    together: dict[int, list[int]] = defaultdict(list)
    for index in range(len(items)):
        together[find(index)].append(index)
    return together.values()


def _check_enough(groups: Sequence[_Group], classes: Sequence[str], splits: int) -> None:
    per_class = np.sum([group.counts > 0 for group in groups], axis=0)
    short = [name for name, count in zip(classes, per_class, strict=True) if count < splits]
    if short:
        raise UserError(
            f"Class “{short[0]}” has too few images to be in {splits} splits: the images of one "
            "patient, and identical images, must stay together.",
            "Add images or patients, or give a split of your own.",
        )


def _deal(groups: Sequence[_Group], shares: NDArray[np.float64]) -> list[int]:
    """Index of the split for each group."""
    counts = np.array([group.counts for group in groups])
    total = counts.sum(axis=0)
    missing = shares[:, None] * total[None, :]
    left = (counts > 0).sum(axis=0)
    filled = np.zeros(missing.shape, bool)
    dealt = []
    for count in counts:
        score = (missing / total) @ count
        # A class with no more groups than splits that lack it goes to those first.
        scarce = (count > 0) & (left <= (~filled).sum(axis=0))
        score[(~filled[:, scarce]).any(axis=1)] += len(shares) * count.sum()
        place = int(np.argmax(score))
        missing[place] -= count
        filled[place] |= count > 0
        left -= count > 0
        dealt.append(place)
    return dealt
