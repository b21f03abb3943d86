"""All figures of a case in one pass over its predictions: for the window and every export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trainer.cases.records import Run
from trainer.domain import Decision, OnProgress, Prediction, Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.common.case_reader import CaseReading
from trainer.jobs.common.case_summary import counts_of, summary_of
from trainer.jobs.common.file_hashes import changed_images
from trainer.protocol.events import Emit, JobWarning

BINS = 20
PAGE = 512


@dataclass
class Figures:
    """What one pass finds.

    Attributes:
        counts: as in summary.json.
        histogram: decision -> number of cells by probability of their label, in `ECE_BINS` bins
            of equal width from 0 to 1.
        failed: every image that could not be read, by image.
    """

    counts: Mapping[str, Any] = field(default_factory=dict)
    histogram: dict[str, list[int]] = field(default_factory=dict)
    failed: list[Prediction] = field(default_factory=list)


def figures_of(
    predictions: Iterator[Prediction], reading: CaseReading, on_progress: OnProgress
) -> Figures:
    """Count the predictions; progress is told once a page."""
    shown = (Decision.ACCEPT, Decision.REVIEW, Decision.UNKNOWN)
    found = Figures(histogram={decision.value: [0] * BINS for decision in shown})

    def seen() -> Iterator[Prediction]:
        for at, each in enumerate(predictions, 1):
            if each.decision is Decision.FAILED:
                found.failed.append(each)
            else:
                found.histogram[each.decision.value][bin_of(each.probability)] += 1
            if at % PAGE == 0:
                on_progress(Progress("counting", at))
            yield each

    found.counts = counts_of(seen(), reading.model)
    return found


def bin_of(probability: float) -> int:
    """The bin of a probability; 1.0 is in the last one."""
    return min(int(probability * BINS), BINS - 1)


def stopping(predictions: Iterator[Prediction], should_stop: ShouldStop) -> Iterator[Prediction]:
    """The same, asking once a page whether to stop.

    Raises:
        Cancelled: `should_stop` said so.
    """
    for at, each in enumerate(predictions):
        if at % PAGE == 0 and should_stop():
            raise Cancelled
        yield each


def changed_since(reading: CaseReading, emit: Emit, should_stop: ShouldStop) -> tuple[str, ...]:
    """Images that are no longer what was judged; none where the whole folder is gone."""
    if not reading.root.is_dir():
        emit(
            JobWarning(
                f"The folder {reading.root} is gone; whether its images changed is not known.",
                "What was said of them is kept.",
            )
        )
        return ()
    judged: dict[int, dict[str, str]] = {run.id: {} for run in reading.runs}
    for run, each in reading.predictions_of_runs():
        judged[run.id][each.image] = each.sha256
    changed: list[str] = []
    for run in reading.runs:
        changed += changed_images(
            reading.root,
            judged[run.id],
            before=frozenset(),
            since=_moment(run.started).timestamp(),
            workers=usable_cores(),
            on_progress=emit,
            should_stop=should_stop,
        )
    return tuple(sorted(changed))


def summary_json(
    reading: CaseReading, counts: Mapping[str, Any], changed: tuple[str, ...]
) -> dict[str, Any]:
    """summary.json of the case: as `classify` writes it of a run."""
    return summary_of(
        counts,
        reading.model,
        device=reading.newest.device,
        precision=reading.newest.precision,
        root=reading.root,
        source=reading.source(),
        changed=changed,
        seconds=sum(_seconds(run) for run in reading.runs),
    )


def run_facts(reading: CaseReading, run: Run) -> dict[str, Any]:
    """What a list of runs says of one: JSON values."""
    return {
        "id": run.id,
        "model": run.model,
        "model_sha256": run.model_sha256,
        "precision": run.precision,
        "device": run.device,
        "software": run.software,
        "state": run.state.value,
        "started": run.started,
        "finished": run.finished,
        "images": run.images,
        "judged": reading.store.count(run.id),
        "counts": run in reading.runs,
    }


def _seconds(run: Run) -> float:
    """How long a run took; 0 while it is not known."""
    if run.finished is None:
        return 0.0
    return (_moment(run.finished) - _moment(run.started)).total_seconds()


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
