"""The head stage: a head fitted on kept features of the frozen network, without Keras.

The validation cells on which the package of a fitted head is measured, at every precision.

What the frozen network makes of them does not change with its head, so it is kept like all
other features: with the next head nothing but that head is left to be asked. A head with
batch norm says something else by itself than in its graph (see `trainer.models.export.head_swap`),
so there the whole graph is asked of all cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import Item
from trainer.domain import Precision, ShouldStop, SourceProfile
from trainer.errors import Cancelled, UserError
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.inference.pipeline import forward
from trainer.jobs.common.labelled_cells import (
    cached_source_profiles,
    labels_of,
    read_labelled_views,
    refuse_empty,
)
from trainer.jobs.train.calibrate import Answers
from trainer.jobs.train.feature_extractor import stem_for
from trainer.jobs.train.features import FeatureReader, Features
from trainer.jobs.train.holdouts import HoldOut
from trainer.jobs.train.plan import Plan
from trainer.jobs.train.state import (
    Gate,
    Measured,
    Taught,
    Work,
    gate_rows,
    reference_cells,
    spread,
    tell_of_copies,
)
from trainer.models.export.acceptance import FAST
from trainer.models.export.feature_extractor import FeatureExtractor
from trainer.models.export.head_swap import HeadSwap
from trainer.models.export.runtime import native_precisions
from trainer.models.head import Head
from trainer.protocol.events import JobWarning
from trainer.training.head_fit import Examples, HeadFit, fit_head
from trainer.training.sampling import cell_weights, output_weights

# One changed answer among them is within the gate, two are not.
GATE_CELLS = 200
# Of these, so many pass through the whole graph of a package: its wiring and its constants
# are the same for every cell.
SHOWN_CELLS = 16

Views = dict[Item, NDArray[np.uint8]]
Show = Callable[[Sequence[Item]], Views]


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the validation cells of a head.

    Attributes:
        stem: the network up to its pooled features.
        reader: of features.
        features: of the cells, at f32.
        profiles: of the sources.
    """

    stem: FeatureExtractor
    reader: FeatureReader
    features: Features
    profiles: Mapping[str, SourceProfile]


@dataclass(frozen=True, eq=False)
class GateFeatures:
    """Cells that measure a head's package.

    Attributes:
        gate: some of them as the network is shown them, and the labels of all.
        pooled, shown: as in `HeadSwap`.
    """

    gate: Gate
    pooled: Mapping[Precision, NDArray[np.float32]]
    shown: NDArray[np.intp]


def gate_items(plan: Plan, items: Sequence[Item]) -> list[Item]:
    """The validation cells that measure a package, evenly spread."""
    return [items[row] for row in gate_rows(labels_of(items, plan.outputs), GATE_CELLS)]


def gate_features(work: Work, known: Known) -> GateFeatures:
    """Features of the cells at every precision at which the head can be asked, and views.

    Raises:
        UserError: more than a tenth of the images cannot be read any more.
        Cancelled: on the way.
    """
    items = gate_items(work.plan, known.features.items)
    show, whole = _shower(work, known), work.plan.head.batch_norm
    quick = {
        precision: _at_precision(precision, items, work, known, show)
        for precision in FAST
        if precision in native_precisions() and not whole
    }
    there = [item for item in items if all(item in found for found in quick.values())]
    views = show(there if whole else there[:: max(1, len(there) // SHOWN_CELLS)])
    return _joined(work.plan, known.features, list(views) if whole else there, quick, views)


def _joined(
    plan: Plan,
    features: Features,
    items: Sequence[Item],
    quick: Mapping[Precision, Mapping[Item, NDArray[np.float32]]],
    views: Views,
) -> GateFeatures:
    rows = {item: row for row, item in enumerate(features.items)}
    exact = features.pooled[0][[rows[item] for item in items]]
    faster = {name: np.stack([found[item] for item in items]) for name, found in quick.items()}
    return GateFeatures(
        Gate(np.stack(list(views.values())), labels_of(items, plan.outputs)),
        {Precision.F32: exact, **faster},
        np.array([items.index(item) for item in views], dtype=np.intp),
    )


def _at_precision(
    precision: Precision, items: Sequence[Item], work: Work, known: Known, show: Show
) -> dict[Item, NDArray[np.float32]]:
    """Features (K,) of cells at a precision; those of which there is no view are left out."""
    hashes, profiles = work.plan.hashes, known.profiles
    keys = {
        item: known.reader.key(hashes[item.path], profiles[item.source], 0, precision)
        for item in items
    }
    found = work.kept.get(keys.values())
    if missing := [item for item in items if keys[item] not in found]:
        passed = _passed(show(missing), precision, known.stem, work.should_stop)
        fresh = {keys[item]: row.tobytes() for item, row in passed.items()}
        work.kept.put(fresh)
        found |= fresh
    rows = {item: found[key] for item, key in keys.items() if key in found}
    return {item: np.frombuffer(row, np.float32) for item, row in rows.items()}


def _passed(
    views: Views, precision: Precision, stem: FeatureExtractor, should_stop: ShouldStop
) -> dict[Item, NDArray[np.float32]]:
    """What the network makes of views at a precision."""
    engine = OpenVinoEngine(stem.graph, precision=precision)
    found: dict[Item, NDArray[np.float32]] = {}
    for passed in forward(views, engine, views.__getitem__):
        if should_stop():
            raise Cancelled
        if passed.outputs:
            found |= dict(zip(passed.items, passed.outputs.pooled, strict=True))
    return found


def _shower(work: Work, known: Known) -> Show:
    """Gives kept views, and those of the other images after reading them."""
    plan, kept = work.plan, known.reader.views

    def show(items: Sequence[Item]) -> Views:
        keys = {
            item: kept.key(plan.hashes[item.path], known.profiles[item.source]) for item in items
        }
        found = kept.get(keys.values())
        if missing := {
            replace(item, split="test"): key for item, key in keys.items() if key not in found
        }:
            shots, _ = read_labelled_views(
                list(missing),
                known.profiles,
                plan.view,
                plan.size,
                on_progress=work.emit,
                should_stop=work.should_stop,
            )
            read = {missing[shot.item]: shot.view for shot in shots}
            kept.put(read)
            found |= read
        return {item: found[key] for item, key in keys.items() if key in found}

    return show


@dataclass(frozen=True, eq=False)
class HeadStage:
    """What the head stage leaves behind.

    Attributes:
        train, val: features of the splits.
    """

    stem: FeatureExtractor
    fit: HeadFit
    train: Features
    val: Features
    profiles: Mapping[str, SourceProfile]
    reader: FeatureReader


def teach_head(work: Work) -> Taught:
    """A network whose head alone is trained.

    Raises:
        UserError: the data or the weights do not do.
        Cancelled: before a head was fitted.
    """
    plan = work.plan
    stage = head_stage(work)
    head = stage.fit.head
    labels = labels_of(stage.train.items, plan.outputs)
    rows = spread(stage.train.items, labels, plan.recipe.seed)
    chosen = [stage.train.items[row] for row in rows]
    found = gate_features(work, Known(stage.stem, stage.reader, stage.val, stage.profiles))
    sets = _sets(work, stage)
    return Taught(
        HeadSwap(stage.stem, head, found.pooled, found.shown),
        stage.profiles,
        reference_cells(plan, chosen, labels[rows], stage.train.pooled[0][rows]),
        _answers(plan.outputs, stage.val, head),
        sets,
        found.gate,
        stage.fit.path,
        (_note(stage), *tell_of_copies(work)),
    )


def head_stage(work: Work, varied: int = 1) -> HeadStage:
    """Features of training and validation cells, and the head that fits them best.

    Args:
        varied: varied looks of each validation cell, for the calibration.
    """
    plan, recipe = work.plan, work.plan.recipe
    stem, profiles = _stem_and_profiles(work)
    reader = FeatureReader(
        stem, plan.view, recipe.augmentation, work.kept, work.emit, work.should_stop
    )
    train = reader.features_of(
        plan.manifest.split("train"), plan.hashes, profiles, recipe.head_looks
    )
    cells = plan.manifest.split("val")
    val = reader.features_of(cells, plan.hashes, profiles, varied, gate_items(plan, cells))
    for name, features in (("train", train), ("val", val)):
        refuse_empty(len(features.items), name)
        for fault in features.faults:
            work.emit(JobWarning(f"Left out: {fault}"))
    _refuse_missing(plan.outputs, train.items)
    fit = fit_head(
        _examples(work, train),
        _examples(work, val, looks=1),
        len(plan.outputs),
        plan.head,
        label_smoothing=recipe.label_smoothing,
        seed=recipe.seed,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    return HeadStage(stem, fit, train, val, profiles, reader)


def _stem_and_profiles(work: Work) -> tuple[FeatureExtractor, Mapping[str, SourceProfile]]:
    """Red cells are measured aside, for making a stem keeps one core busy and no more."""
    items = work.plan.manifest.items
    with ThreadPoolExecutor(1, thread_name_prefix="profiles") as aside:
        measured = aside.submit(
            cached_source_profiles, items, work.plan.hashes, work.kept, work.emit, work.should_stop
        )
        return stem_for(work, measured.result), measured.result()


def _examples(work: Work, features: Features, looks: int | None = None) -> Examples:
    """Every look of every cell as an example, weighted as cells are drawn for fine-tuning."""
    plan = work.plan
    pooled = features.pooled[:looks]
    label = labels_of(features.items, plan.outputs)
    sources = sorted({item.source for item in features.items})
    source = np.array([sources.index(item.source) for item in features.items], dtype=np.intp)
    shares = output_weights(plan.outputs, plan.others, plan.recipe.other_share)
    weight = cell_weights(label, source, shares, plan.recipe.source_power)
    views = len(pooled)
    return Examples(
        pooled.reshape(-1, pooled.shape[-1]), np.tile(label, views), np.tile(weight, views)
    )


def _refuse_missing(outputs: Sequence[str], items: Sequence[Item]) -> None:
    if missing := [name for name in outputs if name not in {item.label for item in items}]:
        raise UserError(
            f"There are no training images of {', '.join(missing)}.",
            "Add images of it, or leave the class out.",
        )


def _answers(outputs: Sequence[str], features: Features, head: Head) -> Answers:
    """Answers to every look, one look after the other."""
    views = len(features.pooled)
    pooled = features.pooled.reshape(-1, head.channels)
    labels = np.tile(labels_of(features.items, outputs), views)
    return Answers(labels, head.logits(pooled), pooled)


def _sets(work: Work, stage: HeadStage) -> dict[str, Measured]:
    plan, head = work.plan, stage.fit.head
    test = stage.reader.features_of(plan.manifest.split("test"), plan.hashes, stage.profiles)
    refuse_empty(len(test.items), "test")
    sets = {"test": test}
    for name, held in work.holdouts.items():
        sets[name] = _holdout(work, stage, held)
    return {
        name: Measured(features.items, _answers(plan.outputs, features, head))
        for name, features in sets.items()
    }


def _holdout(work: Work, stage: HeadStage, held: HoldOut) -> Features:
    profiles = cached_source_profiles(
        held.items, held.hashes, work.kept, work.emit, work.should_stop
    )
    return stage.reader.features_of(held.items, held.hashes, profiles)


def _note(stage: HeadStage) -> str:
    return (
        f"Only the head was trained, on features of {len(stage.train.items)} cells from the frozen"
        f" network; the weights are held back by {stage.fit.penalty:g}, which"
        f" {len(stage.val.items)} validation cells chose."
    )
