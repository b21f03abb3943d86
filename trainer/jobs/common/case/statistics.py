"""All figures of a case in one pass over its predictions: for the window and every export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from trainer.cases.current_runs import CurrentResult
from trainer.cases.records import Run, SearchedField
from trainer.cases.review_classes import places_of
from trainer.domain import Decision, OnProgress, Prediction, Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.common.case.blast_limits import BLAST_PRECISION
from trainer.jobs.common.case.reader import CaseReader
from trainer.jobs.common.case.summary import (
    ALERT,
    build_provenance,
    build_summary,
    count_predictions,
    describe_alert,
)
from trainer.jobs.common.file_hashes import changed_images
from trainer.protocol.events import Emit, JobWarning

ResultT = TypeVar("ResultT")

HISTOGRAM_BINS = 20
PROGRESS_INTERVAL = 512


@dataclass
class CaseStatistics:
    """Figures of one pass over the predictions.

    Attributes:
        counts: as in summary.json.
        histogram: decision -> number of cells by probability of their label, in
            `HISTOGRAM_BINS` bins of equal width from 0 to 1.
        failed: every image that could not be read, by image.
    """

    counts: Mapping[str, Any] = field(default_factory=dict)
    histogram: dict[str, list[int]] = field(default_factory=dict)
    failed: list[Prediction] = field(default_factory=list)


def compute_statistics(
    results: Iterator[CurrentResult],
    reader: CaseReader,
    on_progress: OnProgress,
    *,
    count_edge_cells: bool = False,
) -> CaseStatistics:
    """Count the predictions and fields; progress is emitted once a page."""
    decisions = (Decision.ACCEPT, Decision.REVIEW, Decision.UNKNOWN)
    statistics = CaseStatistics(histogram={each.value: [0] * HISTOGRAM_BINS for each in decisions})

    def counted() -> Iterator[CurrentResult]:
        for at, each in enumerate(results, 1):
            if isinstance(each, SearchedField):
                pass
            elif each.decision is Decision.FAILED:
                statistics.failed.append(each)
            else:
                statistics.histogram[each.decision.value][histogram_bin(each.probability)] += 1
            if at % PROGRESS_INTERVAL == 0:
                on_progress(Progress("counting", at))
            yield each

    statistics.counts = count_predictions(
        counted(),
        reader.model,
        count_edge_cells=count_edge_cells,
        reviews=reader.store.reviews.latest(reader.case.id),
        places=places_of(reader.review_classes),
    )
    return statistics


def histogram_bin(probability: float) -> int:
    """The bin of a probability; 1.0 is in the last one."""
    return min(int(probability * HISTOGRAM_BINS), HISTOGRAM_BINS - 1)


def interruptible(results: Iterator[ResultT], should_stop: ShouldStop) -> Iterator[ResultT]:
    """Iterate over the same, checking once a page whether to stop.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    for at, each in enumerate(results):
        if at % PROGRESS_INTERVAL == 0 and should_stop():
            raise Cancelled
        yield each


def find_changed_images(reader: CaseReader, emit: Emit, should_stop: ShouldStop) -> tuple[str, ...]:
    """Find images whose files changed since; none where the whole folder is gone."""
    if not reader.root.is_dir():
        emit(
            JobWarning(
                f"The folder {reader.root} is gone; whether its images changed is not known.",
                "What was said of them is kept.",
            )
        )
        return ()
    recorded: dict[int, dict[str, str]] = {run.id: {} for run in reader.runs}
    for run, each in reader.results_of_runs():
        recorded[run.id][each.image] = each.sha256
    changed: list[str] = []
    for run in reader.runs:
        changed += changed_images(
            reader.root,
            recorded[run.id],
            before=frozenset(),
            since=_parse_time(run.started).timestamp(),
            workers=usable_cores(),
            on_progress=emit,
            should_stop=should_stop,
        )
    return tuple(sorted(changed))


def build_case_summary(
    reader: CaseReader,
    counts: Mapping[str, Any],
    changed: tuple[str, ...],
    blast_precision: float = BLAST_PRECISION,
) -> dict[str, Any]:
    """Build summary.json of the case, as `classify` writes it of a run.

    Args:
        blast_precision: as of `build_summary`.
    """
    provenance = build_provenance(
        reader.model,
        device=reader.newest_run.device,
        precision=reader.newest_run.precision,
        root=reader.root,
        source=reader.source(),
        changed=changed,
        not_read=reader.files_not_read(),
        alert=describe_alert(
            reader.model, reader.source(), (run.settings.get(ALERT) for run in reader.runs)
        ),
    )
    seconds = sum(_run_seconds(run) for run in reader.runs)
    return build_summary(counts, provenance, seconds, blast_precision)


def run_record(reader: CaseReader, run: Run) -> dict[str, Any]:
    """Build the record of a run for a list of runs: JSON values."""
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
        "judged": reader.store.predictions.count(run.id),
        "counts": run in reader.runs,
    }


def _run_seconds(run: Run) -> float:
    """How long a run took; 0 while it is not known."""
    if run.finished is None:
        return 0.0
    return (_parse_time(run.finished) - _parse_time(run.started)).total_seconds()


def _parse_time(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
