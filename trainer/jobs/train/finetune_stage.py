"""The fine-tuning stage: the network itself is trained, by Keras, on augmented cells."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.cache.arrays import ArrayCache, NotCachedError
from trainer.cache.results import key_of
from trainer.data.item import Item
from trainer.domain import SourceProfile
from trainer.errors import Cancelled
from trainer.jobs.common.labelled.cells import (
    LabelledArrays,
    LabelledView,
    OnImage,
    build_labelled_arrays,
    cached_source_profiles,
    dataset_of,
    read_labelled_views,
)
from trainer.jobs.common.labelled.leakage import TRAINING_SPLITS
from trainer.jobs.common.labelled.near_duplicates import FingerprintCache
from trainer.jobs.train.data import report_near_duplicates
from trainer.jobs.train.feature_extractor import create_network
from trainer.jobs.train.head_stage import FittedHead
from trainer.jobs.train.requirements import refuse_flat_features, refuse_missing_outputs
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
from trainer.locations import cache_folder
from trainer.models.backend import load_keras
from trainer.models.package.reference_cells import ReferenceCells
from trainer.protocol.events import JobWarning, MetricsResult
from trainer.training.checkpoint import Checkpoint
from trainer.training.history import History
from trainer.training.recipe import DivergenceError
from trainer.training.task import FineTuneTask, ValidationSet

FINETUNE_ACCEPTANCE_CELLS = 1200
VALIDATION_CELLS = 600


@dataclass(frozen=True, eq=False)
class _TrainingImages:
    """All that is read from the images.

    Attributes:
        labelled_views: of training and validation cells.
        profiles: of the sources.
        val: validation cells as they are.
        sets: held-out cells by name, "test" first.
        near_duplicates: notes on test cells that look like copies.
    """

    labelled_views: list[LabelledView]
    profiles: Mapping[str, SourceProfile]
    val: LabelledArrays
    sets: Mapping[str, LabelledArrays]
    near_duplicates: tuple[str, ...]


def run_finetune_stage(context: TrainingContext, fitted: FittedHead | None) -> TrainedModel:
    """Train the layers of a network as the recipe says.

    Args:
        fitted: the head that it begins with; None for a random network.

    Raises:
        UserError: the data, the weights or the recipe do not do.
        Cancelled: before there was anything worth keeping.
    """
    network = _build_initial_network(context, fitted)
    images = _read_images(context)
    from trainer.models.export.openvino import round_to_float16

    task = _build_task(network, images, context)
    checkpoint = Checkpoint(cache_folder() / "training" / _fingerprint(network, task, context))
    history = _fine_tune(network, task, context, checkpoint)
    round_to_float16(network)
    return TrainedModel(
        network,
        images.profiles,
        _compute_reference_cells(network, images, context),
        _predict_calibration_cells(network, images, context),
        len(images.val.items),
        {
            name: EvaluationSet(data.items, _predict(network, data.views, data.labels))
            for name, data in images.sets.items()
        },
        _subsample(images.val, FINETUNE_ACCEPTANCE_CELLS),
        history.rows(),
        (history.note(), *images.near_duplicates),
        None if history.stopped else checkpoint,
    )


def _build_initial_network(context: TrainingContext, fitted: FittedHead | None) -> Any:
    """Build the network that is fine-tuned: with a fitted head, unless its weights are random.

    A head fitted first keeps the first steps from distorting the features (Kumar
    et al., "Fine-tuning can distort pretrained features", ICLR 2022).
    """
    if fitted is None:
        return create_network(context, None)
    parent = context.plan.parent
    network = parent.card.id if parent else f"{context.plan.backbone.name} with these weights"
    refuse_flat_features(fitted.fit.head, network)
    load_keras()
    from trainer.models.export.head_swap import load_with_head

    return load_with_head(fitted.extractor, fitted.fit.head, context.plan.head)


def _read_images(context: TrainingContext) -> _TrainingImages:
    data = context.data
    fingerprints = FingerprintCache(context.cache)
    read = _read_views(context, data.manifest.items, data.hashes, fingerprints.note)
    fingerprints.save()
    for read_error in read.errors:
        context.emit(JobWarning(f"Left out: {read_error}"))
    for split in TRAINING_SPLITS:
        items = [each.item for each in read.labelled_views if each.item.split == split]
        refuse_missing_outputs(items, data.outputs, split)
    near_duplicates = report_near_duplicates(data, context.cache, context.emit)
    sets = {"test": build_labelled_arrays(read.labelled_views, "test", data.outputs)}
    for name, holdout in data.holdouts.items():
        views = _read_views(context, holdout.items, holdout.hashes).labelled_views
        sets[name] = build_labelled_arrays(views, "test", data.outputs)
    val = build_labelled_arrays(read.labelled_views, "val", data.outputs)
    labelled_views = [each for each in read.labelled_views if each.item.split != "test"]
    return _TrainingImages(labelled_views, read.profiles, val, sets, near_duplicates)


class _ReadViews(NamedTuple):
    labelled_views: list[LabelledView]
    errors: list[str]
    profiles: Mapping[str, SourceProfile]


def _read_views(
    context: TrainingContext,
    items: Sequence[Item],
    hashes: Mapping[Path, str],
    on_image: OnImage | None = None,
) -> _ReadViews:
    """Read every image as the network gets it, at the scale of its source."""
    plan, emit, should_stop = context.plan, context.emit, context.should_stop
    profiles = cached_source_profiles(items, hashes, context.cache, emit, should_stop)
    labelled_views, errors = read_labelled_views(
        items,
        profiles,
        plan.view,
        plan.size,
        on_progress=emit,
        should_stop=should_stop,
        on_image=on_image,
    )
    return _ReadViews(labelled_views, errors, profiles)


def _build_task(network: Any, images: _TrainingImages, context: TrainingContext) -> FineTuneTask:
    """Build the task; on cached activations where the recipe freezes layers and the disk allows."""
    from trainer.training.frozen_activations import cache_activations

    plan, data = context.plan, context.data
    val = _subsample(images.val, VALIDATION_CELLS)
    cells = dataset_of(images.labelled_views, "train", data.outputs, plan.view, plan.size)
    task = FineTuneTask(cells, plan.recipe, data.others, ValidationSet(val.views, val.labels))
    arrays = ArrayCache(cache_folder() / "activations")
    try:
        return cache_activations(
            network, task, arrays, on_progress=context.emit, should_stop=context.should_stop
        )
    except NotCachedError as error:
        text = "Activations at the cut are not kept, and cells are varied anew at every step."
        context.emit(JobWarning(f"{text} {error.message}", error.hint))
        return task


def _fingerprint(network: Any, task: FineTuneTask, context: TrainingContext) -> str:
    """Hash all that decides the result: weights, data, recipe, network and program."""
    plan, data = context.plan, context.data
    weights = hashlib.sha256()
    for array in network.get_weights():
        weights.update(np.ascontiguousarray(array).tobytes())
    key_parts = {
        "program": trainer.__version__,
        "weights": weights.hexdigest(),
        "data": data.digest(),
        "outputs": data.outputs,
        "view": asdict(plan.view),
        "recipe": plan.recipe.as_record(),
        "at the cut": task.activations is not None,
    }
    return key_of(key_parts).hex()[:24]


def _fine_tune(
    network: Any, task: FineTuneTask, context: TrainingContext, checkpoint: Checkpoint
) -> History:
    """Train in place; go on from where it broke off, if the request says so."""
    from trainer.training.model_soup import fine_tune_soup

    resume = context.plan.request.resume
    if resume and checkpoint.load() is None:
        context.emit(
            JobWarning("There is nothing to go on with; the training starts from its beginning.")
        )
    history = fine_tune_soup(
        network,
        task,
        checkpoint=checkpoint,
        resume=resume,
        on_progress=context.emit,
        on_metrics=lambda metrics: context.emit(MetricsResult(metrics=metrics)),
        should_stop=context.should_stop,
    )
    if not history.worth_keeping:
        raise Cancelled
    if history.accumulation_steps > 1:
        context.emit(
            JobWarning(
                f"Batches were cut into {history.accumulation_steps} parts, to fit the memory."
            )
        )
    return history


def _compute_reference_cells(
    network: Any, images: _TrainingImages, context: TrainingContext
) -> ReferenceCells:
    data = context.data
    train = build_labelled_arrays(images.labelled_views, "train", data.outputs)
    rows = choose_reference_rows(train.items, train.labels, context.plan.recipe.seed)
    outputs = _predict(network, train.views[rows], train.labels[rows])
    items = [train.items[row] for row in rows]
    return build_reference_cells(data.manifest.root, items, outputs.labels, outputs.pooled)


def _predict_calibration_cells(
    network: Any, images: _TrainingImages, context: TrainingContext
) -> ModelOutputs:
    """Run validation cells as they are, and each in one augmented view as in training.

    In-source cells alone made the model too sure of itself on other labs' cells.
    """
    from trainer.training.augmentation import augment
    from trainer.training.stain_style import measure_styles

    plan, recipe, outputs = context.plan, context.plan.recipe, context.data.outputs
    cells = dataset_of(images.labelled_views, "val", outputs, plan.view, plan.size)
    styles = measure_styles(cells, recipe.looks_on)
    augmented_views = [
        augment(
            cells, row, styles, recipe.augmentation, np.random.default_rng([recipe.seed, row, 2])
        )
        for row in range(len(cells))
    ]
    views = np.concatenate([images.val.views, np.stack(augmented_views)])
    return _predict(network, views, np.concatenate([images.val.labels, cells.label]))


def _subsample(val: LabelledArrays, limit: int) -> AcceptanceSet:
    """Take at most `limit` validation cells whose label the model knows, evenly spread."""
    known = np.flatnonzero(val.labels >= 0)
    rows = known[even_slice(len(known), limit)]
    return AcceptanceSet(val.views[rows], val.labels[rows])


def _predict(
    network: Any, views: NDArray[np.uint8], labels: NDArray[np.intp], batch: int = 32
) -> ModelOutputs:
    """Run labelled views, uint8 (N, S, S, 3), through a Keras network.

    A batch is always full, for Keras compiles the network anew for each length of it.
    """
    logits, pooled = [], []
    cells = np.zeros((batch, *views.shape[1:]), np.float32)
    for start in range(0, len(views), batch):
        part = views[start : start + batch]
        cells[: len(part)] = part
        outputs = network.predict_on_batch(cells)
        logits.append(np.asarray(outputs["logits"], np.float32)[: len(part)])
        pooled.append(np.asarray(outputs["pooled"], np.float32)[: len(part)])
    outputs_of_cells = ModelOutputs(labels, np.concatenate(logits), np.concatenate(pooled))
    if not (
        np.isfinite(outputs_of_cells.logits).all() and np.isfinite(outputs_of_cells.pooled).all()
    ):
        raise DivergenceError(
            "The trained network gives outputs that are no numbers.",
            "Try a lower learning rate, or begin from other weights.",
        )
    return outputs_of_cells
