"""A deterministic split into train, val and test: stratified, and never through a group.

What a group is, `trainer.data.groups` says: images of one patient or sample, and identical ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.groups import Kin, check_enough, deal, groups_of, kin_of
from trainer.data.item import SPLITS
from trainer.data.manifest import Manifest, file_hashes

SHARES: Mapping[str, float] = {"train": 0.6, "val": 0.2, "test": 0.2}


@dataclass(frozen=True)
class Before:
    """What is known from before of images, patients and samples, each as of `kin_of`.

    Attributes:
        splits: the split that they had and keep.
        learned: what was learned from, which can be of every split but "test", whatever it was.
    """

    splits: Mapping[Kin, str] = field(default_factory=dict)
    learned: Collection[Kin] = frozenset()

    def places(self, kin: Collection[Kin]) -> Collection[str]:
        """The splits that images which stay together can go to; train before val before test.

        Args:
            kin: of all of them.
        """
        had = {self.splits[each] for each in kin if each in self.splits}
        if any(each in self.learned for each in kin):
            had.discard("test")
            return sorted(had, key=SPLITS.index)[:1] or [name for name in SPLITS if name != "test"]
        return sorted(had, key=SPLITS.index)[:1] or SPLITS


def split_manifest(
    manifest: Manifest,
    *,
    shares: Mapping[str, float] = SHARES,
    seed: int = 0,
    hashes: Sequence[str] | None = None,
    before: Before | None = None,
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
        before: images, patients and samples that keep the split that they had, with their
            whole group; where its members had several, train wins over val, and val over test.
            The others are dealt so that all together come near the shares.

    Raises:
        UserError: a class has too few groups to be in every split.
        ValueError: shares that are not splits, or not positive.
    """
    if not shares or set(shares) - set(SPLITS) or min(shares.values()) <= 0:
        raise ValueError(f"Invalid shares. Expected weights > 0 of {SPLITS}. Received {shares!r}.")
    known = hashes if hashes is not None else file_hashes(manifest)
    groups = groups_of(manifest, known, seed)
    names = [name for name in SPLITS if name in shares]
    check_enough(groups, manifest.classes, len(names))
    weights = np.array([shares[name] for name in names])
    allowed = None
    if before:
        kin = [
            kin_of(sha, item.patient, item.sample)
            for item, sha in zip(manifest.items, known, strict=True)
        ]
        places = [before.places({e for index in g.members for e in kin[index]}) for g in groups]
        allowed = _allowed(places, names)
    dealt = deal(groups, weights / weights.sum(), allowed)
    items = list(manifest.items)
    for group, place in zip(groups, dealt, strict=True):
        for index in group.members:
            items[index] = replace(items[index], split=names[place])
    return Manifest(tuple(items), manifest.classes, manifest.root)


def _allowed(places: Sequence[Collection[str]], names: Sequence[str]) -> NDArray[np.bool_]:
    """As `deal` wants it; a group that can go to none of the splits asked for can go to all."""
    allowed = np.array([[name in each for name in names] for each in places])
    allowed[~allowed.any(axis=1)] = True
    return allowed
