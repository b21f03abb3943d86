"""A deterministic split into train, val and test: stratified, and never through a group.

What a group is, `trainer.data.groups` says: images of one patient or sample, and identical ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from trainer.data.groups import check_enough, deal, groups_of
from trainer.data.item import SPLITS
from trainer.data.manifest import Manifest, file_hashes

SHARES: Mapping[str, float] = {"train": 0.6, "val": 0.2, "test": 0.2}


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
    groups = groups_of(manifest, known, seed)
    names = [name for name in SPLITS if name in shares]
    check_enough(groups, manifest.classes, len(names))
    weights = np.array([shares[name] for name in names])
    dealt = deal(groups, weights / weights.sum())
    items = list(manifest.items)
    for group, place in zip(groups, dealt, strict=True):
        for index in group.members:
            items[index] = replace(items[index], split=names[place])
    return Manifest(tuple(items), manifest.classes, manifest.root)
