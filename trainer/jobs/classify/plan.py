"""What a call of `classify` has to do: which images, in which run, at which scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.atomic_files import remove_partial_files
from trainer.cases.profiles import merge_measured
from trainer.cases.records import Case, Run
from trainer.cases.store import CaseStore
from trainer.domain import ShouldStop, SourceProfile
from trainer.errors import UserError
from trainer.imaging.discovery import find_images
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.common.opened_model import OpenedModel
from trainer.jobs.common.predictions_csv import PREDICTIONS
from trainer.jobs.common.source_scale import SourceScale, measure_scale, stated_profile
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import ClassifyRequest, split_shard

IMAGE_FORMATS_HINT = "Images are JPEG, PNG, TIFF, BMP and WebP files."
_NOTHING_TO_RESUME = (
    "No interrupted run of these paths with this model, precision and settings was found; "
    "a new one begins."
)
_EARLIER_RESULTS = (
    "{folder} holds the results of an earlier run: its tables will be replaced, its heat maps "
    "of other images stay."
)


@dataclass(frozen=True)
class ClassificationPlan:
    """What one call has to do.

    Attributes:
        root: the case's folder.
        names: images to judge, below `root`, in order.
        scale_images: images that the scale is measured on, below `root`, in order.
        out: folder for the results.
        heatmaps: whether heat maps are drawn.
    """

    root: Path
    names: tuple[str, ...]
    scale_images: tuple[str, ...]
    out: Path
    heatmaps: bool


def plan_classification(request: ClassifyRequest, emit: Emit) -> ClassificationPlan:
    """Find the images.

    Raises:
        UserError: there are none, one lies outside of the case's folder, or the results
            would lie among them.
    """
    root = Path(request.root) if request.root is not None else None
    found = find_images([Path(path) for path in request.paths], root)
    for problem in found.problems:
        emit(JobWarning(problem))
    out = Path(request.out)
    folders = [path for path in (*request.paths, request.root) if path and Path(path).is_dir()]
    if any(out.is_relative_to(folder) for folder in folders):
        raise UserError(
            f"The results would lie among the images, in {out}.",
            "Choose a folder for the results outside of the folder of images.",
        )
    if not found.relative:
        raise UserError(
            f"No image was found in {found.root}.",
            IMAGE_FORMATS_HINT,
        )
    # A part of a case is looked at as in a run over all of it, so that its figures agree.
    ruler = found.relative if root is None else find_images([root]).relative
    return ClassificationPlan(
        found.root, found.relative, ruler or found.relative, out, request.heatmaps
    )


def start_or_resume_run(
    store: CaseStore,
    case: Case,
    opened: OpenedModel,
    request: ClassifyRequest,
    plan: ClassificationPlan,
    emit: Emit,
    should_stop: ShouldStop,
) -> tuple[Run, SourceScale]:
    """The run to go on with, or a new one; the scale is measured once for a run and kept."""
    engine, stated = opened.classifier.engine, stated_profile(request, case.profile)
    settings: dict[str, object] = {
        "paths": sorted(request.paths),
        "shard": request.shard,
        "red_cell_diameter": stated.stated_diameter,
        "source": stated.name,
    }
    if request.resume:
        if old := _find_interrupted_run(store, case, opened, settings):
            remove_partial_files(plan.out)
            done = store.predictions.count(old.id)
            emit(JobWarning(f"Going on with the run of {old.started}: {done} are done."))
            return store.runs.resume(old.id, device=engine.device), SourceScale.from_json(
                old.settings
            )
        emit(JobWarning(_NOTHING_TO_RESUME))
    if (plan.out / PREDICTIONS).exists():
        emit(JobWarning(_EARLIER_RESULTS.format(folder=plan.out)))
    _report_stored_profile(request, case.profile, emit)
    scale = measure_scale(
        plan.root,
        plan.scale_images,
        stated=stated,
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    _store_measured_scale(store, case, scale)
    started = store.runs.start(
        case.id,
        model=opened.card.id,
        model_sha256=opened.sha256,
        precision=engine.precision,
        device=engine.device,
        settings={**settings, **scale.to_json(), "model_facts": opened.facts.to_json()},
        images=shard_of(plan.names, request.shard),
    )
    return started, scale


def _report_stored_profile(request: ClassifyRequest, stored: SourceProfile, emit: Emit) -> None:
    """Say what of the kept profile takes the place of what was not asked for."""
    parts = []
    if stored.name and not request.source:
        parts.append(f"source {stored.name}")
    if stored.stated_diameter is not None and request.red_cell_diameter is None:
        parts.append(f"red cells of {stored.stated_diameter:.4g} px")
    if parts:
        emit(JobWarning(f"As kept with this case: {', '.join(parts)}."))


def _store_measured_scale(store: CaseStore, case: Case, scale: SourceScale) -> None:
    """Keep what was measured, but for what a person said, perhaps in the meantime."""
    if scale.profile.stated_diameter is not None:
        return
    kept = store.cases.find_or_create(case.root).profile
    store.cases.set_profile(case.id, merge_measured(kept, scale.profile))


def _find_interrupted_run(
    store: CaseStore, case: Case, opened: OpenedModel, settings: Mapping[str, object]
) -> Run | None:
    """The newest unfinished run of the same work; its scale is whatever it measured."""
    return store.runs.find_unfinished(
        case.id,
        model=opened.card.id,
        model_sha256=opened.sha256,
        precision=opened.classifier.engine.precision,
        settings=settings,
    )


def shard_of(names: Sequence[str], shard: str | None) -> tuple[str, ...]:
    """Every N-th name from the I-th on, so that parts differ by one image at most."""
    if shard is None:
        return tuple(names)
    part, parts = split_shard(shard)
    return tuple(names[part - 1 :: parts])
