"""Sentences about trainings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from leukogui.language.number_format import format_number, format_time_left
from leukogui.language.worker_messages import capitalized, translate_message

if TYPE_CHECKING:
    from leukogui.backend.training_reader import ShownTraining


def _tr(text: str) -> str:
    return QCoreApplication.translate("Trainings", text)


def describe_state(state: str) -> str:
    """What a training does."""
    return {
        "waiting": _tr("Waiting"),
        "running": _tr("Learning"),
        "stopping": _tr("Stopping"),
        "paused": _tr("Paused"),
        "interrupted": _tr("Interrupted"),
        "cancelled": _tr("Cancelled"),
        "failed": _tr("Failed"),
        "done": _tr("Done"),
    }[state]


def describe_preset(training: ShownTraining) -> str:
    """How it learns, and from where it starts."""
    request = training.request
    if request is None:
        return ""
    presets = {
        "head": _tr("head alone"),
        "finetune": _tr("fine-tuning"),
        "full": _tr("all layers"),
    }
    adapted = _tr("adaptation") if request.job == "adapt" else request.job
    preset = presets.get(getattr(request, "preset", ""), adapted)
    start = getattr(request, "from_model", None) or getattr(request, "backbone", "")
    if training.is_tuning:
        preset = _tr("tuning: {how}").format(how=preset)
    return f"{preset}, {start}" if start else preset


def format_share(share: float) -> str:
    """A share as a percentage."""
    return f"{format_number(100 * share, '.1f')} %"


def describe_result(training: ShownTraining) -> str:
    """What came of it, short."""
    if training.failure:
        return translate_message(training.failure)
    if (recipe := training.recipe) is not None:
        return _tr("the best of {n} recipes: log-loss {x} on the folds").format(
            n=format_number(recipe.trials), x=format_number(recipe.loss, ".3f")
        )
    if not training.model:
        return ""
    if training.balanced_accuracy is None:
        return training.model
    accuracy = format_share(training.balanced_accuracy)
    return _tr("{model}: balanced accuracy {p} on its test cells").format(
        model=training.model, p=accuracy
    )


def describe_progress(training: ShownTraining) -> str:
    """Stage, steps, cells a second and time left, as far as they are known."""
    progress = training.progress
    if training.state == "stopping":
        return _tr("It stops at the end of this step…")
    if training.state != "running":
        return _idle_text(training)
    if progress is None:
        return _tr("Starting…")
    parts = [f"{capitalized(progress.stage)}  {format_number(progress.done)}"]
    if progress.total is not None:
        parts[0] += f" / {format_number(progress.total)}"
    metrics = training.curve[-1] if training.curve else None
    is_learning = progress.stage == "training"
    rate = metrics.cells_per_second if is_learning and metrics else progress.per_second
    if rate:
        parts.append(_tr("{n} cells/s").format(n=format_number(rate, ".3g")))
    if progress.seconds_left is not None and progress.done != progress.total:
        parts.append(format_time_left(progress.seconds_left))
    return "   ".join(parts)


def _idle_text(training: ShownTraining) -> str:
    return {
        "waiting": _tr("It starts when the one before it has ended."),
        "paused": _tr("It goes on from where it was paused."),
        "interrupted": _tr(
            "Its process ended in the middle: it was killed, or the computer was switched off. "
            "It goes on from the last state that was saved."
        ),
        "cancelled": _tr("It was cancelled; no model came of it."),
        "failed": f"{translate_message(training.failure)} {translate_message(training.hint)}",
        "done": describe_result(training),
    }.get(training.state, "")
