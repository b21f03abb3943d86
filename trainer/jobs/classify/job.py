"""The main job: images in, predictions, heat maps and a summary out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from trainer.atomic_files import ensure_writable
from trainer.cases.records import Run, RunState
from trainer.cases.store import CaseStore
from trainer.domain import Decision, Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.imaging.preprocess import ImageTask, Product, ViewParameters
from trainer.inference.classifier import ClassifiedCell
from trainer.inference.feature_distance import encode_embedding
from trainer.inference.keras_engine import device_lost
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.classify.plan import (
    ClassificationPlan,
    plan_classification,
    shard_of,
    start_or_resume_run,
)
from trainer.jobs.common import heatmap_files as files
from trainer.jobs.common.case_summary import build_summary, count_predictions, format_summary
from trainer.jobs.common.file_hashes import build_change_notice, changed_images
from trainer.jobs.common.opened_model import OpenedModel, open_model
from trainer.jobs.common.predictions_csv import (
    PREDICTIONS,
    SUMMARY,
    write_predictions,
    write_summary,
)
from trainer.jobs.common.source_scale import SourceScale, warn_about_source
from trainer.locations import STORE_NAME, data_folder
from trainer.models.backend import out_of_memory
from trainer.protocol.events import Emit, JobWarning, Result, execution_result
from trainer.protocol.requests import ClassifyRequest


def run(request: ClassifyRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Classify images (see `ClassifyRequest`).

    Returns:
        Counts and the paths of the files written; `failed` is the number of failed images.

    Raises:
        UserError: nothing to do, no such model or device, or a folder that is gone or full.
        Cancelled: `should_stop` said so; what was committed stays, for `resume`.
    """
    begun, since = time.perf_counter(), time.time()
    work = plan_classification(request, emit)
    opened = open_model(
        request.model,
        data_dir=request.data_dir,
        device=request.device,
        precision=request.precision,
        emit=emit,
    )
    ensure_writable(work.out)
    folder = data_folder(request.data_dir)
    with CaseStore.open(folder / STORE_NAME) as store:
        case = store.cases.find_or_create(work.root)
        stored, scale = start_or_resume_run(store, case, opened, request, work, emit, should_stop)
        warn_about_source(opened.card, scale, emit)
        before = frozenset(store.predictions.committed_images(stored.id))
        lens = opened.card.view_parameters(scale.profile, scale.by_size)
        opened = _classify_with_fallback(store, stored, opened, lens, work, emit, should_stop)
        changed = _check_changed_images(store, stored, work, before, since, emit, should_stop)
        return _write_results(store, stored, opened, scale, work, begun, changed, emit)


def _classify_with_fallback(
    store: CaseStore,
    stored: Run,
    opened: OpenedModel,
    lens: ViewParameters,
    plan: ClassificationPlan,
    emit: Emit,
    should_stop: ShouldStop,
) -> OpenedModel:
    """Judge what is not done yet; the model that did the last of it.

    A GPU that fails, or lacks the memory for a single cell, is left for the CPU; that is said.
    """
    try:
        _classify_images(store, stored, opened, lens, plan, emit, should_stop)
    except Cancelled:
        store.runs.finish(stored.id, RunState.CANCELLED)
        raise
    except UserError:
        store.runs.finish(stored.id, RunState.FAILED)
        raise
    except Exception as error:
        device = opened.classifier.engine.device
        if device == "CPU" or not (out_of_memory(error) or device_lost(error)):
            raise
        what = f"The memory of {device} ran out" if out_of_memory(error) else f"{device} failed"
        reason = f"{what}; going on on the CPU"
        emit(JobWarning(f"{reason}."))
        opened = opened.on_cpu(reason)
        emit(execution_result(opened.execution))
        store.runs.resume(stored.id, device=opened.execution.device)
        return _classify_with_fallback(store, stored, opened, lens, plan, emit, should_stop)
    return opened


def _classify_images(
    store: CaseStore,
    stored: Run,
    opened: OpenedModel,
    lens: ViewParameters,
    plan: ClassificationPlan,
    emit: Emit,
    should_stop: ShouldStop,
) -> None:
    """One pass over what is not done yet; each batch is drawn first, then committed."""
    names = shard_of(plan.names, _text(stored.settings.get("shard")))
    done = store.predictions.committed_images(stored.id)
    tasks = [ImageTask(name, plan.root / name) for name in names if name not in done]
    watch = _ProgressReporter(emit, len(names), len(names) - len(tasks))
    keep = Product.IMAGE if plan.heatmaps else Product.NONE
    batches = opened.classifier.run(
        tasks, lens, keep=keep, workers=usable_cores(), should_stop=should_stop
    )
    for batch in _draw_heatmaps(batches, opened, plan):
        _refuse_if_gone(plan, batch)
        pooled = [encode_embedding(each.pooled) for each in batch]
        store.predictions.add(stored.id, [each.prediction for each in batch], pooled)
        watch.count(len(batch))


def _draw_heatmaps(
    batches: Iterator[list[ClassifiedCell]], opened: OpenedModel, plan: ClassificationPlan
) -> Iterator[list[ClassifiedCell]]:
    """Draw heat maps beside the next batch's inference; a batch comes out when it is drawn."""
    if not plan.heatmaps:
        yield from batches
        return
    with ThreadPoolExecutor(usable_cores(), thread_name_prefix="draw") as pool:
        before: tuple[list[ClassifiedCell], list[Future[None]]] | None = None
        for batch in batches:
            drawing = [
                pool.submit(files.draw_heatmap, plan.out, each, opened.card) for each in batch
            ]
            if before is not None:
                yield _await_heatmaps(*before)
            before = batch, drawing
        if before is not None:
            yield _await_heatmaps(*before)


def _await_heatmaps(
    batch: list[ClassifiedCell], drawing: list[Future[None]]
) -> list[ClassifiedCell]:
    for future in drawing:
        future.result()
    return batch


def _refuse_if_gone(plan: ClassificationPlan, batch: list[ClassifiedCell]) -> None:
    """A folder that vanished is not a row of failed images: stop, to go on when it is back."""
    failed = any(each.prediction.decision is Decision.FAILED for each in batch)
    if failed and not plan.root.is_dir():
        raise UserError(
            f"The folder {plan.root} is gone.",
            "Bring it back, then go on with the run: what was done is kept.",
            can_go_on=True,
        )


def _check_changed_images(
    store: CaseStore,
    stored: Run,
    plan: ClassificationPlan,
    before: frozenset[str],
    since: float,
    emit: Emit,
    should_stop: ShouldStop,
) -> tuple[str, ...]:
    """Images that are no longer what was judged; they are told of."""
    changed = changed_images(
        plan.root,
        store.predictions.committed_images(stored.id),
        before=before,
        since=since,
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    if changed:
        emit(build_change_notice(changed))
    return changed


def _write_results(
    store: CaseStore,
    stored: Run,
    opened: OpenedModel,
    scale: SourceScale,
    plan: ClassificationPlan,
    start: float,
    changed: tuple[str, ...],
    emit: Emit,
) -> dict[str, object]:
    """Write the files from what the store holds, then close the run."""
    table, summary_file = plan.out / PREDICTIONS, plan.out / SUMMARY
    said = partial(store.predictions.stream, stored.id, heat=False)
    write_predictions(table, said, opened.card)
    counts = count_predictions(said(), opened.card)
    engine = opened.classifier.engine
    summary = build_summary(
        counts,
        opened.facts,
        device=engine.device,
        precision=engine.precision.value,
        root=plan.root,
        source=scale.to_json(),
        changed=changed,
        seconds=time.perf_counter() - start,
    )
    write_summary(summary_file, summary)
    store.runs.finish(stored.id)
    emit(Result({"text": format_summary(counts, plan.out)}))
    return {
        **{key: counts[key] for key in ("images", "decisions", "labels")},
        "failed": counts["decisions"]["failed"],
        "run": stored.id,
        "predictions": str(table),
        "summary": str(summary_file),
        "heatmaps": str(plan.out / files.HEATMAPS) if plan.heatmaps else "",
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


class _ProgressReporter:
    """Tells of progress with the rate of this call, not of what was done before."""

    def __init__(self, emit: Emit, total: int, before: int) -> None:
        self._emit, self._total, self._before = emit, total, before
        self._start, self._done = time.perf_counter(), 0

    def count(self, images: int) -> None:
        self._done += images
        seconds = max(time.perf_counter() - self._start, 1e-6)
        done = self._before + self._done
        self._emit(Progress("classifying", done, self._total, self._done / seconds))
