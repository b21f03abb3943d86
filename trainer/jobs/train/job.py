"""Train a model package: plan, teach, calibrate, set thresholds, measure, export, register.

What a training says at its end: where the model is, what it does, what to do next.

Whether disks have room for what a training leaves behind: asked before it begins.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trainer.atomic_files import (
    BYTES_PER_WEIGHT,
    ensure_writable,
    free_bytes,
    nearest_existing,
    sha256_of,
)
from trainer.cache.results import ResultCache
from trainer.domain import Interval, ShouldStop
from trainer.errors import PackageError, UserError
from trainer.evaluation.selective_metrics import MetricValue
from trainer.inference.feature_distance import NEIGHBOURS, NearestNeighbours
from trainer.jobs.common.formatting import format_estimate
from trainer.jobs.common.training_images import record_training_images
from trainer.jobs.train.calibrate import (
    Calibration,
    calibrate,
    compute_calibrated_metrics,
    score_cells,
    split_by_source,
)
from trainer.jobs.train.feature_extractor import cache_extractor_digest
from trainer.jobs.train.finetune_stage import run_finetune_stage
from trainer.jobs.train.head_stage import run_head_stage
from trainer.jobs.train.holdouts import read_holdouts
from trainer.jobs.train.package import build_card, write_model_package
from trainer.jobs.train.plan import Plan, build_plan
from trainer.jobs.train.state import TrainedModel, TrainingContext
from trainer.locations import cache_folder, data_folder
from trainer.models.backbones import find_backbone
from trainer.models.export.head_swap import HeadSwap, StaleFeaturesError
from trainer.models.package.layout import CARD
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import TrainRequest

_SUMMARY_METRICS = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "accepted": "accepted",
    "accepted_precision": "right among these",
    "unknown_found": "unknown kinds called so",
}
# With less accepted, a person still has to look at nearly everything.
_LOW_ACCEPTANCE = 0.5


def format_training_summary(
    model: str, package: Path, figures: Mapping[str, Mapping[str, MetricValue]], *, listed: bool
) -> str:
    """Lines for a person: the figures of the test cells first, then those of hold-outs.

    Args:
        figures: set -> name -> figure, of the whole sets and of their sources.
        listed: the model is one of those that `models` looks after.
    """
    lines = [f"The model {model} is in {package}."]
    for name, named in figures.items():
        if ", " not in name:  # sources apart are in the card
            lines += _format_set("test cells" if name == "test" else f"cells of {name}", named)
    accepted = figures.get("test", {}).get("accepted")
    if isinstance(accepted, Interval) and accepted.value < _LOW_ACCEPTANCE:
        lines.append(
            "Few cells reach the threshold of its card; the others are left to a person. More "
            "validation cells, or fine-tuning, let more of them reach it."
        )
    if listed:
        lines.append(
            f"All figures: leuko-trainer models show {model}. "
            f"To let it serve: leuko-trainer models promote {model}"
        )
    return "\n".join(lines)


def _format_set(title: str, named: Mapping[str, MetricValue]) -> Iterator[str]:
    cells = named.get("cells")
    if not cells:
        return
    yield f"On {cells} {title} (95 % intervals in brackets):"
    for name, spoken in _SUMMARY_METRICS.items():
        figure = named.get(name)
        if isinstance(figure, Interval) and math.isfinite(figure.value):
            estimate = format_estimate(figure.value, figure.low, figure.high)
            yield f"  {spoken:<24} {estimate}"


# A head alone is packed with the files of its stem, whose weights are float16.
_HEAD_BYTES_PER_WEIGHT = 8
# State and best weights, at float32; the state before is there until the next one is whole.
_CHECKPOINT_BYTES_PER_WEIGHT = 16


def check_disk_space(plan: Plan) -> None:
    """Refuse a training that would end with a full disk.

    Raises:
        UserError: a disk clearly has too little room for the package, or, where layers are
            trained, for the state by which an interrupted training goes on.
    """
    weights, fine = find_backbone(plan.backbone).parameters, "finetune" in plan.recipe.stages
    each = BYTES_PER_WEIGHT if fine else _HEAD_BYTES_PER_WEIGHT
    needed = {plan.folder.parent: each * weights}
    if fine:
        needed[cache_folder()] = _CHECKPOINT_BYTES_PER_WEIGHT * weights
    disks: dict[int, list[Path]] = defaultdict(list)
    for folder in needed:
        disks[nearest_existing(folder).stat().st_dev].append(folder)
    for folders in disks.values():
        _check_disk(folders, sum(needed[folder] for folder in folders))


def _check_disk(folders: list[Path], needed: int) -> None:
    free = free_bytes(folders[0])
    if free < needed:
        places = " and ".join(str(folder) for folder in folders)
        raise UserError(
            f"The disk is full: the training needs about {needed:,} bytes in {places}, "
            f"{free:,} are free.",
            "Make room, or choose another place; nothing was begun.",
        )


RESULT_CACHE_FILE = "kept.sqlite"


def run(request: TrainRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Train a model (see `TrainRequest`).

    Returns:
        `model`, its id; `folder`; and its balanced accuracy on the test split.

    Raises:
        UserError: the data, the hold-outs, the weights or the recipe do not do, or the
            package could not be written.
        Cancelled: before there was anything worth keeping.
    """
    plan = build_plan(request, emit)
    ensure_writable(plan.folder.parent)
    check_disk_space(plan)
    holdouts = read_holdouts(plan, request.holdouts, emit, should_stop)
    with ResultCache(cache_folder() / RESULT_CACHE_FILE) as kept:
        work = TrainingContext(plan, request, kept, emit, should_stop, holdouts)
        try:
            return _train(work)
        except StaleFeaturesError as error:
            emit(JobWarning(f"{error.message} They are computed again."))
            kept.clear()
            return _train(work)


def _train(context: TrainingContext) -> dict[str, object]:
    plan = context.plan
    fine = "finetune" in plan.recipe.stages
    taught = run_finetune_stage(context) if fine else run_head_stage(context)
    reference = NearestNeighbours.of(taught.reference.pooled, NEIGHBOURS)
    settled = calibrate(taught.calibration_outputs, reference, len(plan.classes))
    figures = _measure_sets(taught, plan, settled, reference)
    card = build_card(plan, context.request, taught, settled, figures)
    with _offer_resume(taught):
        package = write_model_package(plan, card, taught, figures)
    if isinstance(taught.network, HeadSwap):
        cache_extractor_digest(context.cache, taught.network.extractor.digest, package.card)
    if taught.checkpoint:
        taught.checkpoint.remove()
    _note_training_images(context, package.path, taught)
    told = figures["test"].get("balanced_accuracy")
    accuracy = getattr(told, "value", None)
    said = format_training_summary(plan.id, package.path, figures, listed=not context.request.out)
    context.emit(Result({"text": said, "balanced_accuracy": accuracy}))
    return {
        "model": plan.id,
        "folder": str(package.path),
        "balanced_accuracy": accuracy,
        "failed": 0,
    }


@contextmanager
def _offer_resume(model: TrainedModel) -> Iterator[None]:
    """Say that what was learned is kept where its package cannot be written."""
    try:
        yield
    except PackageError:
        raise
    except UserError as error:
        if model.checkpoint is None:
            raise
        words = "Make room; what was learned is kept."
        raise UserError(error.message, words, can_go_on=True) from error


def _measure_sets(
    model: TrainedModel, plan: Plan, calibration: Calibration, reference: NearestNeighbours
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, measured in model.sets.items():
        answered = score_cells(measured.items, measured.outputs, calibration, reference)
        figures[name] = compute_calibrated_metrics(answered, calibration, plan.classes)
        parts = split_by_source(measured.items, answered)
        if len(parts) > 1:
            for source, part in parts.items():
                figures[f"{name}, {source}"] = compute_calibrated_metrics(
                    part, calibration, plan.classes
                )
    return figures


def _note_training_images(context: TrainingContext, package: Path, model: TrainedModel) -> None:
    """So that similar training cells can be shown on this computer."""
    data = data_folder(context.request.data_dir)
    names = [str(name) for name in model.reference.images]
    record_training_images(data, sha256_of(package / CARD), context.plan.manifest.root, names)
