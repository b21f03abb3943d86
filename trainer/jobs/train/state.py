"""What the stages of a training share: what is to be done, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.cache.results import ResultCache
from trainer.data.item import Item, relative_name
from trainer.domain import ShouldStop, SourceProfile
from trainer.inference.feature_distance import NEIGHBOURS
from trainer.jobs.common.near_duplicates import describe_near_duplicates
from trainer.jobs.train.calibrate import ModelOutputs
from trainer.jobs.train.holdouts import HoldOut
from trainer.jobs.train.plan import Plan
from trainer.models.package.reference_cells import ReferenceCells
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import TrainRequest
from trainer.training.checkpoint import Checkpoint

REFERENCE_CELLS = 900


@dataclass(frozen=True, eq=False)
class TrainingContext:
    """One training under way.

    Attributes:
        holdouts: further cells to measure on, by name.
    """

    plan: Plan
    request: TrainRequest
    cache: ResultCache
    emit: Emit
    should_stop: ShouldStop
    holdouts: Mapping[str, HoldOut] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class EvaluationSet:
    """Cells and what the network says of them."""

    items: Sequence[Item]
    outputs: ModelOutputs


@dataclass(frozen=True, eq=False)
class AcceptanceSet:
    """Validation cells on which the files of a network are checked and measured.

    Attributes:
        views: uint8 (M, S, S, 3), those that pass through the whole graph.
        labels: intp (N,), right outputs of the cells on which precisions are measured: those
            that are shown, or those whose features the network brings along.
    """

    views: NDArray[np.uint8]
    labels: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A trained network, and what it says of the cells that it is judged by.

    Attributes:
        network: as `PackageContents.network`.
        profiles: of the sources of the data.
        reference: training cells to compare with.
        calibration_outputs: validation cells, as they are and in other looks.
        sets: held-out cells by name, "test" first.
        acceptance: validation cells on which the files of the network are checked and measured.
        history: rows of `history.csv`.
        notes: what is said in the card of how it was trained.
        checkpoint: what is needless once the package is written.
    """

    network: Any
    profiles: Mapping[str, SourceProfile]
    reference: ReferenceCells
    calibration_outputs: ModelOutputs
    sets: Mapping[str, EvaluationSet]
    acceptance: AcceptanceSet
    history: Sequence[Mapping[str, float | str]]
    notes: tuple[str, ...]
    checkpoint: Checkpoint | None = None


def build_reference_cells(
    plan: Plan, items: Sequence[Item], labels: NDArray[np.intp], pooled: NDArray[np.float32]
) -> ReferenceCells:
    """Training cells to compare with, features in float16.

    Args:
        items, labels, pooled: (M,), (M,) and (M, K), as chosen by `choose_reference_rows`.
    """
    names = np.array([relative_name(item.path, plan.manifest.root) for item in items])
    return ReferenceCells(pooled.astype(np.float16), labels.astype(np.int64), names)


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


def report_near_duplicates(context: TrainingContext) -> tuple[str, ...]:
    """Tell of test images that look like images that are learned from, once all were read."""
    notes = describe_near_duplicates(context.plan.manifest, context.plan.hashes, context.cache)
    for note in notes:
        context.emit(JobWarning(note))
    return notes


def choose_acceptance_rows(labels: NDArray[np.intp], limit: int) -> NDArray[np.intp]:
    """Rows, evenly spread, of at most `limit` cells whose label the model knows."""
    taught = np.flatnonzero(labels >= 0)
    return taught[:: max(1, -(-len(taught) // limit))]
