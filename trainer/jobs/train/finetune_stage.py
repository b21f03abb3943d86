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
from trainer.jobs.train.calibrate import Answers, ask
from trainer.jobs.train.feature_extractor import new_network
from trainer.jobs.train.head_stage import head_stage
from trainer.jobs.train.holdouts import HoldOut
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
from trainer.locations import cache_folder
from trainer.models.backend import load_keras
from trainer.protocol.events import JobWarning
from trainer.training.checkpoint import Checkpoint
from trainer.training.history import History
from trainer.training.task import FineTuneTask, ValidationSet

GATE_CELLS = 1200
CHECK_CELLS = 600


@dataclass(frozen=True, eq=False)
class _Held:
    """Everything read from the images, and what was said of copies among them."""

    shots: list[LabelledView]
    profiles: Mapping[str, SourceProfile]
    sets: Mapping[str, LabelledArrays]
    copies: tuple[str, ...]


def teach_network(work: Work) -> Taught:
    """A network whose layers are trained as the recipe says, after its head.

    Raises:
        UserError: the data, the weights or the recipe do not do.
        Cancelled: before there was anything worth keeping.
    """
    plan = work.plan
    network = _network(work)
    held = _read(work)
    from trainer.models.export.openvino import round_to_float16

    lesson = _lesson(network, held, work)
    checkpoint = Checkpoint(cache_folder() / "training" / _fingerprint(network, lesson, work))
    history = _fine_tuned(network, lesson, work, checkpoint)
    round_to_float16(network)
    train = build_labelled_arrays(held.shots, "train", plan.outputs)
    rows = spread(train.items, train.labels, plan.recipe.seed)
    near = ask(network, train.views[rows], train.labels[rows])
    gate = _part_of(build_labelled_arrays(held.shots, "val", plan.outputs), GATE_CELLS)
    return Taught(
        network,
        held.profiles,
        reference_cells(plan, [train.items[row] for row in rows], near.labels, near.pooled),
        _calibration(network, held, work),
        {
            name: Measured(data.items, ask(network, data.views, data.labels))
            for name, data in held.sets.items()
        },
        Gate(gate.views, gate.labels),
        history.rows(),
        (history.note(), *held.copies),
        None if history.stopped else checkpoint,
    )


def _lesson(network: Any, held: _Held, work: Work) -> FineTuneTask:
    """What is learned from; at the cut where the recipe says so and it can be done."""
    from trainer.training.frozen_activations import cache_activations

    plan = work.plan
    val = _part_of(build_labelled_arrays(held.shots, "val", plan.outputs), CHECK_CELLS)
    cells = dataset_of(held.shots, "train", plan.outputs, plan.view, plan.size)
    lesson = FineTuneTask(cells, plan.recipe, plan.others, ValidationSet(val.views, val.labels))
    arrays = ArrayCache(cache_folder() / "activations")
    try:
        return cache_activations(
            network, lesson, arrays, on_progress=work.emit, should_stop=work.should_stop
        )
    except NotCachedError as error:
        said = "Activations at the cut are not kept, and cells are varied anew at every step."
        work.emit(JobWarning(f"{said} {error.message}", error.hint))
        return lesson


def _fine_tuned(network: Any, lesson: FineTuneTask, work: Work, checkpoint: Checkpoint) -> History:
    """Train in place; go on from where it broke off, if that was asked for."""
    from trainer.training.model_soup import fine_tune_soup

    if work.request.resume and checkpoint.load() is None:
        work.emit(
            JobWarning("There is nothing to go on with; the training starts from its beginning.")
        )
    history = fine_tune_soup(
        network,
        lesson,
        checkpoint=checkpoint,
        resume=work.request.resume,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    if not history.worth_keeping:
        raise Cancelled
    if history.accumulation_steps > 1:
        work.emit(
            JobWarning(
                f"Batches were cut into {history.accumulation_steps} parts, to fit the memory."
            )
        )
    return history


def _fingerprint(network: Any, lesson: FineTuneTask, work: Work) -> str:
    """Of all that decides the result: weights, data, recipe, network and program."""
    plan = work.plan
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
        "at the cut": lesson.activations is not None,
    }
    return key_of(made_of).hex()[:24]


def _read(work: Work) -> _Held:
    plan = work.plan
    profiles = cached_source_profiles(
        plan.manifest.items, plan.hashes, work.kept, work.emit, work.should_stop
    )
    prints = FingerprintCache(work.kept)
    shots, faults = read_labelled_views(
        plan.manifest.items,
        profiles,
        plan.view,
        plan.size,
        on_progress=work.emit,
        should_stop=work.should_stop,
        on_image=prints.note,
    )
    prints.save()
    for fault in faults:
        work.emit(JobWarning(f"Left out: {fault}"))
    copies = tell_of_copies(work)
    sets = {"test": build_labelled_arrays(shots, "test", plan.outputs)}
    for name, held in work.holdouts.items():
        sets[name] = _holdout(work, held)
    return _Held(shots, profiles, sets, copies)


def _holdout(work: Work, held: HoldOut) -> LabelledArrays:
    plan = work.plan
    profiles = cached_source_profiles(
        held.items, held.hashes, work.kept, work.emit, work.should_stop
    )
    shots, _ = read_labelled_views(
        held.items,
        profiles,
        plan.view,
        plan.size,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    return build_labelled_arrays(shots, "test", plan.outputs)


def _network(work: Work) -> Any:
    """The network as its fine-tuning begins: with a head that fits, where features say much.

    A head fitted first keeps the features from being torn about by the first steps (Kumar
    et al., "Fine-tuning can distort pretrained features", ICLR 2022).
    """
    if work.plan.parent is None and work.request.weights == "none":
        return new_network(work, None)
    stage = head_stage(work, varied=0)
    load_keras()
    from trainer.models.export.head_swap import load_with_head

    return load_with_head(stage.stem, stage.fit.head, work.plan.head)


def _calibration(network: Any, held: _Held, work: Work) -> Answers:
    """Validation cells as they are, and each once in a look that training might have shown.

    In-source cells alone made the model too sure of itself on other labs' cells.
    """
    from trainer.training.augmentation import augment
    from trainer.training.stain_style import measure_styles

    plan, recipe = work.plan, work.plan.recipe
    plain = build_labelled_arrays(held.shots, "val", plan.outputs)
    cells = dataset_of(held.shots, "val", plan.outputs, plan.view, plan.size)
    looks = measure_styles(cells, recipe.looks_on)
    varied = [
        augment(
            cells, row, looks, recipe.augmentation, np.random.default_rng([recipe.seed, row, 2])
        )
        for row in range(len(cells))
    ]
    views = np.concatenate([plain.views, np.stack(varied)])
    return ask(network, views, np.concatenate([plain.labels, cells.label]))


def _part_of(val: LabelledArrays, most: int) -> LabelledArrays:
    """At most so many validation cells whose label the model knows, evenly spread."""
    rows = gate_rows(val.labels, most)
    return LabelledArrays(tuple(val.items[row] for row in rows), val.views[rows], val.labels[rows])
