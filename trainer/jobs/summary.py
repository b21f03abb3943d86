"""`summary`: the figures of a case, or of one run over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainer.domain import Prediction, ShouldStop, printable
from trainer.jobs.common.case.earlier_case import compare_to_earlier
from trainer.jobs.common.case.reader import CaseReader, open_case_reader
from trainer.jobs.common.case.statistics import (
    CaseStatistics,
    build_case_summary,
    compute_statistics,
    find_changed_images,
    interruptible,
    run_record,
)
from trainer.jobs.common.case.summary import format_counts
from trainer.jobs.common.report.differential_text import describe_shares
from trainer.jobs.common.unread_notes import describe_not_read
from trainer.locations import data_folder
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import SummaryRequest

MAX_FAILED = 1000
_MAX_NAMED = 20


def run(request: SummaryRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Count the predictions of a case (see `SummaryRequest`).

    Returns:
        What summary.json holds, and `histogram` (counts by decision in bins of equal width
        from 0 to 1), `notes` (sentences on the shares), `failed_images` (at most `MAX_FAILED`),
        `runs`, and `run`, the number requested. `changed_since_judged` is None where images were
        not compared.

    Raises:
        UserError: the folder has no run, or not that one.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned True.
    """
    with open_case_reader(request.folder, request.run, request.data_dir) as reader:
        figures = compute_statistics(
            interruptible(reader.results(), should_stop),
            reader,
            emit,
            count_edge_cells=request.count_edge_cells,
        )
        changed = find_changed_images(reader, emit, should_stop) if request.compare else None
        summary = build_case_summary(reader, figures.counts, changed or (), request.blast_precision)
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
        runs = [run_record(reader, each) for each in reader.all_runs]
    emit(Result({"text": _format_summary(reader, request.run, figures, changed, summary)}))
    return {
        **summary,
        "changed_since_judged": None if changed is None else list(changed),
        "run": request.run,
        "notes": [
            *describe_shares(summary["differential"]),
            *summary.get("promise", {}).get("text", ()),
        ],
        "histogram": figures.histogram,
        "failed_images": [_failure_record(each) for each in figures.failed[:MAX_FAILED]],
        "runs": runs,
    }


def _failure_record(prediction: Prediction) -> dict[str, Any]:
    return {"image": printable(prediction.image), "error": printable(prediction.error)}


def _format_summary(
    reader: CaseReader,
    run_id: int | None,
    statistics: CaseStatistics,
    changed: tuple[str, ...] | None,
    summary: Mapping[str, Any],
) -> str:
    """What the command line prints."""
    newest = reader.newest_run
    counting = ", ".join(str(run.id) for run in reader.runs)
    what = f"Run {run_id}" if run_id is not None else f"Case {reader.case.name} (runs {counting})"
    lines = [
        f"{what}: model {newest.model}, {newest.device}, {newest.precision}.",
        *format_counts(summary),
        *(
            printable(f"  failed: {each.image}: {each.error}")
            for each in statistics.failed[:_MAX_NAMED]
        ),
    ]
    if len(statistics.failed) > _MAX_NAMED:
        lines.append(f"  ... and {len(statistics.failed) - _MAX_NAMED} more failed.")
    if not_read := reader.files_not_read():
        lines.append(describe_not_read(not_read))
    if changed is not None:
        lines.append(f"{len(changed)} images changed or vanished since they were judged.")
    return "\n".join([*lines, summary["statement"]])
