"""A deterministic split into train, val and test: stratified, and never through a group.

A group holds the images of one patient or sample, and identical ones (`trainer.data.groups`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.groups import GroupKey, assign, build_groups, check_group_counts, group_keys
from trainer.data.item import SPLITS
from trainer.data.manifest import Manifest

SHARES: Mapping[str, float] = {"train": 0.6, "val": 0.2, "test": 0.2}


@dataclass(frozen=True)
class FixedSplits:
    """Splits of images, patients and samples that are fixed, each by its key of `group_keys`.

    Attributes:
        splits: the split that they had and keep.
        training_keys: those that a model was trained on, which can be of every split but
            "test", whatever they had.
    """

    splits: Mapping[GroupKey, str] = field(default_factory=dict)
    training_keys: Collection[GroupKey] = frozenset()

    def allowed_splits(self, keys: Collection[GroupKey]) -> Collection[str]:
        """Return the splits that a group can go to; train before val before test.

        Args:
            keys: of all of its images.
        """
        had = {self.splits[each] for each in keys if each in self.splits}
        if any(each in self.training_keys for each in keys):
            had.discard("test")
            return sorted(had, key=SPLITS.index)[:1] or [name for name in SPLITS if name != "test"]
        return sorted(had, key=SPLITS.index)[:1] or SPLITS


def split_manifest(
    manifest: Manifest,
    hashes: Sequence[str],
    *,
    shares: Mapping[str, float] = SHARES,
    seed: int = 0,
    fixed: FixedSplits | None = None,
) -> Manifest:
    """Split a manifest anew; the splits that its items have are ignored.

    Groups are assigned largest first, each to the split that then lacks most images of the
    group's classes (so each class comes within one group of its share, where groups hold one
    class), but a class with few groups is spread first. Groups of equal size come in the order
    of a hash of the seed and the files: the result depends neither on the order of the items
    nor on where they lie.

    Args:
        manifest: the items.
        hashes: as of `file_hashes`.
        shares: weight of each split wanted, of "train", "val", "test"; they are made to sum to 1.
        seed: decides the order of groups of equal size.
        fixed: images, patients and samples that keep the split that they had, with their
            whole group; where its members had several, train wins over val, and val over test.
            The others are assigned so that all together come near the shares.

    Raises:
        UserError: a class has too few groups to be in every split.
        ValueError: shares that are not splits, or not positive.
    """
    if not shares or set(shares) - set(SPLITS) or min(shares.values()) <= 0:
        raise ValueError(f"Invalid shares. Expected weights > 0 of {SPLITS}. Received {shares!r}.")
    groups = build_groups(manifest, hashes, seed)
    names = [name for name in SPLITS if name in shares]
    check_group_counts(groups, manifest.classes, len(names))
    weights = np.array([shares[name] for name in names])
    allowed = None
    if fixed:
        keys = [
            group_keys(sha, item.patient, item.sample)
            for item, sha in zip(manifest.items, hashes, strict=True)
        ]
        places = [
            fixed.allowed_splits({e for index in g.members for e in keys[index]}) for g in groups
        ]
        allowed = _allowed_mask(places, names)
    assigned = assign(groups, weights / weights.sum(), allowed)
    items = list(manifest.items)
    for group, place in zip(groups, assigned, strict=True):
        for index in group.members:
            items[index] = replace(items[index], split=names[place])
    return Manifest(tuple(items), manifest.classes, manifest.root)


def _allowed_mask(
    allowed_splits: Sequence[Collection[str]], names: Sequence[str]
) -> NDArray[np.bool_]:
    """(G, S) for `assign`; a group that can go to none of the splits wanted can go to all."""
    allowed = np.array([[name in each for name in names] for each in allowed_splits])
    allowed[~allowed.any(axis=1)] = True
    return allowed
