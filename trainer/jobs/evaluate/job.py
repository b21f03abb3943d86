"""Evaluate a model on labelled cells: metrics, robustness, faithfulness, and a report.

Notes on the data (labels, classes, sources, patients) are known before any cell is read.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from trainer.atomic_files import ensure_writable, write_together
from trainer.data.item import Item, format_names
from trainer.data.manifest import Manifest
from trainer.domain import AlertLevel, ShouldStop
from trainer.errors import UserError
from trainer.evaluation.selective_metrics import MetricValue, compute_metrics
from trainer.jobs.common.alert_levels import AlertLevels, measure_alert_levels
from trainer.jobs.common.explanation.map_gates import measure_heat_maps
from trainer.jobs.common.explanation.metrics import FaithfulnessResult
from trainer.jobs.common.labelled.cells import match_labels, read_labelled_manifest
from trainer.jobs.common.labelled.leakage import (
    HeldOutData,
    exclude_training_images,
    training_history_of,
)
from trainer.jobs.common.labelled.scored_cells import (
    MIN_GROUP_CELLS,
    ONE_CLASS,
    ONE_PATIENT,
    LabelledPredictions,
    predict_labelled_cells,
)
from trainer.jobs.common.labelled.splits import describe_few_cells, describe_few_patients
from trainer.jobs.common.opened_model import OpenedModel, open_exact
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.jobs.common.report.number_text import format_estimate
from trainer.jobs.common.source_scale import describe_missing_calibration
from trainer.jobs.evaluate.duration import describe_duration, forecast_seconds
from trainer.jobs.evaluate.record import (
    CELL_COLUMNS,
    Evaluation,
    build_cell_rows,
    build_evaluation_record,
)
from trainer.jobs.evaluate.robustness import RobustnessResult, measure_robustness
from trainer.locations import data_folder
from trainer.models.package.card import Card
from trainer.models.package.registry import registry_of
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import EvaluateRequest


def build_data_notes(manifest: Manifest, card: Card) -> tuple[str, ...]:
    """Write the notes on labels, classes, sources and patients that the report shows.

    Raises:
        UserError: the model knows none of the labels.
    """
    labels = {item.label for item in manifest.items}
    if not labels & set(card.classes):
        raise UserError(
            f"The model {card.id} knows none of the labels: {format_names(sorted(labels))}.",
            f"It tells apart {', '.join(card.classes)}.",
        )
    return (
        *_label_notes(labels, card),
        *_source_notes(manifest, card),
        *describe_few_cells(item.label for item in manifest.items if item.label in card.classes),
        *_patient_notes(manifest),
    )


def _label_notes(labels: set[str], card: Card) -> Iterator[str]:
    if strange := sorted(labels - set(card.outputs)):
        names = format_names(strange)
        yield f"The model was not taught {names}: these cells count as unknown kinds."
    if missing := [name for name in card.classes if name not in labels]:
        yield f"The data hold no {format_names(missing)}: figures are of the other classes."
    if len(labels & set(card.classes)) == 1:
        yield ONE_CLASS


def _source_notes(manifest: Manifest, card: Card) -> Iterator[str]:
    calibrated_for = [each.name for each in card.sources]
    for source in sorted({item.source for item in manifest.items}):
        if note := describe_missing_calibration(source, calibrated_for):
            yield note


def _patient_notes(manifest: Manifest) -> Iterator[str]:
    patients = Counter(item.patient for item in manifest.items)
    if list(patients) == [""]:
        yield (
            "Patients are not known: cells are taken for independent, and intervals are narrower "
            "than they would be by patient."
        )
    elif len(patients) == 1:
        yield ONE_PATIENT
    yield from describe_few_patients(patients)


METRICS, CELLS, REPORT, FIGURES = "metrics.json", "cells.csv", "report.html", "figures"


def run(request: EvaluateRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Evaluate a model (see `EvaluateRequest`).

    Returns:
        The metrics of all cells, `cells`, `left_out`, `failed`, and the files written.

    Raises:
        UserError: no data, labels that the model does not know, nothing but cells that it
            learned from, or nothing can be written.
        Cancelled: `should_stop` returned true; nothing was written.
    """
    manifest = _select_split(
        read_labelled_manifest(
            request.data,
            emit,
            min_classes=1,
            merge_labels=request.merge_labels,
            any_suffix=request.any_suffix,
        ),
        request.split,
        emit,
    )
    opened = open_exact(request, emit)
    manifest = match_labels(
        manifest, opened.card.outputs, merge_labels=request.merge_labels, emit=emit
    )
    history = training_history_of(opened.package, registry_of(data_folder(request.data_dir)))
    held_out = exclude_training_images(manifest, history, emit, should_stop)
    notes = held_out.notes + build_data_notes(held_out.manifest, opened.card)
    out = Path(request.out)
    ensure_writable(out)
    started = time.perf_counter()
    cells = predict_labelled_cells(
        held_out.manifest,
        opened,
        seed=request.seed,
        on_progress=emit,
        should_stop=should_stop,
        alert=AlertLevel(request.alert),
    )
    taken = 1000 * (time.perf_counter() - started) / len(held_out.manifest.items)
    evaluation = _evaluate(request, opened, cells, held_out, notes, emit, should_stop)
    evaluation = replace(evaluation, milliseconds=round(taken, 3))
    for note in evaluation.notes:
        emit(JobWarning(note))
    return _write_results(evaluation, out, emit)


def _evaluate(
    request: EvaluateRequest,
    opened: OpenedModel,
    cells: LabelledPredictions,
    held_out: HeldOutData,
    notes: tuple[str, ...],
    emit: Emit,
    should_stop: ShouldStop,
) -> Evaluation:
    classifier, classes = opened.classifier, len(opened.card.classes)
    robustness: list[RobustnessResult] = []
    faithfulness: FaithfulnessResult | None = None
    if request.thorough:
        seconds = forecast_seconds(cells, classifier, classes)
        emit(Result({"text": describe_duration(seconds), "seconds": round(seconds, 1)}))
        robustness = measure_robustness(cells, classifier, classes, request.seed, emit, should_stop)
        grey = opened.card.view.grey
        faithfulness = measure_heat_maps(cells, classifier, grey, request.seed, emit, should_stop)
    notes += tuple(f"Left out: {fault}" for fault in cells.faults)
    figures = _compute_metrics_by_set(cells, opened)
    alert = _measure_alert(cells, opened, AlertLevel(request.alert))
    return Evaluation(
        opened, cells, held_out, request.data, figures, alert, robustness, faithfulness, notes, 0.0
    )


def _measure_alert(
    cells: LabelledPredictions, opened: OpenedModel, level: AlertLevel
) -> AlertLevels | None:
    decisions = cells.decisions
    return measure_alert_levels(
        opened.card,
        cells.scored,
        decisions.accepted | decisions.held,
        [item.source for item in cells.items],
        level=level,
    )


def _select_split(manifest: Manifest, split: str, emit: Emit) -> Manifest:
    """Select the cells: those of the requested split, else test cells, else all."""
    wanted = split or ("test" if manifest.split("test") else "")
    if not wanted:
        if any(item.split for item in manifest.items):
            raise UserError(
                "The data have no test split.", "Name the split to measure on with --split."
            )
        return manifest
    items = manifest.split(wanted)
    if not items:
        raise UserError(f"The data hold no image of the split “{wanted}”.")
    emit(JobWarning(f"Measured on the {len(items)} images of the split “{wanted}”."))
    return replace(manifest, items=items)


def _compute_metrics_by_set(
    cells: LabelledPredictions, opened: OpenedModel
) -> dict[str, dict[str, MetricValue]]:
    classes, decisions = opened.card.classes, cells.decisions
    figures = {"all": compute_metrics(cells.scored, decisions, classes)}
    parts: tuple[tuple[str, Callable[[Item], str]], ...] = (
        ("source", lambda item: item.source),
        ("patient", lambda item: item.patient),
    )
    for word, key in parts:
        names = np.array([key(item) for item in cells.items])
        for name in np.unique(names) if len(np.unique(names)) > 1 else ():
            rows = names == name
            if rows.sum() >= MIN_GROUP_CELLS:
                part = compute_metrics(cells.scored.part(rows), decisions.part(rows), classes)
                figures[f"{word}: {name or 'not said'}"] = part
    return figures


def _write_results(evaluation: Evaluation, out: Path, emit: Emit) -> dict[str, object]:
    from trainer.jobs.evaluate.charts import draw_evaluation_charts  # Matplotlib takes its time
    from trainer.jobs.evaluate.report import render_evaluation_report

    charts = draw_evaluation_charts(evaluation.cells.scored, evaluation.opened.card.classes)
    record = build_evaluation_record(evaluation)
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    files = {f"{FIGURES}/{name}.png": data for name, data in charts.items()}
    # On Linux a file's name can hold bytes that are no text; they are escaped.
    rows = build_cell_rows(evaluation.cells, evaluation.opened.card.classes)
    table = format_csv(CELL_COLUMNS, ([safe_cell(each) for each in row] for row in rows))
    files[CELLS] = table.encode("utf-8", "backslashreplace")
    files[METRICS] = text.encode("utf-8", "backslashreplace")
    files[REPORT] = render_evaluation_report(evaluation, charts).encode("utf-8", "backslashreplace")
    write_together(out, files)
    figures = record["figures"]["all"]
    emit(Result({"text": _format_summary(evaluation, out)}))
    return {
        "figures": figures,
        "cells": len(evaluation.cells.items),
        "left_out": len(evaluation.held_out.excluded),
        "failed": len(evaluation.cells.faults),
        "metrics": str(out / METRICS),
        "cost": record["cost"],
        "cell_table": str(out / CELLS),
        "report": str(out / REPORT),
    }


def _format_summary(evaluation: Evaluation, out: Path) -> str:
    lines = [f"{len(evaluation.cells.items)} cells judged by {evaluation.opened.card.id}."]
    for name in ("accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "accepted_precision"):
        figure = evaluation.figures["all"].get(name)
        if figure is not None and not isinstance(figure, int):
            text = format_estimate(figure.value, figure.low, figure.high)
            lines.append(f"  {name.replace('_', ' '):<20} {text}")
    if evaluation.alert is not None:
        lines.append(f"  {evaluation.alert.describe()}")
    return "\n".join([*lines, f"The report is {out / REPORT}"])
