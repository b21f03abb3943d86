"""The corrected cells of an adapted model, and the head that it began at: `adaptation.npz`.

With both, an adaptation can begin at the same head again and take further cells, wherever the
package is and whatever became of the images.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import PackageError
from trainer.models.head import Head
from trainer.models.safe_files.npz import read_arrays, write_arrays

_HEAD = ("kernel", "bias", "scale", "shift", "hidden_kernel", "hidden_bias")
_TEXTS = ("labels", "digests", "images", "sources", "groups")
_PREFIX = "began_"


@dataclass(frozen=True, eq=False)
class CorrectedCellsFile:
    """N cells whose label a person gave, and the head of the model before any was given.

    Attributes:
        pooled: float32 (N, K).
        labels: (N,), names of classes and of kinds outside of them.
        digests: (N,), each tells a cell by its pixels from all others.
        images: (N,), names of the cells.
        sources: (N,), labs or scanners; empty where not known.
        groups: (N,), equal for cells that must not be parted, such as those of one patient.
        head: of the fully trained model.
        classes, other_classes: the outputs of that head, in order.
        reference_cells: how many of the first reference cells are that model's.
    """

    pooled: NDArray[np.float32]
    labels: NDArray[np.str_]
    digests: NDArray[np.str_]
    images: NDArray[np.str_]
    sources: NDArray[np.str_]
    groups: NDArray[np.str_]
    head: Head
    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    reference_cells: int

    def __post_init__(self) -> None:
        count = len(self.labels)
        texts = [getattr(self, name) for name in _TEXTS]
        shapes_fit = all(each.shape == (count,) for each in texts)
        if not shapes_fit or self.pooled.shape != (count, self.head.channels):
            raise PackageError(
                f"The corrected cells do not fit together: {self.pooled.shape} features for "
                f"{count} labels and a head of {self.head.channels} features."
            )
        outputs = len(self.classes) + len(self.other_classes)
        if self.head.outputs != outputs:
            raise PackageError(
                f"The head before the adaptation has {self.head.outputs} outputs, but "
                f"{outputs} names."
            )

    def save(self, path: Path) -> None:
        """Write `adaptation.npz`."""
        layers = {
            _PREFIX + name: value
            for name in _HEAD
            if (value := getattr(self.head, name)) is not None
        }
        arrays = {
            "pooled": self.pooled.astype(np.float32),
            **{name: _as_text(getattr(self, name)) for name in _TEXTS},
            "classes": _as_text(self.classes),
            "other_classes": _as_text(self.other_classes),
            "reference_cells": np.array(self.reference_cells),
        }
        write_arrays(path, {**arrays, **layers})


def load_corrected_cells(path: Path) -> CorrectedCellsFile:
    """Read `adaptation.npz`; nothing in it is unpickled.

    Raises:
        PackageError: unreadable, or arrays of other names, kinds or lengths.
    """
    arrays = read_arrays(path)
    own = {"pooled", *_TEXTS, "classes", "other_classes", "reference_cells"}
    layers = {_PREFIX + name for name in _HEAD}
    if not own | {_PREFIX + "kernel", _PREFIX + "bias"} <= arrays.keys() <= own | layers:
        raise PackageError(
            f"“{path.name}” holds {', '.join(sorted(arrays))}, not the cells of an adaptation."
        )
    texts = {name: arrays[name] for name in (*_TEXTS, "classes", "other_classes")}
    numbers = {name: arrays[name] for name in arrays.keys() - texts.keys()}
    if any(each.dtype.kind != "U" for each in texts.values()):
        raise PackageError(f"“{path.name}” holds values of the wrong kind.")
    if any(each.dtype.kind not in "fiu" for each in numbers.values()):
        raise PackageError(f"“{path.name}” holds values of the wrong kind.")
    if not all(np.isfinite(each.astype(np.float64)).all() for each in numbers.values()):
        raise PackageError(f"“{path.name}” holds values that are not finite numbers.")
    head = {
        name.removeprefix(_PREFIX): np.asarray(arrays[name], np.float32)
        for name in arrays.keys() & layers
    }
    return CorrectedCellsFile(
        pooled=np.asarray(arrays["pooled"], np.float32),
        **{name: texts[name].astype(np.str_) for name in _TEXTS},
        head=Head(**head),
        classes=tuple(map(str, texts["classes"])),
        other_classes=tuple(map(str, texts["other_classes"])),
        reference_cells=int(arrays["reference_cells"]),
    )


def _as_text(values: object) -> NDArray[np.str_]:
    return np.asarray(values, dtype=np.str_)
