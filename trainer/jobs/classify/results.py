"""The last step of `classify`: the result files of a run, from what the store holds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from trainer.cases.current_runs import current_predictions, current_results
from trainer.cases.review_classes import places_of, read_review_classes, review_classes_file
from trainer.cases.store import CaseStore
from trainer.domain import Prediction, ShouldStop
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.classify.run_context import RunContext
from trainer.jobs.classify.selection import SelectedImages
from trainer.jobs.common.case.predictions_csv import (
    PREDICTIONS,
    SUMMARY,
    write_predictions,
    write_summary,
)
from trainer.jobs.common.case.summary import (
    ALERT,
    build_provenance,
    build_summary,
    count_predictions,
    describe_alert,
    format_summary,
)
from trainer.jobs.common.explanation.heatmap_files import HEATMAPS
from trainer.jobs.common.file_hashes import build_change_notice, changed_images
from trainer.jobs.common.opened_model import OpenedModel
from trainer.locations import data_folder
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import ClassifyRequest

_RETURNED = ("images", "decisions", "labels", "fields", "cells")


def write_results(
    store: CaseStore,
    context: RunContext,
    opened: OpenedModel,
    images: SelectedImages,
    request: ClassifyRequest,
    start: float,
    emit: Emit,
    should_stop: ShouldStop,
) -> dict[str, object]:
    """Write predictions.csv and summary.json, then close the run; return what `run` returns.

    Args:
        start: of the call, by `time.perf_counter`.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: `should_stop` returned True while images were read again.
    """
    changed = _find_changed_images(store, context, images, emit, should_stop)
    out = Path(request.out)
    predictions = partial(_predictions_of_run, store, context)
    write_predictions(out / PREDICTIONS, predictions, opened.card)
    source = context.scale.to_json()
    provenance = build_provenance(
        opened.facts,
        device=opened.execution.device,
        precision=opened.execution.precision,
        root=images.root,
        source=source,
        changed=changed,
        not_read=images.not_read or {},
        alert=describe_alert(opened.facts, source, [context.run.settings.get(ALERT)]),
    )
    counts = count_predictions(
        (each for _, each in current_results(store, [context.run])),
        opened.card,
        count_edge_cells=request.count_edge_cells,
        reviews=store.reviews.latest(context.run.case_id),
        places=places_of(
            read_review_classes(
                review_classes_file(data_folder(request.data_dir)),
                opened.card.classes,
                opened.card.roles,
            )
        ),
    )
    summary = build_summary(counts, provenance, time.perf_counter() - start)
    write_summary(out / SUMMARY, summary)
    store.runs.finish(context.run.id)
    emit(Result({"text": format_summary(summary, out)}))
    return {
        **{key: counts[key] for key in _RETURNED if key in counts},
        "failed": counts["decisions"]["failed"],
        "run": context.run.id,
        "predictions": str(out / PREDICTIONS),
        "summary": str(out / SUMMARY),
        "heatmaps": str(out / HEATMAPS) if request.heatmaps and (out / HEATMAPS).is_dir() else "",
    }


def _predictions_of_run(store: CaseStore, context: RunContext) -> Iterator[Prediction]:
    return (each for _, each in current_predictions(store, [context.run]))


def _find_changed_images(
    store: CaseStore,
    context: RunContext,
    images: SelectedImages,
    emit: Emit,
    should_stop: ShouldStop,
) -> tuple[str, ...]:
    """Images that are no longer what was classified; with a warning that names them."""
    changed = changed_images(
        images.root,
        store.predictions.committed_images(context.run.id),
        before=context.committed_before,
        since=images.time,
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    if changed:
        emit(build_change_notice(changed))
    return changed
