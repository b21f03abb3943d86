"""The third step of `classify`: the run in the store that its predictions belong to."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.cases.records import Case, Run
from trainer.cases.store import CaseStore
from trainer.domain import ShouldStop, SourceProfile
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.classify.selection import SelectedImages
from trainer.jobs.common.case_summary import FILES_NOT_READ
from trainer.jobs.common.opened_model import OpenedModel
from trainer.jobs.common.predictions_csv import PREDICTIONS
from trainer.jobs.common.source_scale import (
    SourceScale,
    measure_scale,
    stated_profile,
    warn_about_source,
)
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import ClassifyRequest

_NOTHING_TO_RESUME = (
    "No interrupted run of these paths with this model, precision and settings was found; "
    "a new one begins."
)
_EARLIER_RESULTS = (
    "{folder} holds the results of an earlier run: its tables will be replaced, its heat maps "
    "of other images stay."
)


@dataclass(frozen=True)
class RunContext:
    """A run that goes on, and what is left of it.

    Attributes:
        run: as the store knows it.
        scale: of the case's source; measured once for a run.
        names_left: images that the run has not committed yet, below the case's folder, in order.
        committed_before: images that an earlier call committed.
    """

    run: Run
    scale: SourceScale
    names_left: tuple[str, ...]
    committed_before: frozenset[str]

    def without(self, committed: Container[str]) -> RunContext:
        """The same, with less left: without the images that were committed meanwhile."""
        left = tuple(name for name in self.names_left if name not in committed)
        return replace(self, names_left=left)


def start_or_resume_run(
    store: CaseStore,
    request: ClassifyRequest,
    opened: OpenedModel,
    images: SelectedImages,
    emit: Emit,
    should_stop: ShouldStop,
) -> RunContext:
    """Resume the interrupted run of the same work on request, else start a new one.

    Raises:
        Cancelled: `should_stop` returned True while the scale was measured.
    """
    case = store.cases.find_or_create(images.root)
    stated = stated_profile(request, case.profile)
    resumed = _resume_run(store, case, request, opened, stated, emit)
    run, scale = resumed or _start_run(
        store, case, request, opened, images, stated, emit, should_stop
    )
    warn_about_source(opened.card, scale, emit)
    committed = frozenset(store.predictions.committed_images(run.id))
    return RunContext(run, scale, images.names, committed).without(committed)


def _resume_run(
    store: CaseStore,
    case: Case,
    request: ClassifyRequest,
    opened: OpenedModel,
    stated: SourceProfile,
    emit: Emit,
) -> tuple[Run, SourceScale] | None:
    """The newest interrupted run of the same work, at the scale that it measured."""
    if not request.resume:
        return None
    settings, engine = _run_settings(request, stated), opened.classifier.engine
    old = store.runs.find_unfinished(
        case.id,
        model=opened.card.id,
        model_sha256=opened.sha256,
        precision=engine.precision,
        settings=settings,
    )
    if old is None:
        emit(JobWarning(_NOTHING_TO_RESUME))
        return None
    done = store.predictions.count(old.id)
    emit(JobWarning(f"Going on with the run of {old.started}: {done} are done."))
    run = store.runs.resume(old.id, device=engine.device)
    return run, SourceScale.from_json(run.settings)


def _start_run(
    store: CaseStore,
    case: Case,
    request: ClassifyRequest,
    opened: OpenedModel,
    images: SelectedImages,
    stated: SourceProfile,
    emit: Emit,
    should_stop: ShouldStop,
) -> tuple[Run, SourceScale]:
    """A new run, at a scale that is measured now; the case keeps that scale."""
    _warn_before_start(request, case, emit)
    settings = _run_settings(request, stated)
    scale = measure_scale(
        images.root,
        images.scale_images,
        stated=stated,
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    store.cases.set_measured_profile(case, scale.profile)
    engine = opened.classifier.engine
    settings |= scale.to_json() | {"model_facts": opened.facts.to_json()}
    if images.not_read is not None:
        settings[FILES_NOT_READ] = dict(images.not_read)
    run = store.runs.start(
        case.id,
        model=opened.card.id,
        model_sha256=opened.sha256,
        precision=engine.precision,
        device=engine.device,
        settings=settings,
        images=images.names,
    )
    return run, scale


def _run_settings(request: ClassifyRequest, stated: SourceProfile) -> dict[str, object]:
    """What decides the result of a run beside its model; alike where a run can be resumed."""
    any_suffix = {"any_suffix": True} if request.any_suffix else {}  # earlier runs had none
    return any_suffix | {
        "paths": sorted(request.paths),
        "shard": request.shard,
        "red_cell_diameter": stated.stated_diameter,
        "source": stated.name,
    }


def _warn_before_start(request: ClassifyRequest, case: Case, emit: Emit) -> None:
    """Warn of results that will be replaced, and of what the case's own profile decides."""
    out = Path(request.out)
    if (out / PREDICTIONS).exists():
        emit(JobWarning(_EARLIER_RESULTS.format(folder=out)))
    profile, parts = case.profile, []
    if profile.name and not request.source:
        parts.append(f"source {profile.name}")
    if profile.stated_diameter is not None and request.red_cell_diameter is None:
        parts.append(f"red cells of {profile.stated_diameter:.4g} px")
    if parts:
        emit(JobWarning(f"As kept with this case: {', '.join(parts)}."))
