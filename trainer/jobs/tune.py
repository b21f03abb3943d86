"""Find a recipe: many trainings on folds of the training cells; test cells are not touched.

The trials so far are in an Optuna study, an SQLite file from which a tuning goes on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.atomic_files import ensure_writable, write_text
from trainer.awake_clock import awake_seconds
from trainer.cache.results import ResultCache
from trainer.data.folds import assign_folds
from trainer.data.manifest import Manifest
from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.jobs.train.data import LabelledData, read_data
from trainer.jobs.train.job import RESULT_CACHE_FILE, train
from trainer.jobs.train.plan import Plan, build_plan, build_recipe
from trainer.jobs.train.state import TrainingContext
from trainer.locations import cache_folder
from trainer.models.package.card import HeadSpec
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import TUNING_STAGE, TrainRequest, TuneRequest
from trainer.training.losses import calibrated_log_loss
from trainer.training.recipe import DivergenceError
from trainer.training.search_space import SPACES

STUDY_NAME = "tuning"
# Its empty tables take 150 kB, a trial less than 4 kB.
STUDY_BYTES = 1_000_000


@contextmanager
def open_study(path: Path, attributes: Mapping[str, Any], seed: int) -> Iterator[Any]:
    """An Optuna study, new or as it was left; closed afterwards.

    Args:
        path: of the SQLite file.
        attributes: what makes trials comparable, JSON values.
        seed: of the order in which settings are tried.

    Raises:
        UserError: it is a study of something else, or the disk became full.
    """
    import optuna
    from sqlalchemy import URL
    from sqlalchemy.exc import OperationalError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    url = URL.create("sqlite", database=str(path)).render_as_string()
    try:
        storage = optuna.storages.RDBStorage(url)
        try:
            yield _load_study(storage, path, attributes, seed)
        finally:
            storage.engine.dispose()
    except OperationalError as error:
        raise _describe_storage_error(path, error) from error


def _load_study(storage: Any, path: Path, attributes: Mapping[str, Any], seed: int) -> Any:
    import optuna

    study = optuna.create_study(
        storage=storage,
        study_name=STUDY_NAME,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
        load_if_exists=True,
    )
    if study.user_attrs and study.user_attrs != attributes:
        raise UserError(
            f"{path.parent} holds a tuning of something else.",
            "Choose another --out; a tuning goes on only with the same data and fixed settings.",
        )
    for name, value in attributes.items():
        study.set_user_attr(name, value)
    # Begun anew with the same seed it would suggest again what was tried already.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
    running = optuna.trial.TrialState.RUNNING
    for trial in study.get_trials(deepcopy=False, states=(running,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)  # of a program that died
    return study


def _describe_storage_error(path: Path, error: Exception) -> UserError:
    if "disk is full" in str(error):
        return UserError(
            f"The disk is full: {path} cannot take another trial.",
            "Free some space and give the command again; the trials so far are kept.",
        )
    return UserError(f"{path} cannot be used: {error.__cause__ or error}.", "Choose another --out.")


STUDY, RECIPE = "study.sqlite", "recipe.json"
SECONDS = "seconds"
"""That a trial took while the computer was awake; Optuna's own duration counts sleep."""
DIVERGED = "diverged"
"""Marks a trial whose training led nowhere, beside those that were broken off."""


@dataclass(frozen=True, eq=False)
class _TuningContext:
    """What every trial shares."""

    request: TuneRequest
    plan: Plan
    data: LabelledData
    folds: tuple[Manifest, ...]
    cache: ResultCache
    emit: Emit
    should_stop: ShouldStop


def run(request: TuneRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Tune a recipe (see `TuneRequest`).

    Returns:
        `settings`, the best found; `value`, its balanced log-loss on the folds; `trials`, how
        many there are in the study; and the file.

    Raises:
        UserError: the data, the weights or the fixed settings do not do, the folder holds a
            study of something else, or the disk is full.
        Cancelled: before one trial was over.
    """
    out = Path(request.out)
    ensure_writable(out, STUDY_BYTES)
    plan = build_plan(_training_request(request))
    data = read_data(plan, emit, should_stop, splits=())  # they become folds
    with ResultCache(cache_folder() / RESULT_CACHE_FILE) as cache:
        folds = tuple(_fold_manifests(data, request))
        context = _TuningContext(request, plan, data, folds, cache, emit, should_stop)
        with open_study(out / STUDY, _study_attributes(context), request.seed) as study:
            _run_trials(context, study)
            return _write_best(context, study, out)


def _training_request(request: TuneRequest) -> TrainRequest:
    """Build the request of a training with the fixed settings; nothing is written to its `out`."""
    return TrainRequest(
        data=request.data,
        backbone=request.backbone,
        preset=request.preset,
        weights=request.weights,
        download=request.download,
        from_model=request.from_model,
        out=str(Path(request.out) / "none"),
        seed=request.seed,
        steps=request.steps,
        other_classes=request.other_classes,
        recipe=request.recipe,
        name="trial",
        device=request.device,
        data_dir=request.data_dir,
        merge_labels=request.merge_labels,
        any_suffix=request.any_suffix,
    )


def _fold_manifests(data: LabelledData, request: TuneRequest) -> Iterator[Manifest]:
    """Each fold once as the cells to be measured on ("test"); the next one stops the training.

    Of training and validation cells alone: metrics on cells that chose a recipe are too good.
    """
    items = data.manifest.split("train") + data.manifest.split("val")
    manifest = replace(data.manifest, items=items)
    hashes = [data.hashes[item.path] for item in items]
    folds = assign_folds(manifest, folds=request.folds, seed=request.seed, hashes=hashes)
    for test_fold in range(request.folds):
        split_of_fold = {test_fold: "test", (test_fold + 1) % request.folds: "val"}
        assigned = (
            replace(item, split=split_of_fold.get(int(fold), "train"))
            for item, fold in zip(items, folds, strict=True)
        )
        yield replace(manifest, items=tuple(assigned))


def _study_attributes(context: _TuningContext) -> dict[str, Any]:
    """What makes trials comparable: JSON values."""
    left_out = {"out", "trials", "minutes", "resume", "data_dir", "download", "data", "device"}
    left_out |= {"merge_labels", "any_suffix"}  # which change the digest of the data
    settings: dict[str, Any] = context.request.model_dump(mode="json", exclude=left_out)
    return {"data_sha256": context.data.digest(), **settings}


@dataclass(frozen=True)
class _Budget:
    """What trials have used: how many came to an end, in how many seconds."""

    trials: int = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, study: Any) -> _Budget:
        """What is used of a study; a trial that was broken off is made again."""
        ended = [each for each in study.get_trials(deepcopy=False) if _has_ended(each)]
        return cls(len(ended), sum(each.user_attrs.get(SECONDS, 0.0) for each in ended))


def _has_ended(trial: Any) -> bool:
    return trial.value is not None or trial.state.name == "PRUNED" or DIVERGED in trial.user_attrs


def _run_trials(context: _TuningContext, study: Any) -> None:
    """Try settings until the budget is used or someone stops it."""
    request, before = context.request, _Budget.of(study) if context.request.resume else _Budget()
    started = awake_seconds() - before.seconds
    context.emit(Progress(TUNING_STAGE, min(before.trials, request.trials), request.trials))
    for number in range(before.trials, request.trials):
        if request.minutes is not None and awake_seconds() - started > 60 * request.minutes:
            context.emit(JobWarning(f"The time is used; {number} recipes were tried."))
            return
        try:
            _run_trial(context, study)
        except Cancelled:
            context.should_stop()  # raises again where no recipe is wanted yet, as for a pause
            if not _count_finished(study):
                raise
            return
        context.emit(Progress(TUNING_STAGE, number + 1, request.trials))


def _run_trial(context: _TuningContext, study: Any) -> None:
    """One trial: fold by fold, given up as soon as it is worse than most."""
    import optuna

    trial = study.ask()
    number, begun = trial.number + 1, awake_seconds()
    state = optuna.trial.TrialState
    suggested = SPACES[context.request.preset](trial)
    fixed = _fixed_settings(context)
    settings = {name: v for name, v in suggested.items() if name not in fixed}
    losses: list[float] = []
    try:
        for step, manifest in enumerate(context.folds):
            losses.append(_fold_loss(context, settings, manifest))
            trial.set_user_attr(SECONDS, awake_seconds() - begun)
            if context.should_stop():  # which ended the training early, so it says little
                raise Cancelled
            trial.report(float(np.mean(losses)), step)
            if step + 1 < len(context.folds) and trial.should_prune():
                study.tell(trial, state=state.PRUNED)
                context.emit(Result({"text": f"Recipe {number} was given up: most do better."}))
                return
    except DivergenceError as error:  # that a rate is too high is a result, too
        context.emit(JobWarning(f"Recipe {number} failed: {error.message}"))
        trial.set_user_attr(DIVERGED, True)
        study.tell(trial, state=state.FAIL)
        return
    except BaseException:
        study.tell(trial, state=state.FAIL)
        raise
    trial.set_user_attr("settings", settings)
    loss = float(np.mean(losses))
    study.tell(trial, loss)
    context.emit(Result({"text": f"Recipe {number}: log-loss {loss:.4f} on the folds."}))


def _fixed_settings(context: _TuningContext) -> set[str]:
    """Names of what is not to be found: what goes on from a model keeps its network and head."""
    of_network = _NETWORK_SETTINGS if context.plan.parent is not None else ()
    return {*context.request.recipe, *of_network}


def _fold_loss(context: _TuningContext, settings: dict[str, Any], manifest: Manifest) -> float:
    """Balanced log-loss on the fold that is measured on, in nats."""
    chosen, request, head = dict(settings), context.plan.request, context.plan.head
    hidden, dropout = chosen.pop("hidden", head.hidden), chosen.pop("dropout", head.dropout)
    fixed = {name: v for name, v in context.request.recipe.items() if name not in _NETWORK_SETTINGS}
    reference = {"looks_on": context.plan.recipe.looks_on}
    plan = replace(
        context.plan,
        recipe=build_recipe({**reference, **fixed, **chosen}, request),
        head=HeadSpec(hidden=hidden, dropout=dropout),
    )
    data = replace(context.data, manifest=manifest)
    model = train(TrainingContext(plan, data, context.cache, lambda _: None, context.should_stop))
    outputs = model.sets["test"].outputs
    return calibrated_log_loss(outputs.logits, outputs.labels)


_NETWORK_SETTINGS = ("input_size", "view", "white", "stain", "hidden", "dropout")


def _count_finished(study: Any) -> int:
    return sum(trial.value is not None for trial in study.get_trials(deepcopy=False))


def _write_best(context: _TuningContext, study: Any, out: Path) -> dict[str, object]:
    """Write the best recipe, as `train --recipe @FILE` takes it."""
    if not _count_finished(study):
        raise UserError(
            "Not one recipe came to its end.", "Try more of them, or look at the notices above."
        )
    best = study.best_trial
    settings = {**context.request.recipe, **best.user_attrs["settings"]}
    record = {
        "settings": settings,
        "backbone": context.plan.backbone.name,
        "preset": context.request.preset,
        "balanced_log_loss": best.value,
        "folds": context.request.folds,
        "trials": len(study.trials),
        "data_sha256": context.data.digest(),
    }
    write_text(out / RECIPE, json.dumps(record, indent=2) + "\n")
    text = f"The best of {len(study.trials)} recipes has a log-loss of {best.value:.4f}"
    context.emit(Result({"text": f"{text} on the folds; it is in {out / RECIPE}."}))
    return {
        "settings": settings,
        "value": best.value,
        "trials": len(study.trials),
        "file": str(out / RECIPE),
        "failed": 0,
    }
