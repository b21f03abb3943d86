"""The head stage: a head fitted on cached features of the frozen network, without Keras.

What the frozen network computes does not change with its head. So the features of the validation
cells on which a package is accepted are cached, too, at every precision, and the next head alone
remains to be applied to them. A head with batch norm computes other logits by itself than in its
graph (see `trainer.models.export.head_swap`): there all of these cells pass through the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import Item
from trainer.domain import Precision, ShouldStop, SourceProfile
from trainer.errors import Cancelled
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.inference.pipeline import forward
from trainer.jobs.common.labelled.cells import (
    cached_source_profiles,
    labels_of,
    read_labelled_views,
    refuse_empty,
)
from trainer.jobs.train.data import LabelledData, report_near_duplicates
from trainer.jobs.train.feature_extractor import extractor_for
from trainer.jobs.train.features import FeatureReader, Features
from trainer.jobs.train.held_fit import fit_to_parent, is_head_held
from trainer.jobs.train.requirements import refuse_missing_outputs
from trainer.jobs.train.state import (
    AcceptanceSet,
    EvaluationSet,
    ModelOutputs,
    TrainedModel,
    TrainingContext,
    build_reference_cells,
    choose_reference_rows,
    even_slice,
)
from trainer.models.export.acceptance import FAST
from trainer.models.export.feature_extractor import FeatureExtractor
from trainer.models.export.head_swap import HeadSwap
from trainer.models.export.runtime import native_precisions
from trainer.models.head import Head
from trainer.protocol.events import JobWarning
from trainer.training.head_fit import Examples, HeadFit, fit_head
from trainer.training.held_head import CorrectedCells
from trainer.training.sampling import cell_weights, output_weights

# One changed class among them is within the acceptance check, two are not.
HEAD_ACCEPTANCE_CELLS = 200
# Of these, so many pass through the whole graph of a package: its wiring and its constants
# are the same for every cell.
VIEW_CELLS = 16

ViewsByItem = dict[Item, NDArray[np.uint8]]
ViewProvider = Callable[[Sequence[Item]], ViewsByItem]


@dataclass(frozen=True, eq=False)
class LabelledFeatures:
    """What the frozen network computes of labelled cells.

    Attributes:
        items: those that could be read, in order.
        labels: intp (N,), index of the output; -1 where the model has none for it.
        pooled: float32 (V, N, K): of each cell as it is, then of V - 1 augmented views.
        read_errors: of those that could not be read, in words.
    """

    items: tuple[Item, ...]
    labels: NDArray[np.intp]
    pooled: NDArray[np.float32]
    read_errors: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FittedHead:
    """A head, and the features that it was fitted on.

    Attributes:
        extractor: the network up to its pooled features.
        reader: of features of further cells.
        profiles: of the sources of the data.
        train, val: features of the splits.
    """

    extractor: FeatureExtractor
    reader: FeatureReader
    profiles: Mapping[str, SourceProfile]
    fit: HeadFit
    train: LabelledFeatures
    val: LabelledFeatures


@dataclass(frozen=True, eq=False)
class AcceptanceFeatures:
    """Cells on which a head's package is accepted.

    Attributes:
        acceptance: views of some of them, and the labels of all.
        pooled, cell_rows: as in `HeadSwap`.
    """

    acceptance: AcceptanceSet
    pooled: Mapping[Precision, NDArray[np.float32]]
    cell_rows: NDArray[np.intp]


def fit_head_stage(context: TrainingContext, augmented_views: int = 1) -> FittedHead:
    """Features of training and validation cells, and the head that fits them best.

    Args:
        augmented_views: of each validation cell, for the calibration.

    Raises:
        UserError: the data or the weights do not do.
        Cancelled: before a head was fitted.
    """
    plan, data = context.plan, context.data
    extractor, profiles = _extractor_and_profiles(context)
    augmentation = plan.recipe.augmentation
    reader = FeatureReader(
        extractor, plan.view, augmentation, context.cache, context.emit, context.should_stop
    )
    train = _label(
        data,
        reader.compute_features(
            data.manifest.split("train"), data.hashes, profiles, plan.recipe.head_looks
        ),
    )
    cells = data.manifest.split("val")
    val = _label(
        data,
        reader.compute_features(
            cells, data.hashes, profiles, augmented_views, choose_acceptance_items(data, cells)
        ),
    )
    _check_readable(context, {"train": train, "val": val})
    return FittedHead(extractor, reader, profiles, _fit(context, train, val), train, val)


def _label(data: LabelledData, features: Features) -> LabelledFeatures:
    labels = labels_of(features.items, data.outputs)
    return LabelledFeatures(features.items, labels, features.pooled, features.read_errors)


def _extractor_and_profiles(
    context: TrainingContext,
) -> tuple[FeatureExtractor, Mapping[str, SourceProfile]]:
    """Red cells are measured aside, for building an extractor keeps one core busy and no more."""
    data = context.data
    with ThreadPoolExecutor(1, thread_name_prefix="profiles") as aside:
        profiles = aside.submit(
            cached_source_profiles,
            data.manifest.items,
            data.hashes,
            context.cache,
            context.emit,
            context.should_stop,
        )
        return extractor_for(context, profiles.result), profiles.result()


def _check_readable(context: TrainingContext, splits: Mapping[str, LabelledFeatures]) -> None:
    """Refuse a split or a training class without a readable image; warn of every unreadable one."""
    for name, features in splits.items():
        refuse_empty(len(features.items), name)
        for read_error in features.read_errors:
            context.emit(JobWarning(f"Left out: {read_error}"))
    refuse_missing_outputs(splits["train"].items, context.data.labelled_outputs, "train")


def _fit(context: TrainingContext, train: LabelledFeatures, val: LabelledFeatures) -> HeadFit:
    recipe, data = context.plan.recipe, context.data
    if is_head_held(context.plan, data.classes):
        looks = len(train.pooled)
        cells = CorrectedCells(
            train.pooled.reshape(-1, train.pooled.shape[-1]), np.tile(train.labels, looks), looks
        )
        val_cells = _build_examples(context, val, max_views=1)
        known = len(data.classes)
        return fit_to_parent(context.plan, data.outputs, known, cells, val_cells, context.emit)
    return fit_head(
        _build_examples(context, train),
        _build_examples(context, val, max_views=1),
        len(data.outputs),
        context.plan.head,
        label_smoothing=recipe.label_smoothing,
        seed=recipe.seed,
        on_progress=context.emit,
        should_stop=context.should_stop,
    )


def _build_examples(
    context: TrainingContext, features: LabelledFeatures, max_views: int | None = None
) -> Examples:
    """Every view of every cell as an example, weighted as cells are drawn for fine-tuning."""
    recipe, data = context.plan.recipe, context.data
    pooled = features.pooled[:max_views]
    sources = sorted({item.source for item in features.items})
    source = np.array([sources.index(item.source) for item in features.items], dtype=np.intp)
    shares = output_weights(data.outputs, data.others, recipe.other_share)
    weight = cell_weights(features.labels, source, shares, recipe.source_power)
    views = len(pooled)
    return Examples(
        pooled.reshape(-1, pooled.shape[-1]),
        np.tile(features.labels, views),
        np.tile(weight, views),
    )


def run_head_stage(context: TrainingContext, fitted: FittedHead) -> TrainedModel:
    """The frozen network with its fitted head, and its outputs of held-out cells.

    Raises:
        UserError: too much of the data cannot be read.
        Cancelled: on the way.
    """
    data, train, head = context.data, fitted.train, fitted.fit.head
    rows = choose_reference_rows(train.items, train.labels, context.plan.recipe.seed)
    items = [train.items[row] for row in rows]
    accepted = compute_acceptance_features(context, fitted)
    sets = _build_evaluation_sets(context, fitted)
    return TrainedModel(
        HeadSwap(fitted.extractor, head, accepted.pooled, accepted.cell_rows),
        fitted.profiles,
        build_reference_cells(data.manifest.root, items, train.labels[rows], train.pooled[0][rows]),
        _predict(fitted.val, head),
        len(fitted.val.items),
        sets,
        accepted.acceptance,
        fitted.fit.path,
        (
            _describe_fit(context, fitted),
            *report_near_duplicates(data, context.cache, context.emit),
        ),
    )


def _build_evaluation_sets(
    context: TrainingContext, fitted: FittedHead
) -> dict[str, EvaluationSet]:
    data, reader = context.data, fitted.reader
    sets = {
        "test": reader.compute_features(data.manifest.split("test"), data.hashes, fitted.profiles)
    }
    refuse_empty(len(sets["test"].items), "test")
    for name, holdout in data.holdouts.items():
        profiles = cached_source_profiles(
            holdout.items, holdout.hashes, context.cache, context.emit, context.should_stop
        )
        sets[name] = reader.compute_features(holdout.items, holdout.hashes, profiles)
    return {
        name: EvaluationSet(features.items, _predict(_label(data, features), fitted.fit.head))
        for name, features in sets.items()
    }


def _predict(features: LabelledFeatures, head: Head) -> ModelOutputs:
    """Outputs of every view, one view after the other."""
    pooled = features.pooled.reshape(-1, head.channels)
    labels = np.tile(features.labels, len(features.pooled))
    return ModelOutputs(labels, head.logits(pooled), pooled)


def _describe_fit(context: TrainingContext, fitted: FittedHead) -> str:
    plan = context.plan
    if plan.parent and is_head_held(plan, context.data.classes):
        return (
            f"Only the head was trained, on features of {len(fitted.train.items)} cells from the "
            f"frozen network, and held to that of {plan.parent.card.id}."
        )
    return (
        f"Only the head was trained, on features of {len(fitted.train.items)} cells from the frozen"
        f" network; the weights are held back by {fitted.fit.penalty:g}, which"
        f" {len(fitted.val.items)} validation cells chose."
    )


def choose_acceptance_items(data: LabelledData, items: Sequence[Item]) -> list[Item]:
    """The validation cells on which a package is accepted, evenly spread."""
    known = [item for item in items if item.label in data.outputs]
    return known[even_slice(len(known), HEAD_ACCEPTANCE_CELLS)]


def compute_acceptance_features(context: TrainingContext, fitted: FittedHead) -> AcceptanceFeatures:
    """Features of the cells at every precision that this processor has, and views.

    Raises:
        UserError: more than a tenth of the images cannot be read any more.
        Cancelled: on the way.
    """
    items = choose_acceptance_items(context.data, fitted.val.items)
    provide_views = _view_provider(context, fitted)
    whole_graph = context.plan.head.batch_norm
    at_precision = {
        precision: _features_at_precision(precision, items, context, fitted, provide_views)
        for precision in FAST
        if precision in native_precisions() and not whole_graph
    }
    available = [item for item in items if all(item in each for each in at_precision.values())]
    step = 1 if whole_graph else max(1, len(available) // VIEW_CELLS)
    views = provide_views(available[::step])
    return _join_features(
        fitted.val, list(views) if whole_graph else available, at_precision, views
    )


def _join_features(
    features: LabelledFeatures,
    items: Sequence[Item],
    at_precision: Mapping[Precision, Mapping[Item, NDArray[np.float32]]],
    views: ViewsByItem,
) -> AcceptanceFeatures:
    row_of = {item: row for row, item in enumerate(features.items)}
    rows = [row_of[item] for item in items]
    faster = {
        name: np.stack([pooled[item] for item in items]) for name, pooled in at_precision.items()
    }
    return AcceptanceFeatures(
        AcceptanceSet(np.stack(list(views.values())), features.labels[rows]),
        {Precision.F32: features.pooled[0][rows], **faster},
        np.array([items.index(item) for item in views], dtype=np.intp),
    )


def _features_at_precision(
    precision: Precision,
    items: Sequence[Item],
    context: TrainingContext,
    fitted: FittedHead,
    provide_views: ViewProvider,
) -> dict[Item, NDArray[np.float32]]:
    """Features (K,) of cells at a precision; those of which there is no view are left out."""
    hashes, profiles = context.data.hashes, fitted.profiles
    keys = {
        item: fitted.reader.key(item.digest(hashes[item.path]), profiles[item.source], 0, precision)
        for item in items
    }
    found = context.cache.get(keys.values())
    if missing := [item for item in items if keys[item] not in found]:
        features = _extract_features(
            provide_views(missing), precision, fitted.extractor, context.should_stop
        )
        computed = {keys[item]: row.tobytes() for item, row in features.items()}
        context.cache.put(computed)
        found |= computed
    rows = {item: found[key] for item, key in keys.items() if key in found}
    return {item: np.frombuffer(row, np.float32) for item, row in rows.items()}


def _extract_features(
    views: ViewsByItem, precision: Precision, extractor: FeatureExtractor, should_stop: ShouldStop
) -> dict[Item, NDArray[np.float32]]:
    """What the network computes of views at a precision."""
    engine = OpenVinoEngine(extractor.graph, precision=precision)
    found: dict[Item, NDArray[np.float32]] = {}
    for batch in forward(views, engine, views.__getitem__):
        if should_stop():
            raise Cancelled
        if batch.outputs:
            found |= dict(zip(batch.items, batch.outputs.pooled, strict=True))
    return found


def _view_provider(context: TrainingContext, fitted: FittedHead) -> ViewProvider:
    """Gives cached views, and those of the other images after reading them."""
    plan, hashes = context.plan, context.data.hashes
    profiles, cache = fitted.profiles, fitted.reader.views

    def provide_views(items: Sequence[Item]) -> ViewsByItem:
        keys = {
            item: cache.key(item.digest(hashes[item.path]), profiles[item.source]) for item in items
        }
        found = cache.get(keys.values())
        if missing := {
            replace(item, split="test"): key for item, key in keys.items() if key not in found
        }:
            labelled_views, _ = read_labelled_views(
                list(missing),
                profiles,
                plan.view,
                plan.size,
                on_progress=context.emit,
                should_stop=context.should_stop,
            )
            read = {missing[each.item]: each.view for each in labelled_views}
            cache.put(read)
            found |= read
        return {item: found[key] for item, key in keys.items() if key in found}

    return provide_views
