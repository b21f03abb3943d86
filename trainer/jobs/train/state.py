"""What the steps of a training share: its context, and the model that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.cache.results import ResultCache
from trainer.data.item import Item
from trainer.domain import ShouldStop, SourceProfile
from trainer.inference.feature_distance import NEIGHBOURS
from trainer.jobs.train.data import LabelledData
from trainer.jobs.train.plan import Plan
from trainer.models.package.reference_cells import ReferenceCells
from trainer.protocol.events import Emit
from trainer.training.checkpoint import Checkpoint

REFERENCE_CELLS = 900


@dataclass(frozen=True, eq=False)
class TrainingContext:
    """One training under way.

    Attributes:
        cache: of features, views, profiles and fingerprints.
    """

    plan: Plan
    data: LabelledData
    cache: ResultCache
    emit: Emit
    should_stop: ShouldStop


@dataclass(frozen=True, eq=False)
class ModelOutputs:
    """What a network computes of labelled cells.

    Attributes:
        labels: intp (N,), index of the right output; -1 where the model has none for it.
        logits: (N, C).
        pooled: float32 (N, K).
    """

    labels: NDArray[np.intp]
    logits: NDArray[np.float32]
    pooled: NDArray[np.float32]

    def first(self, count: int) -> ModelOutputs:
        """Return the outputs of the first `count` cells."""
        return ModelOutputs(self.labels[:count], self.logits[:count], self.pooled[:count])


@dataclass(frozen=True, eq=False)
class EvaluationSet:
    """Cells and the network's outputs of them."""

    items: Sequence[Item]
    outputs: ModelOutputs


@dataclass(frozen=True, eq=False)
class AcceptanceSet:
    """Validation cells on which the files of a network are checked and measured.

    Attributes:
        views: uint8 (M, S, S, 3), those that pass through the whole graph.
        labels: intp (N,), right outputs of the cells on which precisions are measured: those
            of the views, or those whose features the network brings along.
    """

    views: NDArray[np.uint8]
    labels: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A trained network, and its outputs of the cells that it is measured on.

    Attributes:
        network: as `PackageContents.network`.
        profiles: of the sources of the data.
        reference: training cells to compare with.
        calibration_outputs: validation cells, as they are, then in augmented views.
        calibration_cells: how many come as they are.
        sets: held-out cells by name, "test" first.
        acceptance: validation cells on which the files of the network are checked and measured.
        history: rows of `history.csv`.
        notes: how it was trained, for its card.
        checkpoint: what is needless once the package is written.
    """

    network: Any
    profiles: Mapping[str, SourceProfile]
    reference: ReferenceCells
    calibration_outputs: ModelOutputs
    calibration_cells: int
    sets: Mapping[str, EvaluationSet]
    acceptance: AcceptanceSet
    history: Sequence[Mapping[str, float | str]]
    notes: tuple[str, ...]
    checkpoint: Checkpoint | None = None


def choose_reference_rows(
    items: Sequence[Item], labels: NDArray[np.intp], seed: int
) -> NDArray[np.intp]:
    """Rows of training cells to keep: outputs alike, and sources alike within an output."""
    rng = np.random.default_rng(seed)
    keys = [(int(label), item.source) for label, item in zip(labels, items, strict=True)]
    groups = sorted(set(keys))
    share = max(REFERENCE_CELLS // len(groups), NEIGHBOURS)
    chosen: list[int] = []
    for group in groups:
        rows = [row for row, key in enumerate(keys) if key == group]
        chosen.extend(rng.permutation(rows)[:share].tolist())
    return np.array(sorted(chosen), dtype=np.intp)


def build_reference_cells(
    root: Path, items: Sequence[Item], labels: NDArray[np.intp], pooled: NDArray[np.float32]
) -> ReferenceCells:
    """Training cells to compare with, features in float16.

    Args:
        root: folder of the data; the cells are named by their place below it.
        items, labels, pooled: (M,), (M,) and (M, K), as chosen by `choose_reference_rows`.
    """
    names = np.array([item.name(root) for item in items])
    return ReferenceCells(pooled.astype(np.float16), labels.astype(np.int64), names)


def even_slice(count: int, limit: int) -> slice:
    """A slice that takes at most `limit` of `count` things, evenly spread."""
    return slice(None, None, max(1, -(-count // limit)))
