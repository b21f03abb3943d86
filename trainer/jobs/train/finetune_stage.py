"""The fine-tuning stage: the network itself is trained, by Keras, on cells in varied looks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import trainer
from trainer.cache.arrays import ArrayCache, NotCachedError
from trainer.cache.results import key_of
from trainer.domain import SourceProfile
from trainer.errors import Cancelled
from trainer.jobs.common.labelled_cells import (
    LabelledArrays,
    LabelledView,
    build_labelled_arrays,
    cached_source_profiles,
    dataset_of,
    read_labelled_views,
)
from trainer.jobs.common.near_duplicates import FingerprintCache
from trainer.jobs.train.calibrate import ModelOutputs, predict
from trainer.jobs.train.feature_extractor import create_network
from trainer.jobs.train.head_stage import fit_head_stage
from trainer.jobs.train.holdouts import HoldOut
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
from trainer.locations import cache_folder
from trainer.models.backend import load_keras
from trainer.protocol.events import JobWarning
from trainer.training.checkpoint import Checkpoint
from trainer.training.history import History
from trainer.training.task import FineTuneTask, ValidationSet

FINETUNE_ACCEPTANCE_CELLS = 1200
VALIDATION_CELLS = 600


@dataclass(frozen=True, eq=False)
class _TrainingImages:
    """Everything read from the images, and what was said of copies among them."""

    labelled_views: list[LabelledView]
    profiles: Mapping[str, SourceProfile]
    sets: Mapping[str, LabelledArrays]
    near_duplicates: tuple[str, ...]


def run_finetune_stage(context: TrainingContext) -> TrainedModel:
    """A network whose layers are trained as the recipe says, after its head.

    Raises:
        UserError: the data, the weights or the recipe do not do.
        Cancelled: before there was anything worth keeping.
    """
    plan = context.plan
    network = _build_initial_network(context)
    held = _read_images(context)
    from trainer.models.export.openvino import round_to_float16

    lesson = _build_task(network, held, context)
    checkpoint = Checkpoint(cache_folder() / "training" / _fingerprint(network, lesson, context))
    history = _fine_tune(network, lesson, context, checkpoint)
    round_to_float16(network)
    train = build_labelled_arrays(held.labelled_views, "train", plan.outputs)
    rows = choose_reference_rows(train.items, train.labels, plan.recipe.seed)
    near = predict(network, train.views[rows], train.labels[rows])
    gate = _subsample(
        build_labelled_arrays(held.labelled_views, "val", plan.outputs), FINETUNE_ACCEPTANCE_CELLS
    )
    return TrainedModel(
        network,
        held.profiles,
        build_reference_cells(plan, [train.items[row] for row in rows], near.labels, near.pooled),
        _predict_calibration_cells(network, held, context),
        {
            name: EvaluationSet(data.items, predict(network, data.views, data.labels))
            for name, data in held.sets.items()
        },
        AcceptanceSet(gate.views, gate.labels),
        history.rows(),
        (history.note(), *held.near_duplicates),
        None if history.stopped else checkpoint,
    )


def _build_task(network: Any, images: _TrainingImages, context: TrainingContext) -> FineTuneTask:
    """What is learned from; at the cut where the recipe says so and it can be done."""
    from trainer.training.frozen_activations import cache_activations

    plan = context.plan
    val = _subsample(
        build_labelled_arrays(images.labelled_views, "val", plan.outputs), VALIDATION_CELLS
    )
    cells = dataset_of(images.labelled_views, "train", plan.outputs, plan.view, plan.size)
    lesson = FineTuneTask(cells, plan.recipe, plan.others, ValidationSet(val.views, val.labels))
    arrays = ArrayCache(cache_folder() / "activations")
    try:
        return cache_activations(
            network, lesson, arrays, on_progress=context.emit, should_stop=context.should_stop
        )
    except NotCachedError as error:
        said = "Activations at the cut are not kept, and cells are varied anew at every step."
        context.emit(JobWarning(f"{said} {error.message}", error.hint))
        return lesson


def _fine_tune(
    network: Any, task: FineTuneTask, context: TrainingContext, checkpoint: Checkpoint
) -> History:
    """Train in place; go on from where it broke off, if that was asked for."""
    from trainer.training.model_soup import fine_tune_soup

    if context.request.resume and checkpoint.load() is None:
        context.emit(
            JobWarning("There is nothing to go on with; the training starts from its beginning.")
        )
    history = fine_tune_soup(
        network,
        task,
        checkpoint=checkpoint,
        resume=context.request.resume,
        on_progress=context.emit,
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


def _fingerprint(network: Any, task: FineTuneTask, context: TrainingContext) -> str:
    """Of all that decides the result: weights, data, recipe, network and program."""
    plan = context.plan
    weights = hashlib.sha256()
    for array in network.get_weights():
        weights.update(np.ascontiguousarray(array).tobytes())
    made_of = {
        "program": trainer.__version__,
        "weights": weights.hexdigest(),
        "data": plan.digest(),
        "outputs": plan.outputs,
        "view": asdict(plan.view),
        "recipe": plan.recipe.as_record(),
        "at the cut": task.activations is not None,
    }
    return key_of(made_of).hex()[:24]


def _read_images(context: TrainingContext) -> _TrainingImages:
    plan = context.plan
    profiles = cached_source_profiles(
        plan.manifest.items, plan.hashes, context.cache, context.emit, context.should_stop
    )
    prints = FingerprintCache(context.cache)
    shots, faults = read_labelled_views(
        plan.manifest.items,
        profiles,
        plan.view,
        plan.size,
        on_progress=context.emit,
        should_stop=context.should_stop,
        on_image=prints.note,
    )
    prints.save()
    for fault in faults:
        context.emit(JobWarning(f"Left out: {fault}"))
    copies = report_near_duplicates(context)
    sets = {"test": build_labelled_arrays(shots, "test", plan.outputs)}
    for name, held in context.holdouts.items():
        sets[name] = _read_holdout(context, held)
    return _TrainingImages(shots, profiles, sets, copies)


def _read_holdout(context: TrainingContext, holdout: HoldOut) -> LabelledArrays:
    plan = context.plan
    profiles = cached_source_profiles(
        holdout.items, holdout.hashes, context.cache, context.emit, context.should_stop
    )
    shots, _ = read_labelled_views(
        holdout.items,
        profiles,
        plan.view,
        plan.size,
        on_progress=context.emit,
        should_stop=context.should_stop,
    )
    return build_labelled_arrays(shots, "test", plan.outputs)


def _build_initial_network(context: TrainingContext) -> Any:
    """The network as its fine-tuning begins: with a head that fits, where features say much.

    A head fitted first keeps the features from being torn about by the first steps (Kumar
    et al., "Fine-tuning can distort pretrained features", ICLR 2022).
    """
    if context.plan.parent is None and context.request.weights == "none":
        return create_network(context, None)
    stage = fit_head_stage(context, augmented_views=0)
    load_keras()
    from trainer.models.export.head_swap import load_with_head

    return load_with_head(stage.extractor, stage.fit.head, context.plan.head)


def _predict_calibration_cells(
    network: Any, images: _TrainingImages, context: TrainingContext
) -> ModelOutputs:
    """Validation cells as they are, and each once in a look that training might have shown.

    In-source cells alone made the model too sure of itself on other labs' cells.
    """
    from trainer.training.augmentation import augment
    from trainer.training.stain_style import measure_styles

    plan, recipe = context.plan, context.plan.recipe
    plain = build_labelled_arrays(images.labelled_views, "val", plan.outputs)
    cells = dataset_of(images.labelled_views, "val", plan.outputs, plan.view, plan.size)
    looks = measure_styles(cells, recipe.looks_on)
    varied = [
        augment(
            cells, row, looks, recipe.augmentation, np.random.default_rng([recipe.seed, row, 2])
        )
        for row in range(len(cells))
    ]
    views = np.concatenate([plain.views, np.stack(varied)])
    return predict(network, views, np.concatenate([plain.labels, cells.label]))


def _subsample(val: LabelledArrays, limit: int) -> LabelledArrays:
    """At most so many validation cells whose label the model knows, evenly spread."""
    rows = choose_acceptance_rows(val.labels, limit)
    return LabelledArrays(tuple(val.items[row] for row in rows), val.views[rows], val.labels[rows])
