"""Export the results of a case to files: tables, a report, a picture, cells."""

from __future__ import annotations

from pathlib import Path

from trainer.atomic_files import ensure_writable
from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.jobs.common.case.earlier_case import compare_to_earlier
from trainer.jobs.common.case.predictions_csv import PREDICTIONS, SUMMARY
from trainer.jobs.common.case.reader import CaseReader, open_case_reader
from trainer.jobs.common.case.statistics import (
    build_case_summary,
    compute_statistics,
    find_changed_images,
    interruptible,
)
from trainer.jobs.export.content import ExportContent, ReportOptions
from trainer.jobs.export.writers import find_writer
from trainer.locations import data_folder
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import ExportFormat, ExportRequest

FILE_NAMES: dict[ExportFormat, str] = {
    "csv": PREDICTIONS,
    "json": SUMMARY,
    "xlsx": "predictions.xlsx",
    "html": "report.html",
    "pdf": "report.pdf",
    "png": "summary.png",
    "coco": "cells.coco.json",
    "geojson": "geojson",
    "crops": "crops",
    "parquet": "cells.parquet",
    "class-folders": "class_folders",
    "label-studio": "label_studio",
}


def run(request: ExportRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Write the requested files, each whole or not at all (see `ExportRequest`).

    Returns:
        `out`, and `files`, the paths written, in the order of `formats`.

    Raises:
        UserError: no such run, files that would be replaced, a folder among the images, a full
            disk, or a folder that cannot be written to.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned true; files that were whole by then stay.
    """
    out, emit = Path(request.out), _without_repetition(emit)
    formats = tuple(dict.fromkeys(request.formats))
    with open_case_reader(request.folder, request.run, request.data_dir) as reader:
        _refuse_among_images(out, reader)
        _refuse_to_replace(out, formats, request)
        ensure_writable(out)
        content = _build_content(reader, request, emit, should_stop)
        for at, each in enumerate(formats):
            if should_stop():
                raise Cancelled
            emit(Progress(f"writing {FILE_NAMES[each]}", at, len(formats)))
            find_writer(each)(out / FILE_NAMES[each], content)
        emit(Progress("writing", len(formats), len(formats)))
    files = [str(out / FILE_NAMES[each]) for each in formats]
    emit(Result({"text": "\n".join(files), "files": files}))
    return {"out": str(out), "files": files}


def _without_repetition(emit: Emit) -> Emit:
    """Pass on events; a warning once, though several formats give it."""
    given: set[JobWarning] = set()

    def emit_once(event: Progress | JobWarning | Result) -> None:
        if isinstance(event, JobWarning):
            if event in given:
                return
            given.add(event)
        emit(event)

    return emit_once


def _build_content(
    reader: CaseReader, request: ExportRequest, emit: Emit, should_stop: ShouldStop
) -> ExportContent:
    options = ReportOptions(request.language, request.laboratory, request.logo)
    statistics = compute_statistics(
        interruptible(reader.results(), should_stop),
        reader,
        emit,
        count_edge_cells=request.count_edge_cells,
    )
    changed = find_changed_images(reader, emit, should_stop)
    summary = build_case_summary(reader, statistics.counts, changed, request.blast_precision)
    earlier = compare_to_earlier(
        reader,
        summary["differential"],
        data_folder(request.data_dir),
        emit,
        should_stop,
        count_edge_cells=request.count_edge_cells,
    )
    if earlier:
        summary["differential"]["earlier"] = earlier
    return ExportContent(reader, statistics, summary, emit, should_stop, options)


def _refuse_among_images(out: Path, reader: CaseReader) -> None:
    folders = [reader.root, *(reader.root / each for each in _folders_of(reader))]
    if any(out.resolve().is_relative_to(each.resolve()) for each in folders):
        raise UserError(
            f"The files would lie among the images, in {out}.",
            "Choose a folder outside of the folder of images.",
        )


def _folders_of(reader: CaseReader) -> tuple[str, ...]:
    return reader.store.details.get(reader.case.id).folders


def _refuse_to_replace(
    out: Path, formats: tuple[ExportFormat, ...], request: ExportRequest
) -> None:
    existing = [FILE_NAMES[each] for each in formats if (out / FILE_NAMES[each]).exists()]
    if existing and not request.overwrite:
        raise UserError(
            f"{out} holds {', '.join(existing)} already.",
            "Choose another folder, or allow the files to be replaced (--overwrite).",
        )
