"""Run the data audit: read every image once, analyse, write audit.json and report.html."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import ensure_writable, write_together
from trainer.data.audit.analysis import AuditAnalysis, ShortcutProbe, analyse
from trainer.data.audit.findings import Finding, findings_on_images
from trainer.data.audit.mean_image import MeanImages
from trainer.data.audit.measurements import ImageMeasurements, measure
from trainer.data.audit.probe import Probe
from trainer.data.audit.shortcut_findings import findings_on_shortcuts
from trainer.data.manifest import Manifest
from trainer.domain import Interval, Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.evaluation.bootstrap import bootstrap
from trainer.inference.openvino_engine import usable_cores
from trainer.inference.pipeline import limit_library_threads, ordered_map
from trainer.jobs.audit.record import NO_ALARM_TEXT, build_audit_record, encode_audit_record
from trainer.jobs.audit.report import render_audit_report
from trainer.jobs.common.labelled.cells import read_labelled_manifest
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import AuditRequest


def compute_probe_intervals(
    probe_results: Sequence[ShortcutProbe], seed: int
) -> dict[tuple[str, str], Interval]:
    """Compute the 95 % interval of each balanced accuracy, by target and place.

    The bootstrap draws groups (a patient's images, copies) as a whole and keeps the number of
    each label. Predictions of the folds are fixed: the variance of training is not included.
    """
    return {
        (each.target, each.place): _compute_interval(each.probe, seed) for each in probe_results
    }


def _compute_interval(probe: Probe, seed: int) -> Interval:
    is_label = probe.truth[:, None] == np.arange(len(probe.labels))
    hit = is_label & (probe.predicted == probe.truth)[:, None]

    def balanced(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):  # a label that was not drawn: undefined, left out
            recalls = (weights @ hit) / (weights @ is_label)
        return np.asarray(recalls.mean(axis=1), np.float64)

    (interval,) = bootstrap(
        balanced, len(probe.truth), seed=seed, strata=probe.truth, clusters=probe.groups
    )
    return interval


RECORD, REPORT = "audit.json", "report.html"
_LOOKAHEAD = 4  # images in work for each core


@dataclass(frozen=True, eq=False)
class _ImagePass:
    """What one pass over all images measures."""

    measurements: list[ImageMeasurements]
    means: MeanImages


def run(request: AuditRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Audit a data set (see `AuditRequest`).

    Returns:
        `verdict` ("alarm", "note" or "clear"), the ids of the findings, the paths of both
        files; `failed` is the number of images that could not be read.

    Raises:
        UserError: the data cannot be understood, no image can be read, or `out` lies among
            the images or cannot be written to.
        Cancelled: `should_stop` returned true; nothing is written then.
    """
    started = time.perf_counter()
    manifest = read_labelled_manifest(
        request.data,
        emit,
        merge_labels=request.merge_labels,
        any_suffix=request.any_suffix,
    )
    out = Path(request.out)
    _refuse_among_images(manifest, Path(request.data), out)
    ensure_writable(out)
    images = _measure_images(manifest, emit, should_stop)
    with limit_library_threads():
        analysis = analyse(
            manifest,
            images.measurements,
            seed=request.seed,
            on_progress=emit,
            should_stop=should_stop,
        )
    intervals = compute_probe_intervals(analysis.probes, request.seed)
    findings = sorted(
        [*findings_on_shortcuts(analysis, intervals), *findings_on_images(analysis)],
        key=lambda finding: finding.level != "alarm",
    )
    record = build_audit_record(analysis, findings, intervals, request)
    record["seconds"] = round(time.perf_counter() - started, 1)
    if should_stop():
        raise Cancelled
    report = render_audit_report(record, analysis, images.means)
    write_together(out, {REPORT: report, RECORD: encode_audit_record(record)})
    _report_findings(analysis, findings, out, emit)
    return {
        "verdict": record["verdict"],
        "findings": [finding.id for finding in findings],
        "failed": len(analysis.unreadable),
        "audit": str(out / RECORD),
        "report": str(out / REPORT),
    }


def _refuse_among_images(manifest: Manifest, data: Path, out: Path) -> None:
    """Refuse to write beside images."""
    folders = {item.path.parent.resolve() for item in manifest.items}
    if data.is_dir():
        folders.add(data.resolve())
    target = out.resolve()
    if any(target == folder or folder in target.parents for folder in folders):
        raise UserError(
            f"The report would lie among the images, in {out}.",
            "Choose an --out folder outside of the folders of images.",
        )


def _measure_images(manifest: Manifest, emit: Emit, should_stop: ShouldStop) -> _ImagePass:
    """Read every image once, and hold only its few numbers."""
    images = _ImagePass([], MeanImages())
    workers, total = usable_cores(), len(manifest.items)
    with limit_library_threads(), ThreadPoolExecutor(workers, thread_name_prefix="audit") as pool:
        for image in ordered_map(measure, manifest.items, pool, workers * _LOOKAHEAD):
            if should_stop():
                raise Cancelled
            images.measurements.append(image.measurements)
            if image.pixels is not None:
                images.means.add(image.item.label, image.pixels)
            emit(Progress("reading images", len(images.measurements), total))
    if all(measurement.error for measurement in images.measurements):
        first = manifest.items[0].name(manifest.root)
        raise UserError(
            f"None of the {total:,} images can be read. {first}: {images.measurements[0].error}",
            "Copy them again from where they came from.",
        )
    return images


def _report_findings(
    analysis: AuditAnalysis, findings: list[Finding], out: Path, emit: Emit
) -> None:
    manifest = analysis.manifest
    for row in analysis.unreadable[:5]:
        name = manifest.items[row].name(manifest.root)
        emit(JobWarning(f"{name} cannot be read: {analysis.measurements[row].error}"))
    advised: set[str] = set()
    for finding in findings:
        mark = "ALARM" if finding.level == "alarm" else "Note"
        advice = "" if finding.advice in advised else f"\n  {finding.advice}"
        advised.add(finding.advice)
        emit(Result({"text": f"{mark}: {finding.text}{advice}", "finding": finding.id}))
    if not any(finding.level == "alarm" for finding in findings):
        emit(Result({"text": NO_ALARM_TEXT}))
    emit(Result({"text": f"The report is {out / REPORT}."}))
