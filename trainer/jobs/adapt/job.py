"""Adapt a model to a lab by corrected cells: seconds, in numpy, without Keras."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.atomic_files import ensure_writable
from trainer.cache.results import ResultCache
from trainer.data.item import format_names
from trainer.domain import ShouldStop
from trainer.evaluation.learning_curve import LearningCurve
from trainer.jobs.adapt.cells import CorrectedItems, read_corrected_items
from trainer.jobs.adapt.features import CorrectedFeatureReader
from trainer.jobs.adapt.judgement import describe_judgement, is_right, judge_adaptation
from trainer.jobs.adapt.learning_curve import (
    curve_to_json,
    describe_curve,
    measure_learning_curve,
)
from trainer.jobs.adapt.network import network_check
from trainer.jobs.adapt.origin import (
    AdaptationOrigin,
    NewOutputs,
    build_outputs,
    origin_of,
    refuse_unknown_labels,
)
from trainer.jobs.adapt.package import (
    AdaptedModel,
    build_adaptation,
    package_location,
    write_adapted_package,
)
from trainer.jobs.adapt.support import Support, build_support
from trainer.jobs.common.old_head import describe_limit
from trainer.jobs.train.feature_extractor import cached_extractor
from trainer.jobs.train.job import RESULT_CACHE_FILE
from trainer.locations import cache_folder, data_folder
from trainer.models.export.feature_extractor import FeatureExtractor
from trainer.models.export.head_swap import StaleFeaturesError
from trainer.models.package.layout import Package
from trainer.models.package.registry import registry_of
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.training.held_head import fit_held_head


@dataclass(frozen=True, eq=False)
class _Adaptation:
    """One adaptation under way."""

    request: AdaptRequest
    id: str
    folder: Path
    origin: AdaptationOrigin
    outputs: NewOutputs
    extractor: FeatureExtractor
    cache: ResultCache
    emit: Emit
    should_stop: ShouldStop


def run(request: AdaptRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Adapt a model (see `AdaptRequest`).

    Returns:
        `model`, its id; `folder`; `began_at`, id of the fully trained model; `cells`, how many
        it was adapted with, by source and label; `judgement`, "better", "worse", "not
        distinguishable" or empty; `judged`, the figures behind it, overall and by class;
        `joined`, the sources that the card now holds for; and `curve`, where it was requested and
        there are enough cells: `points` (0 cells first) and `expected`, the balanced accuracy
        with as many cells as now and with twice as many.

    Raises:
        UserError: there are no corrected cells, or they or the model do not do; nothing was
            written.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned true; nothing was written.
    """
    registry = registry_of(data_folder(request.data_dir))
    origin = origin_of(registry.find(request.from_model))
    outputs = build_outputs(origin, request.new_classes)
    name, folder = package_location(request, origin, registry)
    with ResultCache(cache_folder() / RESULT_CACHE_FILE) as cache:
        extractor = cached_extractor(origin.package, cache)
        found = read_corrected_items(
            request, outputs.outputs, network_check(extractor, registry, cache), emit
        )
        refuse_unknown_labels([item.label for item in found.items], outputs)
        ensure_writable(folder.parent)
        parts = (origin, outputs, extractor, cache, emit, should_stop)
        adaptation = _Adaptation(request, name, folder, *parts)
        try:
            return _adapt(adaptation, found, use_stored=True)
        except StaleFeaturesError as error:
            emit(JobWarning(f"{error.message} They are computed again."))
            if not found.stored:
                cache.clear()
            return _adapt(adaptation, found, use_stored=False)


def _adapt(
    adaptation: _Adaptation, found: CorrectedItems, *, use_stored: bool
) -> dict[str, object]:
    request, origin, outputs = adaptation.request, adaptation.origin, adaptation.outputs
    emit, should_stop = adaptation.emit, adaptation.should_stop
    reader = CorrectedFeatureReader(
        origin.package.card, adaptation.extractor, adaptation.cache, emit, should_stop
    )
    features = reader.read(found, use_stored=use_stored)
    support = build_support(origin, outputs, found, features, emit)
    head = fit_held_head(outputs.old, support.cells)
    judged = judge_adaptation(origin, outputs, support, emit, should_stop)
    curve = _measure_curve(adaptation, support) if request.curve else None
    parts = (origin, outputs, found, features, support, head, judged)
    model = AdaptedModel(adaptation.id, request.command, *parts)
    package = write_adapted_package(adaptation.folder, model, adaptation.extractor)
    return _report(model, package, curve, request, emit)


def _measure_curve(adaptation: _Adaptation, support: Support) -> LearningCurve | None:
    origin, outputs = adaptation.origin, adaptation.outputs
    terms = np.minimum(support.labels, len(outputs.classes))
    return measure_learning_curve(
        outputs.old,
        support.cells,
        support.file.groups.tolist(),
        lambda logits: is_right(logits, terms, origin, outputs),
        adaptation.emit,
        adaptation.should_stop,
    )


def _report(
    model: AdaptedModel,
    package: Package,
    curve: LearningCurve | None,
    request: AdaptRequest,
    emit: Emit,
) -> dict[str, object]:
    made = build_adaptation(model)
    lines = [
        f"The model {model.id} is in {package.path}.",
        f"It is {made.model}, adapted by {made.cell_count} corrected cells of "
        f"{format_names(list(made.cells))}.",
        *describe_judgement(model.judged, made.model),
        describe_limit(
            made.model, int(min(np.unique(model.support.labels, return_counts=True)[1]))
        ),
    ]
    if request.curve:
        lines += describe_curve(curve, made.cell_count)
    if not request.out:
        lines.append(f"To let it serve: leuko-trainer models promote {model.id}")
    emit(Result({"text": "\n".join(lines)}))
    return {
        "model": model.id,
        "folder": str(package.path),
        "began_at": made.model,
        "cells": made.cells,
        "judgement": made.judgement,
        "judged": model.judged.to_json(),
        "joined": list(made.joined),
        "curve": curve_to_json(curve, made.cell_count),
    }
