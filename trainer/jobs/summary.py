"""The job that says the figures of a case, or of one run over it."""

from __future__ import annotations

from typing import Any

from trainer.domain import Prediction, ShouldStop
from trainer.jobs.common.case_reader import CaseReading, reading_case
from trainer.jobs.common.case_statistics import (
    Figures,
    changed_since,
    figures_of,
    run_facts,
    stopping,
    summary_json,
)
from trainer.jobs.common.case_summary import lines_of
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import SummaryRequest

MOST_FAILED = 1000
_NAMED = 20


def run(request: SummaryRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Count what is said of a case (see `SummaryRequest`).

    Returns:
        What summary.json holds, and `histogram` (counts by decision in bins of equal width
        from 0 to 1), `failed_images` (at most `MOST_FAILED`), `runs`, and `run`, the number
        asked for. `changed_since_judged` is None where it was not looked at.

    Raises:
        UserError: the folder has no run, or not that one.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` said so.
    """
    with reading_case(request.folder, request.run, request.data_dir) as reading:
        figures = figures_of(stopping(reading.predictions(), should_stop), reading, emit)
        changed = changed_since(reading, emit, should_stop) if request.compare else None
        found = summary_json(reading, figures.counts, changed or ())
        runs = [run_facts(reading, each) for each in reading.every_run]
    emit(Result({"text": _words(reading, request.run, figures, changed, found["statement"])}))
    return {
        **found,
        "changed_since_judged": None if changed is None else list(changed),
        "run": request.run,
        "histogram": figures.histogram,
        "failed_images": [_failure(each) for each in figures.failed[:MOST_FAILED]],
        "runs": runs,
    }


def _failure(prediction: Prediction) -> dict[str, Any]:
    return {"image": _sayable(prediction.image), "error": _sayable(prediction.error)}


def _sayable(text: str) -> str:
    """Text without halves of characters, which names of files can hold on Linux."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _words(
    reading: CaseReading,
    number: int | None,
    figures: Figures,
    changed: tuple[str, ...] | None,
    statement: str,
) -> str:
    """What the command line prints."""
    newest = reading.newest
    counting = ", ".join(str(run.id) for run in reading.runs)
    what = f"Run {number}" if number is not None else f"Case {reading.case.name} (runs {counting})"
    lines = [
        f"{what}: model {newest.model}, {newest.device}, {newest.precision}.",
        *lines_of(figures.counts),
        *(_sayable(f"  failed: {each.image}: {each.error}") for each in figures.failed[:_NAMED]),
    ]
    if len(figures.failed) > _NAMED:
        lines.append(f"  ... and {len(figures.failed) - _NAMED} more failed.")
    if changed is not None:
        lines.append(f"{len(changed)} images changed or vanished since they were judged.")
    return "\n".join([*lines, statement])
