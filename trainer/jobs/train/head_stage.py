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
from trainer.jobs.train.calibrate import ModelOutputs
from trainer.jobs.train.feature_extractor import extractor_for
from trainer.jobs.train.features import FeatureReader, Features
from trainer.jobs.train.holdouts import HoldOut
from trainer.jobs.train.plan import Plan
from trainer.jobs.train.state import (
    AcceptanceSet,
    EvaluationSet,
    TrainedModel,
    TrainingContext,
    build_reference_cells,
    choose_acceptance_rows,
    choose_reference_rows,
    report_near_duplicates,
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
HEAD_ACCEPTANCE_CELLS = 200
# Of these, so many pass through the whole graph of a package: its wiring and its constants
# are the same for every cell.
VIEW_CELLS = 16

ViewsByItem = dict[Item, NDArray[np.uint8]]
ViewProvider = Callable[[Sequence[Item]], ViewsByItem]


@dataclass(frozen=True, eq=False)
class ValidationFeatures:
    """What is known of the validation cells of a head.

    Attributes:
        extractor: the network up to its pooled features.
        reader: of features.
        features: of the cells, at f32.
        profiles: of the sources.
    """

    extractor: FeatureExtractor
    reader: FeatureReader
    features: Features
    profiles: Mapping[str, SourceProfile]


@dataclass(frozen=True, eq=False)
class AcceptanceFeatures:
    """Cells that measure a head's package.

    Attributes:
        acceptance: some of them as the network is shown them, and the labels of all.
        pooled, shown: as in `HeadSwap`.
    """

    acceptance: AcceptanceSet
    pooled: Mapping[Precision, NDArray[np.float32]]
    cell_rows: NDArray[np.intp]


def choose_acceptance_items(plan: Plan, items: Sequence[Item]) -> list[Item]:
    """The validation cells that measure a package, evenly spread."""
    return [
        items[row]
        for row in choose_acceptance_rows(labels_of(items, plan.outputs), HEAD_ACCEPTANCE_CELLS)
    ]


def compute_acceptance_features(
    context: TrainingContext, validation: ValidationFeatures
) -> AcceptanceFeatures:
    """Features of the cells at every precision at which the head can be asked, and views.

    Raises:
        UserError: more than a tenth of the images cannot be read any more.
        Cancelled: on the way.
    """
    items = choose_acceptance_items(context.plan, validation.features.items)
    show, whole = _view_provider(context, validation), context.plan.head.batch_norm
    quick = {
        precision: _features_at_precision(precision, items, context, validation, show)
        for precision in FAST
        if precision in native_precisions() and not whole
    }
    there = [item for item in items if all(item in found for found in quick.values())]
    views = show(there if whole else there[:: max(1, len(there) // VIEW_CELLS)])
    return _join_features(
        context.plan, validation.features, list(views) if whole else there, quick, views
    )


def _join_features(
    plan: Plan,
    features: Features,
    items: Sequence[Item],
    at_precision: Mapping[Precision, Mapping[Item, NDArray[np.float32]]],
    views: ViewsByItem,
) -> AcceptanceFeatures:
    rows = {item: row for row, item in enumerate(features.items)}
    exact = features.pooled[0][[rows[item] for item in items]]
    faster = {
        name: np.stack([found[item] for item in items]) for name, found in at_precision.items()
    }
    return AcceptanceFeatures(
        AcceptanceSet(np.stack(list(views.values())), labels_of(items, plan.outputs)),
        {Precision.F32: exact, **faster},
        np.array([items.index(item) for item in views], dtype=np.intp),
    )


def _features_at_precision(
    precision: Precision,
    items: Sequence[Item],
    context: TrainingContext,
    validation: ValidationFeatures,
    provide_views: ViewProvider,
) -> dict[Item, NDArray[np.float32]]:
    """Features (K,) of cells at a precision; those of which there is no view are left out."""
    hashes, profiles = context.plan.hashes, validation.profiles
    keys = {
        item: validation.reader.key(hashes[item.path], profiles[item.source], 0, precision)
        for item in items
    }
    found = context.cache.get(keys.values())
    if missing := [item for item in items if keys[item] not in found]:
        passed = _extract_features(
            provide_views(missing), precision, validation.extractor, context.should_stop
        )
        fresh = {keys[item]: row.tobytes() for item, row in passed.items()}
        context.cache.put(fresh)
        found |= fresh
    rows = {item: found[key] for item, key in keys.items() if key in found}
    return {item: np.frombuffer(row, np.float32) for item, row in rows.items()}


def _extract_features(
    views: ViewsByItem, precision: Precision, extractor: FeatureExtractor, should_stop: ShouldStop
) -> dict[Item, NDArray[np.float32]]:
    """What the network makes of views at a precision."""
    engine = OpenVinoEngine(extractor.graph, precision=precision)
    found: dict[Item, NDArray[np.float32]] = {}
    for passed in forward(views, engine, views.__getitem__):
        if should_stop():
            raise Cancelled
        if passed.outputs:
            found |= dict(zip(passed.items, passed.outputs.pooled, strict=True))
    return found


def _view_provider(context: TrainingContext, validation: ValidationFeatures) -> ViewProvider:
    """Gives kept views, and those of the other images after reading them."""
    plan, kept = context.plan, validation.reader.views

    def show(items: Sequence[Item]) -> ViewsByItem:
        keys = {
            item: kept.key(plan.hashes[item.path], validation.profiles[item.source])
            for item in items
        }
        found = kept.get(keys.values())
        if missing := {
            replace(item, split="test"): key for item, key in keys.items() if key not in found
        }:
            shots, _ = read_labelled_views(
                list(missing),
                validation.profiles,
                plan.view,
                plan.size,
                on_progress=context.emit,
                should_stop=context.should_stop,
            )
            read = {missing[shot.item]: shot.view for shot in shots}
            kept.put(read)
            found |= read
        return {item: found[key] for item, key in keys.items() if key in found}

    return show


@dataclass(frozen=True, eq=False)
class HeadStageResult:
    """What the head stage leaves behind.

    Attributes:
        train, val: features of the splits.
    """

    extractor: FeatureExtractor
    fit: HeadFit
    train: Features
    val: Features
    profiles: Mapping[str, SourceProfile]
    reader: FeatureReader


def run_head_stage(context: TrainingContext) -> TrainedModel:
    """A network whose head alone is trained.

    Raises:
        UserError: the data or the weights do not do.
        Cancelled: before a head was fitted.
    """
    plan = context.plan
    stage = fit_head_stage(context)
    head = stage.fit.head
    labels = labels_of(stage.train.items, plan.outputs)
    rows = choose_reference_rows(stage.train.items, labels, plan.recipe.seed)
    chosen = [stage.train.items[row] for row in rows]
    found = compute_acceptance_features(
        context, ValidationFeatures(stage.extractor, stage.reader, stage.val, stage.profiles)
    )
    sets = _build_evaluation_sets(context, stage)
    return TrainedModel(
        HeadSwap(stage.extractor, head, found.pooled, found.cell_rows),
        stage.profiles,
        build_reference_cells(plan, chosen, labels[rows], stage.train.pooled[0][rows]),
        _predict_from_features(plan.outputs, stage.val, head),
        sets,
        found.acceptance,
        stage.fit.path,
        (_describe_stage(stage), *report_near_duplicates(context)),
    )


def fit_head_stage(context: TrainingContext, augmented_views: int = 1) -> HeadStageResult:
    """Features of training and validation cells, and the head that fits them best.

    Args:
        augmented_views: varied looks of each validation cell, for the calibration.
    """
    plan, recipe = context.plan, context.plan.recipe
    stem, profiles = _extractor_and_profiles(context)
    reader = FeatureReader(
        stem, plan.view, recipe.augmentation, context.cache, context.emit, context.should_stop
    )
    train = reader.compute_features(
        plan.manifest.split("train"), plan.hashes, profiles, recipe.head_looks
    )
    cells = plan.manifest.split("val")
    val = reader.compute_features(
        cells, plan.hashes, profiles, augmented_views, choose_acceptance_items(plan, cells)
    )
    for name, features in (("train", train), ("val", val)):
        refuse_empty(len(features.items), name)
        for fault in features.faults:
            context.emit(JobWarning(f"Left out: {fault}"))
    _refuse_missing(plan.outputs, train.items)
    fit = fit_head(
        _build_examples(context, train),
        _build_examples(context, val, max_views=1),
        len(plan.outputs),
        plan.head,
        label_smoothing=recipe.label_smoothing,
        seed=recipe.seed,
        on_progress=context.emit,
        should_stop=context.should_stop,
    )
    return HeadStageResult(stem, fit, train, val, profiles, reader)


def _extractor_and_profiles(
    context: TrainingContext,
) -> tuple[FeatureExtractor, Mapping[str, SourceProfile]]:
    """Red cells are measured aside, for making a stem keeps one core busy and no more."""
    items = context.plan.manifest.items
    with ThreadPoolExecutor(1, thread_name_prefix="profiles") as aside:
        measured = aside.submit(
            cached_source_profiles,
            items,
            context.plan.hashes,
            context.cache,
            context.emit,
            context.should_stop,
        )
        return extractor_for(context, measured.result), measured.result()


def _build_examples(
    context: TrainingContext, features: Features, max_views: int | None = None
) -> Examples:
    """Every look of every cell as an example, weighted as cells are drawn for fine-tuning."""
    plan = context.plan
    pooled = features.pooled[:max_views]
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


def _predict_from_features(outputs: Sequence[str], features: Features, head: Head) -> ModelOutputs:
    """Answers to every look, one look after the other."""
    views = len(features.pooled)
    pooled = features.pooled.reshape(-1, head.channels)
    labels = np.tile(labels_of(features.items, outputs), views)
    return ModelOutputs(labels, head.logits(pooled), pooled)


def _build_evaluation_sets(
    context: TrainingContext, stage: HeadStageResult
) -> dict[str, EvaluationSet]:
    plan, head = context.plan, stage.fit.head
    test = stage.reader.compute_features(plan.manifest.split("test"), plan.hashes, stage.profiles)
    refuse_empty(len(test.items), "test")
    sets = {"test": test}
    for name, held in context.holdouts.items():
        sets[name] = _holdout_features(context, stage, held)
    return {
        name: EvaluationSet(features.items, _predict_from_features(plan.outputs, features, head))
        for name, features in sets.items()
    }


def _holdout_features(
    context: TrainingContext, stage: HeadStageResult, holdout: HoldOut
) -> Features:
    profiles = cached_source_profiles(
        holdout.items, holdout.hashes, context.cache, context.emit, context.should_stop
    )
    return stage.reader.compute_features(holdout.items, holdout.hashes, profiles)


def _describe_stage(stage: HeadStageResult) -> str:
    return (
        f"Only the head was trained, on features of {len(stage.train.items)} cells from the frozen"
        f" network; the weights are held back by {stage.fit.penalty:g}, which"
        f" {len(stage.val.items)} validation cells chose."
    )
