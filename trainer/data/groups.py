"""Groups of images that must stay together, and their assignment to splits or folds.

Images of one patient or one sample, and byte-identical images, form a group (joined
transitively); a group goes whole into one place, so that no test image has a twin or a sibling
among the training images.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import Item
from trainer.data.labels import compose
from trainer.data.manifest import Manifest
from trainer.errors import UserError

GroupKey = tuple[str, ...]
"""Something that images share which must stay together: a kind of thing, and which one."""

_ALTERNATIVES = {"splits": "a split of your own", "folds": "a smaller number of folds"}


@dataclass(frozen=True)
class Group:
    """Items that stay together.

    Attributes:
        members: their indices.
        counts: number of them of each class, (C,).
        rank: hash that orders groups of one size.
    """

    members: tuple[int, ...]
    counts: NDArray[np.int64]
    rank: bytes


def build_groups(manifest: Manifest, hashes: Sequence[str], seed: int) -> list[Group]:
    """Build the groups in the order of their assignment: largest first, then by hash.

    Args:
        manifest: the items, and the order of the classes in `Group.counts`.
        hashes: as of `file_hashes`.
        seed: mixed into the hash that orders groups of one size.
    """
    column = {name: index for index, name in enumerate(manifest.classes)}
    groups = []
    for members in group_indices(manifest.items, hashes):
        counts = np.bincount(
            [column[manifest.items[index].label] for index in members], minlength=len(column)
        )
        lines = "".join(sorted(f"{hashes[index]}\n" for index in members))
        rank = hashlib.sha256(f"{seed}\n{lines}".encode()).digest()
        groups.append(Group(tuple(members), counts, rank))
    return sorted(groups, key=lambda group: (-len(group.members), group.rank))


def patients_of(items: Sequence[Item]) -> NDArray[np.str_] | None:
    """Return the patient of each item, (N,), or its path where not known; None if none is known."""
    if not any(item.patient for item in items):
        return None
    return np.array([item.patient or str(item.path) for item in items])


def group_indices(items: Sequence[Item], hashes: Sequence[str]) -> list[list[int]]:
    """Join the indices of items of one patient, one sample or identical bytes, transitively.

    Args:
        items: N of them.
        hashes: of the items' bytes; an empty one joins nothing.
    """
    first: dict[GroupKey, int] = {}
    pairs = [
        (first.setdefault(key, index), index)
        for index, (item, sha) in enumerate(zip(items, hashes, strict=True))
        for key in (*group_keys(sha, item.patient, item.sample), *_field_keys(item))
    ]
    return connected_components(len(items), pairs)


def _field_keys(item: Item) -> list[GroupKey]:
    """The key that the cells of one field share, whatever their digests are."""
    return [("field", str(item.path))] if item.box is not None else []


def connected_components(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Group the numbers 0 to `count` - 1, so that both of each pair are in one (union-find)."""
    parent = list(range(count))

    def find(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for one, other in pairs:
        parent[find(other)] = find(one)
    together: dict[int, list[int]] = defaultdict(list)
    for index in range(count):
        together[find(index)].append(index)
    return list(together.values())


def group_keys(sha: str = "", patient: str = "", sample: str = "") -> list[GroupKey]:
    """Return the keys that an image shares with those of its group: bytes, patient, sample.

    Args:
        sha: SHA-256 of its bytes; like the others empty where not known.
    """
    keys: list[GroupKey] = []
    patient, sample = compose(patient), compose(sample)
    if sha:
        keys.append(("bytes", sha))
    if patient:
        keys.append(("patient", patient))
    if sample:
        keys.append(("sample", patient, sample))
    return keys


def check_group_counts(
    groups: Sequence[Group], classes: Sequence[str], parts: int, noun: str = "splits"
) -> None:
    """Refuse data in which a class has fewer groups than there are splits or folds.

    Raises:
        UserError: names the class.
    """
    per_class = np.sum([group.counts > 0 for group in groups], axis=0)
    short = [name for name, count in zip(classes, per_class, strict=True) if count < parts]
    if short:
        raise UserError(
            f"Class “{short[0]}” has too few images to be in {parts} {noun}: the images of one "
            "patient or sample, and identical images, must stay together.",
            f"Add images or patients, or give {_ALTERNATIVES[noun]}.",
        )


def assign(
    groups: Sequence[Group],
    shares: NDArray[np.float64],
    allowed: NDArray[np.bool_] | None = None,
) -> list[int]:
    """Assign each group to a split or fold, and return the index of that.

    Each goes to the place that then lacks most images of the group's classes; a class with few
    groups is spread first. Groups that cannot go everywhere are assigned before all others,
    which so even out what those leave uneven.

    Args:
        groups: as of `build_groups`.
        shares: of the places, (S,), with sum 1.
        allowed: where each group can go, (G, S), in each row one True at least; everywhere
            where None.
    """
    counts = np.array([group.counts for group in groups])
    if allowed is None:
        allowed = np.ones((len(groups), len(shares)), bool)
    total = counts.sum(axis=0)
    missing = shares[:, None] * total[None, :]
    left = (counts > 0).sum(axis=0)
    filled = np.zeros(missing.shape, bool)
    assigned = np.zeros(len(groups), int)
    for group in np.argsort(allowed.sum(axis=1), kind="stable"):
        count = counts[group]
        score = (missing / total) @ count
        # A class with no more groups than splits that lack it goes to those first.
        scarce = (count > 0) & (left <= (~filled).sum(axis=0))
        score[(~filled[:, scarce]).any(axis=1)] += len(shares) * count.sum()
        score[~allowed[group]] = -np.inf
        place = int(np.argmax(score))
        missing[place] -= count
        filled[place] |= count > 0
        left -= count > 0
        assigned[group] = place
    return assigned.tolist()
