"""Folds for cross-validation: stratified, deterministic, and never through a group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.data.groups import assign, build_groups, check_group_counts
from trainer.data.manifest import Manifest, file_hashes

FOLDS = 5


def assign_folds(
    manifest: Manifest,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    hashes: Sequence[str] | None = None,
) -> NDArray[np.int64]:
    """Assign a fold to each item, 0 to `folds` - 1; splits that the items have are ignored.

    Groups are assigned as by `split_manifest`, to equal shares: the result depends neither on the
    order of the items nor on where they lie, and each class comes within one group of its share
    in every fold, where groups hold one class.

    Args:
        manifest: what to divide; for the folds of a training split, a manifest of that alone.
        folds: two or more.
        hashes: as of `file_hashes`, where already known.

    Returns:
        (N,), in the order of the items.

    Raises:
        UserError: a class has too few groups to be in every fold.
        ValueError: fewer than two folds.
    """
    if folds < 2:
        raise ValueError(f"Invalid folds. Expected 2 or more. Received {folds}.")
    groups = build_groups(manifest, hashes if hashes is not None else file_hashes(manifest), seed)
    check_group_counts(groups, manifest.classes, folds, "folds")
    fold = np.zeros(len(manifest.items), np.int64)
    for group, place in zip(groups, assign(groups, np.full(folds, 1 / folds)), strict=True):
        fold[list(group.members)] = place
    return fold
