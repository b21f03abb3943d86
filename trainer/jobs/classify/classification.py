"""The fourth step of `classify`: images through the model, predictions into the store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from trainer.awake_clock import awake_seconds
from trainer.cases.records import FieldSearch, RunState, SearchedField
from trainer.cases.store import CaseStore
from trainer.domain import Decision, Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.imaging.model_input import ImageTask, Product
from trainer.inference.classifier import ClassifiedImage
from trainer.inference.feature_distance import encode_embedding
from trainer.inference.keras_engine import device_lost
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.classify.run_context import RunContext
from trainer.jobs.classify.selection import SelectedImages
from trainer.jobs.classify.slides import NO_HEAT_MAPS, SlideScan
from trainer.jobs.common.explanation.heatmap_files import draw_heatmap, warn_about_maps
from trainer.jobs.common.opened_model import OpenedModel
from trainer.models.backend import out_of_memory
from trainer.protocol.events import Emit, JobWarning, execution_result
from trainer.protocol.requests import ClassifyRequest


def classify_images(
    store: CaseStore,
    context: RunContext,
    opened: OpenedModel,
    images: SelectedImages,
    request: ClassifyRequest,
    emit: Emit,
    should_stop: ShouldStop,
) -> OpenedModel:
    """Classify what is left of a run and commit it batch by batch; return the model used last.

    A GPU that fails, or lacks the memory for a single cell, is left for the CPU, with a warning.

    Raises:
        UserError: the folder of images is gone, or a disk is full; the run counts as failed.
        Cancelled: `should_stop` returned True; what was committed stays.
    """
    while True:
        try:
            _classify_left(store, context, opened, images, request, emit, should_stop)
            return opened
        except Cancelled:
            store.runs.finish(context.run.id, RunState.CANCELLED)
            raise
        except UserError:
            store.runs.finish(context.run.id, RunState.FAILED)
            raise
        except Exception as error:
            reason = _describe_device_failure(opened.execution.device, error)
            if not reason:
                raise
            emit(JobWarning(f"{reason}."))
            opened = opened.on_cpu(reason)
            emit(execution_result(opened.execution))
            store.runs.resume(context.run.id, device=opened.execution.device)
            context = context.without(store.predictions.committed_images(context.run.id))


def _describe_device_failure(device: str, error: Exception) -> str:
    """Why a run goes on on the CPU, in words; empty where `error` is no fault of a GPU."""
    if device == "CPU" or not (out_of_memory(error) or device_lost(error)):
        return ""
    what = f"The memory of {device} ran out" if out_of_memory(error) else f"{device} failed"
    return f"{what}; going on on the CPU"


def _classify_left(
    store: CaseStore,
    context: RunContext,
    opened: OpenedModel,
    images: SelectedImages,
    request: ClassifyRequest,
    emit: Emit,
    should_stop: ShouldStop,
) -> None:
    """One pass over what is left; each batch is numbered, drawn, then committed."""
    known = store.cells.known(context.run.case_id)
    tasks = [
        ImageTask(name, images.root / name, known=known.get(name)) for name in context.names_left
    ]
    parameters = replace(
        opened.card.view_parameters(context.scale.profile, context.scale.by_size),
        content=context.content,
    )
    draws = request.heatmaps and _may_draw(opened, request, emit)
    keep = Product.IMAGE if draws else Product.NONE
    source = context.scale.profile.name
    classifier = opened.classifier.for_source(opened.card, source, context.alert)
    classified = classifier.run(
        tasks, parameters, keep=keep, workers=usable_cores(), should_stop=should_stop
    )
    batches: Iterator[list[ClassifiedImage]] = map(
        partial(_number_cells, store, context.run.case_id), classified
    )
    if draws:
        batches = _draw_heatmaps(batches, opened, Path(request.out))
    total, start = len(images.names) - len(images.slides), awake_seconds()
    done_before = done = total - len(tasks)
    for batch in batches:
        _refuse_if_gone(images.root, batch)
        _commit(store, context.run.id, batch)
        done += len(batch)
        # The rate is that of this pass; what was done before does not count into it.
        rate = (done - done_before) / max(awake_seconds() - start, 1e-6)
        emit(Progress("classifying", done, total, rate))
    if context.slides and request.heatmaps:
        emit(JobWarning(NO_HEAT_MAPS))
    scan = SlideScan(
        *(store, context.run.case_id, context.run.id, images.root, classifier, parameters),
        *(request.count, emit, should_stop),
    )
    for name, plan in context.slides.items():
        scan.scan(name, plan)


def _may_draw(opened: OpenedModel, request: ClassifyRequest, emit: Emit) -> bool:
    """Whether heat maps are drawn: where they pass their gates, or these are to be ignored."""
    gates = opened.card.map_gates
    draws = gates is None or gates.passed or request.ignore_gates
    warn_about_maps(opened.card, emit, drawn=draws)
    return draws


def _number_cells(
    store: CaseStore, case_id: int, batch: list[ClassifiedImage]
) -> list[ClassifiedImage]:
    """Give the cells of fields their numbers, which stay theirs from run to run."""
    fields = [each for each in batch if each.image.is_field]
    if not fields:
        return batch
    numbers = store.cells.add_found(case_id, [_field_search(each) for each in fields])
    numbered = {
        each.image.task.name: each.numbered(found)
        for each, found in zip(fields, numbers, strict=True)
    }
    return [numbered.get(each.image.task.name, each) for each in batch]


def _field_search(field: ClassifiedImage) -> FieldSearch:
    cells = [located for each in field.cells if (located := each.prediction.located)]
    return FieldSearch(field.image.task.name, field.image.sha256, tuple(cells))


def _commit(store: CaseStore, run_id: int, batch: list[ClassifiedImage]) -> None:
    """Store all cells of some images at once, so that a run goes on at whole images."""
    cells = [cell for each in batch for cell in each.cells]
    fields = [
        SearchedField(
            each.image.task.name,
            each.image.sha256,
            len(each.cells),
            each.image.width,
            each.image.height,
            each.image.notes,
        )
        for each in batch
        if each.image.is_field
    ]
    pooled = [encode_embedding(cell.pooled) for cell in cells]
    store.predictions.add(run_id, [cell.prediction for cell in cells], pooled, fields)


def _draw_heatmaps(
    batches: Iterator[list[ClassifiedImage]], opened: OpenedModel, out: Path
) -> Iterator[list[ClassifiedImage]]:
    """Draw heat maps beside the next batch's inference; a batch comes out when it is drawn."""
    with ThreadPoolExecutor(usable_cores(), thread_name_prefix="draw") as pool:
        before: tuple[list[ClassifiedImage], list[Future[None]]] | None = None
        for batch in batches:
            futures = [
                pool.submit(draw_heatmap, out, cell, opened.card)
                for each in batch
                for cell in each.cells
            ]
            if before is not None:
                yield _await_heatmaps(*before)
            before = batch, futures
        if before is not None:
            yield _await_heatmaps(*before)


def _await_heatmaps(
    batch: list[ClassifiedImage], futures: list[Future[None]]
) -> list[ClassifiedImage]:
    for future in futures:
        future.result()
    return batch


def _refuse_if_gone(root: Path, batch: list[ClassifiedImage]) -> None:
    """A folder that vanished is not a row of failed images: stop, to go on when it is back."""
    cells = (cell for each in batch for cell in each.cells)
    failed = any(cell.prediction.decision is Decision.FAILED for cell in cells)
    if failed and not root.is_dir():
        raise UserError(
            f"The folder {root} is gone.",
            "Bring it back, then go on with the run: what was done is kept.",
            can_go_on=True,
        )
