"""Forecast a training: what it learns, and the time, memory and disk that it takes here.

The time is measured by a trial on a few of its own cells: they are read, run through the network,
and, where layers are trained, learned from for a few steps. What the trial has to build first,
as the feature extractor, stays in the cache and is not built again by the training.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import psutil
from pydantic import JsonValue

from trainer.cache.results import ResultCache
from trainer.data.item import Item
from trainer.domain import ShouldStop, SourceProfile
from trainer.errors import Cancelled
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.inference.pipeline import forward
from trainer.jobs.common.labelled.cells import (
    LabelledView,
    cached_source_profiles,
    dataset_of,
    read_labelled_views,
)
from trainer.jobs.train.data import read_data
from trainer.jobs.train.feature_extractor import create_network, extractor_for
from trainer.jobs.train.finetune_stage import VALIDATION_CELLS
from trainer.jobs.train.job import RESULT_CACHE_FILE
from trainer.jobs.train.plan import build_plan, ensure_room, needed_bytes
from trainer.jobs.train.state import TrainingContext
from trainer.locations import cache_folder
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import ForecastRequest, TrainRequest
from trainer.training.task import FineTuneTask
from trainer.training_metrics import TrainingMetrics

TRIAL_CELLS = 32
TRIAL_STEPS = 5
_BATCH = 32
_LONGEST: Mapping[str, Mapping[str, JsonValue]] = {
    "head": {"head_looks": 4},
    "finetune": {"unfreeze": "all"},
    "full": {},
}
"""Of what `trainer.training.search_space` may choose, by preset."""
Profiles = Mapping[str, SourceProfile]


@dataclass(frozen=True)
class _Trial:
    """What a trial measured.

    Attributes:
        read: seconds for an image, read and rendered.
        forward: seconds for a view through the frozen network.
        step, predict: seconds for a step of fine-tuning, and for a view through that network.
        held: bytes that the training holds for each of its cells.
    """

    read: float
    forward: float = 0.0
    step: float = 0.0
    predict: float = 0.0
    held: float = 0.0


def run(request: ForecastRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Forecast a training (see `ForecastRequest`).

    Returns:
        `classes`, for each the number of cells by split; `outside`, classes that count as
        unknown; `became_classes`, those that the model before had outside, and `lost`, those
        that only it knows; `judged_on`, how many cells are kept for judging; `seconds`,
        `memory` and `disk`, bytes, at most; and `memory_free`.

    Raises:
        UserError: as of the training, before it would begin.
        Cancelled: `should_stop` returned true.
    """
    data_dir = request.training.data_dir or request.data_dir
    training = request.training if request.trials is None else _longest(request.training)
    plan = build_plan(training.model_copy(update={"data_dir": data_dir}))
    ensure_room(plan)
    data = read_data(plan, emit, should_stop)
    with ResultCache(cache_folder() / RESULT_CACHE_FILE) as cache:
        context = TrainingContext(plan, data, cache, emit, should_stop)
        trial = _try_out(context)
    seconds = _seconds(context, trial)
    if request.trials is not None:
        seconds = _tuning_seconds(request, request.trials, seconds)
    memory = _peak_memory() + round(trial.held * len(data.manifest.items))
    free = psutil.virtual_memory().available + psutil.Process().memory_info().rss
    if memory > free:
        emit(
            JobWarning(
                f"The training needs about {memory / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB "
                "are free.",
                "Close other programs, or train on fewer cells.",
            )
        )
    disk = sum(needed_bytes(plan).values())
    emit(Result({"text": _describe(seconds, memory, disk)}))
    return _what_is_learned(context) | {
        "seconds": round(seconds, 1),
        "memory": memory,
        "memory_free": free,
        "disk": disk,
    }


def _longest(training: TrainRequest) -> TrainRequest:
    """The training with those settings that a tuning may choose and that take longest."""
    return training.model_copy(update={"recipe": {**_LONGEST[training.preset], **training.recipe}})


def _tuning_seconds(request: ForecastRequest, trials: int, seconds: float) -> float:
    """Seconds of a tuning, from those of its longest training, if no recipe is given up.

    With a limit the recipe that is tried when it is reached still comes to its end.
    """
    recipe = request.folds * seconds
    if request.minutes is None:
        return trials * recipe
    return min(trials * recipe, 60 * request.minutes + recipe)


def _what_is_learned(context: TrainingContext) -> dict[str, object]:
    data, parent = context.data, context.plan.parent
    counts = data.manifest.counts()
    before = parent.card.classes if parent else ()
    outside = parent.card.other_classes if parent else ()
    return {
        "classes": {
            name: {split: found[name] for split, found in counts.items() if split}
            for name in data.classes
        },
        "outside": list(data.others),
        "became_classes": [name for name in data.classes if name in outside],
        "lost": [name for name in before if name not in data.outputs],
        "judged_on": len(data.manifest.split("test")),
    }


def _try_out(context: TrainingContext) -> _Trial:
    plan, data = context.plan, context.data
    profiles = cached_source_profiles(
        data.manifest.items, data.hashes, context.cache, context.emit, context.should_stop
    )
    items = _choose_cells(data.manifest.split("train"), data.labelled_outputs)
    begun = time.perf_counter()
    views, _ = read_labelled_views(
        items,
        profiles,
        plan.view,
        plan.size,
        on_progress=context.emit,
        should_stop=context.should_stop,
    )
    trial = _Trial((time.perf_counter() - begun) / len(items), held=_held_bytes(views))
    if not plan.starts_random or not plan.finetunes:
        trial = replace(trial, forward=_time_extractor(context, profiles, views))
    return _time_finetuning(context, views, trial) if plan.finetunes else replace(trial, held=0.0)


def _choose_cells(items: Sequence[Item], outputs: Sequence[str]) -> list[Item]:
    """A few cells, of every output in turn."""
    by_output = [[item for item in items if item.label == name] for name in outputs]
    depth = max(map(len, by_output))
    turns = [found[at] for at in range(depth) for found in by_output if at < len(found)]
    return turns[: max(TRIAL_CELLS, len(outputs))]


def _time_extractor(
    context: TrainingContext, profiles: Profiles, views: Sequence[LabelledView]
) -> float:
    """Seconds for a view through the frozen network, which is built and cached if it must be."""
    extractor = extractor_for(context, lambda: profiles)
    engine = OpenVinoEngine(extractor.graph)
    by_item = {each.item: each.view for each in views}
    seconds = []
    for _ in range(2):  # the first warms up
        begun = time.perf_counter()
        for _batch in forward(by_item, engine, by_item.__getitem__):
            pass
        seconds.append((time.perf_counter() - begun) / len(by_item))
    return min(seconds)


def _time_finetuning(
    context: TrainingContext, views: Sequence[LabelledView], trial: _Trial
) -> _Trial:
    """Learn from the cells for a few steps.

    The first does not count, which compiles, nor those whose batches were made meanwhile.
    """
    from trainer.training.batches import PREFETCH
    from trainer.training.finetune import fine_tune

    plan, data = context.plan, context.data
    network = create_network(context, None)
    recipe = replace(plan.recipe, repeats=1, patience=0, cut_looks=0, average_from=1.0)
    cells = dataset_of(views, "train", data.outputs, plan.view, plan.size)
    moments: list[float] = []

    def note(_: TrainingMetrics) -> None:
        moments.append(time.perf_counter())

    fine_tune(
        network,
        FineTuneTask(cells, recipe, data.others),
        on_metrics=note,
        should_stop=lambda: len(moments) > PREFETCH + TRIAL_STEPS or context.should_stop(),
    )
    if context.should_stop():
        raise Cancelled
    counted = moments[PREFETCH:] or moments
    step = (counted[-1] - counted[0]) / max(len(counted) - 1, 1)
    batch = np.zeros((_BATCH, plan.size, plan.size, 3), np.float32)
    network.predict_on_batch(batch)
    begun = time.perf_counter()
    network.predict_on_batch(batch)
    return replace(trial, step=step, predict=(time.perf_counter() - begun) / _BATCH)


def _seconds(context: TrainingContext, trial: _Trial) -> float:
    """The whole training at its measured pace, if nothing ends it before its last step."""
    plan, recipe = context.plan, context.plan.recipe
    train, val, test = (len(context.data.manifest.split(name)) for name in ("train", "val", "test"))
    holdouts = sum(len(each.items) for each in context.data.holdouts.values())
    images = train + val + test + holdouts
    seconds = trial.read * images
    if not plan.finetunes:
        views = train * (1 + recipe.head_looks) + 2 * val + test + holdouts
        return seconds + (trial.forward + trial.read) * views
    seconds += (trial.forward + trial.read) * (train * (1 + recipe.head_looks) + val)
    steps = recipe.steps * recipe.repeats
    checks = steps / recipe.check_every * min(val, VALIDATION_CELLS)
    return seconds + steps * trial.step + (checks + 2 * val + test + holdouts) * trial.predict


def _held_bytes(views: Sequence[LabelledView]) -> float:
    """Bytes of a cell's view and of the pixels around it that are varied."""
    arrays = [array for each in views for array in (each.view, *(each.crop or ()))]
    return float(sum(array.nbytes for array in arrays)) / max(len(views), 1)


def _peak_memory() -> int:
    """Most bytes that this process has held."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else 1024 * peak)


def _describe(seconds: float, memory: int, disk: int) -> str:
    minutes = seconds / 60
    duration = f"{minutes:.0f} min" if minutes >= 2 else f"{seconds:.0f} s"
    return (
        f"It takes at most about {duration} here, {memory / 1e9:.1f} GB of memory and "
        f"{disk / 1e9:.2f} GB of disk."
    )
