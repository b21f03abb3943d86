"""Training cells that a model is compared with: `reference.npz` of a package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import PackageError
from trainer.models.safe_files.npz import read_arrays, write_arrays

_NAMES = {"pooled", "labels", "images"}


@dataclass(frozen=True, eq=False)
class ReferenceCells:
    """M training cells in the network's features.

    Attributes:
        pooled: (M, K) pooled features, float16 in the file, float32 once read.
        labels: (M,) indices into the outputs of the card.
        images: (M,) names of the cells, for the list of similar ones.

    Raises:
        PackageError: the three do not have the same length, or M is 0.
    """

    pooled: NDArray[np.floating]
    labels: NDArray[np.integer]
    images: NDArray[np.str_]

    def __post_init__(self) -> None:
        count = len(self.labels)
        one_each = self.labels.ndim == self.images.ndim == 1 and len(self.images) == count
        if not count or not one_each or self.pooled.ndim != 2 or len(self.pooled) != count:
            raise PackageError(
                "The reference cells do not fit together:"
                f" {self.pooled.shape} features, {self.labels.shape} labels,"
                f" {self.images.shape} names."
            )

    def save(self, path: Path) -> None:
        """Write `reference.npz`; features are rounded to float16."""
        with np.errstate(over="ignore"):
            pooled = self.pooled.astype(np.float16)
        if not np.isfinite(pooled).all():
            raise PackageError("The features of the reference cells are too large to be kept.")
        labels = self.labels.astype(np.int16)
        write_arrays(path, {"pooled": pooled, "labels": labels, "images": self.images})


def load_reference(path: Path) -> ReferenceCells:
    """Read `reference.npz`; nothing in it is unpickled.

    Raises:
        PackageError: unreadable, or arrays of other names, kinds or lengths.
    """
    arrays = read_arrays(path)
    if arrays.keys() != _NAMES:
        raise PackageError(f"“{path.name}” holds {', '.join(sorted(arrays))}, not reference cells.")
    pooled, labels, images = (arrays[name] for name in ("pooled", "labels", "images"))
    if pooled.dtype.kind != "f" or labels.dtype.kind not in "iu" or images.dtype.kind != "U":
        raise PackageError(f"“{path.name}” holds values of the wrong kind.")
    features = pooled.astype(np.float32)
    if not np.isfinite(features).all():
        raise PackageError(f"“{path.name}” holds values that are not finite numbers.")
    return ReferenceCells(features, labels.astype(np.int64), images.astype(np.str_))
