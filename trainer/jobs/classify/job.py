"""The main job: images in, predictions, heat maps and a summary out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from trainer.atomic_files import ensure_writable
from trainer.cases.location import STORE_NAME
from trainer.cases.records import Run, RunState
from trainer.cases.store import CaseStore
from trainer.domain import Decision, Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.imaging.preprocess import ImageTask, ViewParameters
from trainer.inference.classifier import ClassifiedCell
from trainer.inference.feature_distance import encode_embedding
from trainer.inference.keras_engine import device_lost
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.classify.plan import Work, begin, part_of, plan
from trainer.jobs.common import heatmap_files as files
from trainer.jobs.common.case_summary import counts_of, sentence_of, summary_of
from trainer.jobs.common.file_hashes import changed_images, notice_of
from trainer.jobs.common.opened_model import ModelFacts, OpenedModel, open_model
from trainer.jobs.common.predictions_csv import (
    PREDICTIONS,
    SUMMARY,
    write_predictions,
    write_summary,
)
from trainer.jobs.common.source_scale import Scale, say_of_source
from trainer.locations import data_folder
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
    work = plan(request, emit)
    opened = open_model(
        request.model,
        data_dir=request.data_dir,
        device=request.device,
        precision=request.precision,
        emit=emit,
    )
    ensure_writable(work.out)
    folder = Path(request.data_dir) if request.data_dir else data_folder()
    with CaseStore.open(folder / STORE_NAME) as store:
        case = store.case(work.root)
        stored, scale = begin(store, case, opened, request, work, emit, should_stop)
        say_of_source(opened.card, scale, emit)
        before = frozenset(store.committed_images(stored.id))
        lens = _lens(opened, scale, work)
        opened = _classify(store, stored, opened, lens, work, emit, should_stop)
        changed = _compare(store, stored, work, before, since, emit, should_stop)
        return _finish(store, stored, opened, scale, work, begun, changed, emit)


def _lens(opened: OpenedModel, scale: Scale, work: Work) -> ViewParameters:
    return ViewParameters(
        opened.view,
        opened.card.input_size,
        scale.profile,
        scale.by_size,
        keep_image=work.heatmaps,
    )


def _classify(
    store: CaseStore,
    stored: Run,
    opened: OpenedModel,
    lens: ViewParameters,
    work: Work,
    emit: Emit,
    should_stop: ShouldStop,
) -> OpenedModel:
    """Judge what is not done yet; the model that did the last of it.

    A GPU that fails, or lacks the memory for a single cell, is left for the CPU; that is said.
    """
    try:
        _judge(store, stored, opened, lens, work, emit, should_stop)
    except Cancelled:
        store.finish_run(stored.id, RunState.CANCELLED)
        raise
    except UserError:
        store.finish_run(stored.id, RunState.FAILED)
        raise
    except Exception as error:
        device = opened.classifier.engine.device
        if device == "CPU" or not (out_of_memory(error) or device_lost(error)):
            raise
        what = f"The memory of {device} ran out" if out_of_memory(error) else f"{device} failed"
        reason = f"{what}; going on on the CPU"
        emit(JobWarning(f"{reason}."))
        opened = opened.on_cpu(reason)
        emit(execution_result(opened.served))
        store.resume_run(stored.id, device=opened.served.device)
        return _classify(store, stored, opened, lens, work, emit, should_stop)
    return opened


def _judge(
    store: CaseStore,
    stored: Run,
    opened: OpenedModel,
    lens: ViewParameters,
    work: Work,
    emit: Emit,
    should_stop: ShouldStop,
) -> None:
    """One pass over what is not done yet; each batch is drawn first, then committed."""
    names = part_of(work.names, _text(stored.settings.get("shard")))
    done = store.committed_images(stored.id)
    tasks = [ImageTask(name, work.root / name) for name in names if name not in done]
    watch = _Watch(emit, len(names), len(names) - len(tasks))
    batches = opened.classifier.run(tasks, lens, workers=usable_cores(), should_stop=should_stop)
    for batch in _drawn(batches, opened, work):
        _refuse_if_gone(work, batch)
        pooled = [encode_embedding(each.pooled) for each in batch]
        store.add_predictions(stored.id, [each.prediction for each in batch], pooled)
        watch.count(len(batch))


def _drawn(
    batches: Iterator[list[ClassifiedCell]], opened: OpenedModel, work: Work
) -> Iterator[list[ClassifiedCell]]:
    """Draw heat maps beside the next batch's inference; a batch comes out when it is drawn."""
    if not work.heatmaps:
        yield from batches
        return
    with ThreadPoolExecutor(usable_cores(), thread_name_prefix="draw") as pool:
        before: tuple[list[ClassifiedCell], list[Future[None]]] | None = None
        for batch in batches:
            drawing = [
                pool.submit(files.draw_heatmap, work.out, each, opened.card) for each in batch
            ]
            if before is not None:
                yield _when_drawn(*before)
            before = batch, drawing
        if before is not None:
            yield _when_drawn(*before)


def _when_drawn(batch: list[ClassifiedCell], drawing: list[Future[None]]) -> list[ClassifiedCell]:
    for future in drawing:
        future.result()
    return batch


def _refuse_if_gone(work: Work, batch: list[ClassifiedCell]) -> None:
    """A folder that vanished is not a row of failed images: stop, to go on when it is back."""
    failed = any(each.prediction.decision is Decision.FAILED for each in batch)
    if failed and not work.root.is_dir():
        raise UserError(
            f"The folder {work.root} is gone.",
            "Bring it back, then go on with the run: what was done is kept.",
            can_go_on=True,
        )


def _compare(
    store: CaseStore,
    stored: Run,
    work: Work,
    before: frozenset[str],
    since: float,
    emit: Emit,
    should_stop: ShouldStop,
) -> tuple[str, ...]:
    """Images that are no longer what was judged; they are told of."""
    changed = changed_images(
        work.root,
        store.committed_images(stored.id),
        before=before,
        since=since,
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    if changed:
        emit(notice_of(changed))
    return changed


def _finish(
    store: CaseStore,
    stored: Run,
    opened: OpenedModel,
    scale: Scale,
    work: Work,
    begun: float,
    changed: tuple[str, ...],
    emit: Emit,
) -> dict[str, object]:
    """Write the files from what the store holds, then close the run."""
    table, summary_file = work.out / PREDICTIONS, work.out / SUMMARY
    said = partial(store.predictions, stored.id, heat=False)
    write_predictions(table, said, opened.card)
    counts = counts_of(said(), opened.card)
    engine = opened.classifier.engine
    summary = summary_of(
        counts,
        ModelFacts.of(opened.card, opened.sha256),
        device=engine.device,
        precision=engine.precision.value,
        root=work.root,
        source=scale.kept(),
        changed=changed,
        seconds=time.perf_counter() - begun,
    )
    write_summary(summary_file, summary)
    store.finish_run(stored.id)
    emit(Result({"text": sentence_of(counts, work.out)}))
    return {
        **{key: counts[key] for key in ("images", "decisions", "labels")},
        "failed": counts["decisions"]["failed"],
        "run": stored.id,
        "predictions": str(table),
        "summary": str(summary_file),
        "heatmaps": str(work.out / files.HEATMAPS) if work.heatmaps else "",
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


class _Watch:
    """Tells of progress with the rate of this call, not of what was done before."""

    def __init__(self, emit: Emit, total: int, before: int) -> None:
        self._emit, self._total, self._before = emit, total, before
        self._begun, self._here = time.perf_counter(), 0

    def count(self, images: int) -> None:
        self._here += images
        seconds = max(time.perf_counter() - self._begun, 1e-6)
        done = self._before + self._here
        self._emit(Progress("classifying", done, self._total, self._here / seconds))
