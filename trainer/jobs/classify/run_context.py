"""The third step of `classify`: the run in the store that its predictions belong to."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.cases.records import Case, Run
from trainer.cases.store import CaseStore
from trainer.domain import AlertLevel, ImageContent, ShouldStop, SourceProfile
from trainer.imaging.image_cells import ContentRule
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.classify.image_content import choose_content_rule
from trainer.jobs.classify.selection import SelectedImages
from trainer.jobs.classify.slides import SlidePlan, plan_slides
from trainer.jobs.common.case.predictions_csv import PREDICTIONS
from trainer.jobs.common.case.summary import ALERT, FILES_NOT_READ
from trainer.jobs.common.opened_model import ModelFacts, OpenedModel
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
_SLIDES = "slides"
_EARLIER_RESULTS = (
    "{folder} holds the results of an earlier run: its tables will be replaced, its heat maps "
    "of other images stay."
)
_CONTENT_WORDS = {
    ImageContent.SINGLE: "one cell in each image",
    ImageContent.FIELDS: "fields of many cells",
}


@dataclass(frozen=True)
class RunContext:
    """A run that goes on, and what is left of it.

    Attributes:
        run: as the store knows it.
        scale: of the case's source; measured once for a run.
        content: by which its images are fields; chosen once for a run.
        alert: how readily a cell that would be accepted is held as possibly of an alert class.
        names_left: images that the run has not committed yet, below the case's folder, in order.
        slides: plans of the slides of which the scan has not ended, by name.
        committed_before: images that an earlier call committed.
    """

    run: Run
    scale: SourceScale
    content: ContentRule
    alert: AlertLevel
    names_left: tuple[str, ...]
    committed_before: frozenset[str]
    slides: Mapping[str, SlidePlan]

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
    case = _find_case(store, request, images)
    stated = stated_profile(request, case.profile)
    run = _resume_run(store, case, request, opened, images, stated, emit) or _start_run(
        store, case, request, opened, images, stated, emit, should_stop
    )
    scale = SourceScale.from_json(run.settings)
    warn_about_source(opened.card, scale, emit)
    committed = frozenset(store.predictions.committed_images(run.id))
    content = content_rule_of(run)
    alert = AlertLevel(request.alert)
    plans = {
        name: SlidePlan.from_json(plan)
        for name, plan in dict(run.settings.get(_SLIDES, {})).items()  # type: ignore[call-overload]
        if store.fields.get(run.id, name) is None
    }
    names = tuple(name for name in images.names if name not in images.slides)
    return RunContext(run, scale, content, alert, names, committed, plans).without(committed)


def _find_case(store: CaseStore, request: ClassifyRequest, images: SelectedImages) -> Case:
    """The case of the folder, with the content that the request states."""
    case = store.cases.find_or_create(images.root)
    if request.content is None or case.content == request.content:
        return case
    return store.cases.set_content(case.id, ImageContent(request.content))


def content_rule_of(run: Run) -> ContentRule:
    """The rule by which images of a run are fields; of one cell where it has none."""
    content = run.settings.get("content", ImageContent.SINGLE.value)
    side = run.settings.get("single_side")
    return ContentRule(ImageContent(str(content)), side if isinstance(side, int) else 0)


def _resume_run(
    store: CaseStore,
    case: Case,
    request: ClassifyRequest,
    opened: OpenedModel,
    images: SelectedImages,
    stated: SourceProfile,
    emit: Emit,
) -> Run | None:
    """The newest interrupted run of the same work, at the scale that it measured."""
    if not request.resume:
        return None
    settings = _run_settings(request, case, images, stated, opened.facts)
    engine = opened.classifier.engine
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
    return store.runs.resume(old.id, device=engine.device)


def _start_run(
    store: CaseStore,
    case: Case,
    request: ClassifyRequest,
    opened: OpenedModel,
    images: SelectedImages,
    stated: SourceProfile,
    emit: Emit,
    should_stop: ShouldStop,
) -> Run:
    """A new run, at a scale that is measured now; the case keeps that scale."""
    _warn_before_start(request, case, emit)
    settings = _run_settings(request, case, images, stated, opened.facts)
    scale = measure_scale(
        images.root,
        images.scale_images,
        stated=stated,
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    store.cases.set_measured_profile(case, scale.profile)
    rule = choose_content_rule(
        case.content,
        images.root,
        images.scale_images,
        opened.card.view_parameters(scale.profile, scale.by_size),
        workers=usable_cores(),
        should_stop=should_stop,
    )
    engine = opened.classifier.engine
    settings |= scale.to_json() | {"model_facts": opened.facts.to_json()}
    settings["single_side"] = rule.single_side
    if images.slides:
        slides = [name for name in images.names if name in images.slides]
        settings[_SLIDES] = plan_slides(images.root, slides, request.region, emit, should_stop)
    if images.not_read is not None:
        settings[FILES_NOT_READ] = dict(images.not_read)
    return store.runs.start(
        case.id,
        model=opened.card.id,
        model_sha256=opened.sha256,
        precision=engine.precision,
        device=engine.device,
        settings=settings,
        images=images.names,
    )


def _run_settings(
    request: ClassifyRequest,
    case: Case,
    images: SelectedImages,
    stated: SourceProfile,
    model: ModelFacts,
) -> dict[str, object]:
    """What decides the result of a run beside its model; alike where a run can be resumed."""
    # Earlier runs had neither.
    any_suffix = {"any_suffix": True} if request.any_suffix else {}
    alert = {ALERT: request.alert} if model.has_alert else {}
    region = list(request.region) if request.region is not None else None
    slides = {"count": request.count, "region": region} if images.slides else {}
    return (
        any_suffix
        | alert
        | slides
        | {
            "paths": sorted(request.paths),
            "shard": request.shard,
            "red_cell_diameter": stated.stated_diameter,
            "source": stated.name,
            "content": case.content.value,
        }
    )


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
    if case.content is not ImageContent.AS_FOUND and request.content is None:
        parts.append(_CONTENT_WORDS[case.content])
    if parts:
        emit(JobWarning(f"As kept with this case: {', '.join(parts)}."))
