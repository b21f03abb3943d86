"""Train a model package: plan, read the data, train, calibrate, package."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from trainer.cache.results import ResultCache
from trainer.domain import Interval, ShouldStop
from trainer.errors import UserError
from trainer.evaluation.selective_metrics import MetricValue
from trainer.inference.keras_engine import device_lost
from trainer.jobs.common.old_head import describe_limit
from trainer.jobs.common.report.number_text import format_estimate
from trainer.jobs.train.calibrate import CalibratedModel, calibrate
from trainer.jobs.train.data import read_data
from trainer.jobs.train.finetune_stage import run_finetune_stage
from trainer.jobs.train.head_stage import fit_head_stage, run_head_stage
from trainer.jobs.train.held_fit import is_head_held
from trainer.jobs.train.package import write_model_package
from trainer.jobs.train.plan import build_plan, ensure_room
from trainer.jobs.train.state import TrainedModel, TrainingContext
from trainer.locations import cache_folder
from trainer.models.export.head_swap import StaleFeaturesError
from trainer.models.package.layout import Package
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import TrainRequest

RESULT_CACHE_FILE = "kept.sqlite"


def run(request: TrainRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Train a model (see `TrainRequest`).

    Returns:
        `model`, its id; `folder`; and its balanced accuracy on the test split.

    Raises:
        UserError: the data, the hold-outs, the weights or the recipe do not do, the package
            could not be written, or a GPU failed.
        Cancelled: before there was anything worth keeping.
    """
    plan = build_plan(request)
    ensure_room(plan)
    data = read_data(plan, emit, should_stop)
    with ResultCache(cache_folder() / RESULT_CACHE_FILE) as cache:
        context = TrainingContext(plan, data, cache, emit, should_stop)

        def train_package() -> dict[str, object]:
            model = train(context)
            calibrated = calibrate(context, model)
            package = write_model_package(context, calibrated)
            return _report(context, calibrated, package)

        with _describe_lost_device():
            return _retry_with_fresh_features(train_package, context)


def train(context: TrainingContext) -> TrainedModel:
    """Fit a head on the frozen network; then fine-tune the network, if the recipe says so.

    Raises:
        UserError: the data, the weights or the recipe do not do.
        Cancelled: before there was anything worth keeping.
    """
    plan = context.plan
    if plan.finetunes:
        # Features of random weights are not worth fitting a head on.
        fitted = None if plan.starts_random else fit_head_stage(context, augmented_views=0)
        return run_finetune_stage(context, fitted)
    fitted = fit_head_stage(context)
    return run_head_stage(context, fitted)


@contextmanager
def _describe_lost_device() -> Iterator[None]:
    """Offer to go on after a GPU failed; a process whose GPU is lost cannot use it again.

    Raises:
        UserError: instead of the framework's error.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if not device_lost(error):
            raise
        hint = "What was learned up to the last saved state is kept."
        message = "The GPU failed in the middle of the training."
        raise UserError(message, hint, can_go_on=True) from error


def _retry_with_fresh_features(
    train_package: Callable[[], dict[str, object]], context: TrainingContext
) -> dict[str, object]:
    """Train once more, with an empty cache, where cached features turn out not to hold."""
    try:
        return train_package()
    except StaleFeaturesError as error:
        context.emit(JobWarning(f"{error.message} They are computed again."))
        context.cache.clear()
        return train_package()


def _report(
    context: TrainingContext, calibrated: CalibratedModel, package: Package
) -> dict[str, object]:
    """Emit the summary; return the job's result."""
    plan, metrics = context.plan, calibrated.metrics
    balanced_accuracy = metrics["test"].get("balanced_accuracy")
    accuracy = getattr(balanced_accuracy, "value", None)
    text = format_training_summary(plan.id, package.path, metrics, listed=not plan.request.out)
    if plan.parent and is_head_held(plan, context.data.classes):
        counts = context.data.manifest.counts()["train"]
        fewest = min(counts[name] for name in context.data.classes)
        text += f"\n{describe_limit(plan.parent.card.id, fewest)}"
    context.emit(Result({"text": text, "balanced_accuracy": accuracy}))
    return {
        "model": plan.id,
        "folder": str(package.path),
        "balanced_accuracy": accuracy,
        "failed": 0,
    }


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
    model: str, package: Path, metrics: Mapping[str, Mapping[str, MetricValue]], *, listed: bool
) -> str:
    """Format lines for a person: the metrics of the test cells first, then those of hold-outs.

    Args:
        metrics: set -> name -> metric, of the whole sets and of their sources.
        listed: the model is one of those that `models` looks after.
    """
    lines = [f"The model {model} is in {package}."]
    for name, named in metrics.items():
        if ", " not in name:  # sources apart are in the card
            lines += _format_set("test cells" if name == "test" else f"cells of {name}", named)
    accepted = metrics.get("test", {}).get("accepted")
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
    for name, title_of_metric in _SUMMARY_METRICS.items():
        metric = named.get(name)
        if isinstance(metric, Interval) and math.isfinite(metric.value):
            estimate = format_estimate(metric.value, metric.low, metric.high)
            yield f"  {title_of_metric:<24} {estimate}"
