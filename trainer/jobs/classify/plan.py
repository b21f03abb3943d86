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
from trainer.jobs.common.opened_model import ModelFacts, OpenedModel
from trainer.jobs.common.predictions_csv import PREDICTIONS
from trainer.jobs.common.source_scale import Scale, measure_scale, stated_in
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import ClassifyRequest, split_shard

IMAGE_KINDS = "Images are JPEG, PNG, TIFF, BMP and WebP files."
_NOTHING_TO_RESUME = (
    "No interrupted run of these paths with this model, precision and settings was found; "
    "a new one begins."
)
_EARLIER_RESULTS = (
    "{folder} holds the results of an earlier run: its tables will be replaced, its heat maps "
    "of other images stay."
)


@dataclass(frozen=True)
class Work:
    """What one call has to do.

    Attributes:
        root: the case's folder.
        names: images to judge, below `root`, in order.
        ruler: images that the scale is measured on, below `root`, in order.
        out: folder for the results.
        heatmaps: whether heat maps are drawn.
    """

    root: Path
    names: tuple[str, ...]
    ruler: tuple[str, ...]
    out: Path
    heatmaps: bool


def plan(request: ClassifyRequest, emit: Emit) -> Work:
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
            IMAGE_KINDS,
        )
    # A part of a case is looked at as in a run over all of it, so that its figures agree.
    ruler = found.relative if root is None else find_images([root]).relative
    return Work(found.root, found.relative, ruler or found.relative, out, request.heatmaps)


def begin(
    store: CaseStore,
    case: Case,
    opened: OpenedModel,
    request: ClassifyRequest,
    work: Work,
    emit: Emit,
    should_stop: ShouldStop,
) -> tuple[Run, Scale]:
    """The run to go on with, or a new one; the scale is measured once for a run and kept."""
    engine, stated = opened.classifier.engine, stated_in(request, case.profile)
    settings: dict[str, object] = {
        "paths": sorted(request.paths),
        "shard": request.shard,
        "red_cell_diameter": stated.stated_diameter,
        "source": stated.name,
    }
    if request.resume:
        if old := _interrupted(store, case, opened, settings):
            remove_partial_files(work.out)
            emit(
                JobWarning(
                    f"Going on with the run of {old.started}: {store.count(old.id)} are done."
                )
            )
            return store.resume_run(old.id, device=engine.device), Scale.restored(old.settings)
        emit(JobWarning(_NOTHING_TO_RESUME))
    if (work.out / PREDICTIONS).exists():
        emit(JobWarning(_EARLIER_RESULTS.format(folder=work.out)))
    _say_kept(request, case.profile, emit)
    scale = measure_scale(
        work.root,
        work.ruler,
        stated=stated,
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    _keep_measured(store, case, scale)
    facts = ModelFacts.of(opened.card, opened.sha256)
    started = store.start_run(
        case.id,
        model=opened.card.id,
        model_sha256=opened.sha256,
        precision=engine.precision,
        device=engine.device,
        settings={**settings, **scale.kept(), "model_facts": facts.to_json()},
        images=part_of(work.names, request.shard),
    )
    return started, scale


def _say_kept(request: ClassifyRequest, kept: SourceProfile, emit: Emit) -> None:
    """Say what of the kept profile takes the place of what was not asked for."""
    parts = []
    if kept.name and not request.source:
        parts.append(f"source {kept.name}")
    if kept.stated_diameter is not None and request.red_cell_diameter is None:
        parts.append(f"red cells of {kept.stated_diameter:.4g} px")
    if parts:
        emit(JobWarning(f"As kept with this case: {', '.join(parts)}."))


def _keep_measured(store: CaseStore, case: Case, scale: Scale) -> None:
    """Keep what was measured, but for what a person said, perhaps in the meantime."""
    if scale.profile.stated_diameter is not None:
        return
    kept = store.case(case.root).profile
    store.set_profile(case.id, merge_measured(kept, scale.profile))


def _interrupted(
    store: CaseStore, case: Case, opened: OpenedModel, settings: Mapping[str, object]
) -> Run | None:
    """The newest unfinished run of the same work; its scale is whatever it measured."""
    return store.unfinished_run(
        case.id,
        model=opened.card.id,
        model_sha256=opened.sha256,
        precision=opened.classifier.engine.precision,
        settings=settings,
    )


def part_of(names: Sequence[str], shard: str | None) -> tuple[str, ...]:
    """Every N-th name from the I-th on, so that parts differ by one image at most."""
    if shard is None:
        return tuple(names)
    part, parts = split_shard(shard)
    return tuple(names[part - 1 :: parts])
