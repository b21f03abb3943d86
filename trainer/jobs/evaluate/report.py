"""Build report.html of an evaluation: one page that stands alone, to be read and printed."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.cases.review_classes import name_in_sentence, usual_name
from trainer.domain import RESEARCH_USE, Window
from trainer.imaging.heat_maps import heat_maps_of, normalize_heatmaps
from trainer.imaging.overlay import overlay_heat_map
from trainer.jobs.common.explanation.map_gates import gate_cells
from trainer.jobs.common.labelled.scored_cells import SampleCell
from trainer.jobs.common.report.html import (
    THUMBNAIL_SIDE,
    Figure,
    Picture,
    Table,
    image_data_url,
    jpeg_data_url,
    render_page,
)
from trainer.jobs.common.report.number_text import (
    format_bounds,
    format_difference,
    format_estimate,
    format_metric,
    format_number,
)
from trainer.jobs.evaluate.record import Evaluation
from trainer.models.package.map_gates import MAP_GATE_TITLES, MAP_LEAD_TITLES, MapGates

_MAX_ERRORS = 12
_JPEG_QUALITY = 95
_OVERALL_METRICS = (
    ("cells", "cells of the model's classes"),
    ("unknown_cells", "cells of unknown kinds"),
    ("accuracy", "accuracy"),
    ("balanced_accuracy", "balanced accuracy"),
    ("macro_f1", "macro-F1"),
    ("mcc", "Matthews correlation"),
    ("roc_auc", "ROC-AUC, one against the rest"),
    ("pr_auc", "PR-AUC, one against the rest"),
    ("log_loss", "log-loss"),
    ("brier", "Brier score"),
    ("ece", "expected calibration error"),
    ("accepted", "share accepted"),
    ("accepted_cells", "cells accepted, unknown kinds among them"),
    ("accepted_precision", "right among the accepted"),
    ("called_unknown", "known cells called unknown"),
    ("unknown_found", "unknown kinds called unknown"),
    ("unknown_accepted", "unknown kinds accepted"),
    ("unknown_auroc_other_classes", "AUROC of unknown kinds, by other classes"),
    ("unknown_auroc_probability", "AUROC of unknown kinds, by probability"),
    ("unknown_auroc_distance", "AUROC of unknown kinds, by distance"),
)
_CLASS_METRICS = {
    "cells": "cells",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "ppv": "positive predictive value",
    "f1": "F1",
}
_SUBGROUP_METRICS = {
    "balanced_accuracy": "balanced accuracy",
    "accepted": "share accepted",
    "accepted_precision": "right among the accepted",
    "called_unknown": "called unknown",
}
_CHARTS = {
    "confusion": "Who is taken for whom: cells of the model's classes, everything accepted",
    "roc": "ROC curves; areas in the key",
    "precision_recall": "Precision-recall curves; areas in the key",
    "reliability": "Reliability: how often it is right when it says how sure it is; exact 95 % "
    "intervals",
    "risk_coverage": "Risk and coverage: how many are wrong, the more are accepted",
}


_FAITHFULNESS_METRICS = {
    "deletion": "deletion, lower is better",
    "insertion": "insertion, higher is better",
    "inside": "share of the heat on the cell",
    "likeness": "likeness to maps of a head left to chance, near 0",
}


def render_evaluation_report(evaluation: Evaluation, charts: Mapping[str, bytes]) -> str:
    """Render the page.

    Args:
        charts: PNG pictures by name (see `charts.draw_evaluation_charts`).
    """
    card, cells = evaluation.opened.card, evaluation.cells
    metrics = evaluation.figures["all"]
    faithfulness = evaluation.faithfulness
    robustness = evaluation.robustness
    return render_page(
        "evaluate.html",
        title=f"{card.id} on {len(cells.items)} cells",
        statement=RESEARCH_USE,
        data=evaluation.data,
        card_sha256=evaluation.opened.sha256,
        notes=evaluation.notes,
        overall=_overall_table(evaluation),
        by_class=_class_table(evaluation),
        all_classes_occur=any(f"ppv_{name}" in metrics for name in card.classes),
        charts=_chart_figures(charts),
        alert=evaluation.alert.to_table() if evaluation.alert else None,
        alert_note=evaluation.alert.describe_sources() if evaluation.alert else "",
        subgroups=_subgroup_table(evaluation),
        error_count=len(cells.errors),
        errors=_error_figures(evaluation),
        robustness_cells=robustness[0].cells if robustness else 0,
        robustness=_robustness_table(evaluation),
        map_gates=_map_gate_table(faithfulness.gates) if faithfulness else None,
        faithfulness_cells=faithfulness.cells if faithfulness else 0,
        faithfulness=_faithfulness_table(evaluation),
    )


def _overall_table(evaluation: Evaluation) -> Table:
    metrics = evaluation.figures["all"]
    rows = [
        (title, format_metric(metrics[name])) for name, title in _OVERALL_METRICS if name in metrics
    ]
    return Table(("figure", "value"), rows, numbers=(1,))


def _class_table(evaluation: Evaluation) -> Table:
    """What is not defined of any class is left out."""
    metrics, classes = evaluation.figures["all"], evaluation.opened.card.classes
    keys = [key for key in _CLASS_METRICS if any(f"{key}_{name}" in metrics for name in classes)]
    rows = [
        (
            usual_name(name),
            *(format_metric(metrics.get(f"{key}_{name}")) or "-" for key in keys),
        )
        for name in classes
    ]
    head = ("class", *(_CLASS_METRICS[key] for key in keys))
    return Table(head, rows, numbers=range(1, len(head)))


def _chart_figures(charts: Mapping[str, bytes]) -> list[Figure]:
    return [
        Figure((Picture(image_data_url(charts[name]), title),), (title,))
        for name, title in _CHARTS.items()
        if name in charts
    ]


def _subgroup_table(evaluation: Evaluation) -> Table | None:
    rows = [
        (
            subgroup,
            str(metrics["cells"]),
            *(format_metric(metrics.get(name)) for name in _SUBGROUP_METRICS),
        )
        for subgroup, metrics in evaluation.figures.items()
        if subgroup != "all"
    ]
    head = ("where", "cells", *_SUBGROUP_METRICS.values())
    return Table(head, rows, numbers=range(1, len(head))) if rows else None


def _error_figures(evaluation: Evaluation) -> list[Figure]:
    """The surest ones first."""
    predictions = evaluation.cells.predictions
    surest = sorted(evaluation.cells.errors, key=lambda cell: -predictions[cell.row].probability)
    return [_error_figure(evaluation, cell) for cell in surest[:_MAX_ERRORS]]


def _error_figure(evaluation: Evaluation, cell: SampleCell) -> Figure:
    item, prediction = evaluation.cells.items[cell.row], evaluation.cells.predictions[cell.row]
    heat = heat_maps_of(prediction)
    assert heat is not None
    index = evaluation.opened.card.outputs.index(prediction.label)
    size = cell.view.shape[0]
    covered = evaluation.opened.classifier.heatmap_window(Window(0, 0, size), heat.shape[1])
    assert covered is not None
    overlay = overlay_heat_map(cell.view, normalize_heatmaps(heat[index]), covered)
    pictures = (
        Picture(_square_thumbnail_url(cell.view), "the cell"),
        Picture(_square_thumbnail_url(overlay), "its heat map"),
    )
    labels = f"{usual_name(item.label)}, called {name_in_sentence(prediction.label)}"
    return Figure(pictures, (f"{labels} {prediction.probability:.2f}", item.short_name))


def _square_thumbnail_url(rgb: NDArray[np.uint8]) -> str:
    small = cv2.resize(rgb, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)
    return jpeg_data_url(np.asarray(small, np.uint8), _JPEG_QUALITY)


def _robustness_table(evaluation: Evaluation) -> Table | None:
    rows = [
        (
            each.name,
            f"{each.level:g} {each.unit}".strip() if each.unit else "",
            format_estimate(each.balanced_accuracy, each.low, each.high),
            format_difference(each.change, each.change_low, each.change_high) if each.unit else "",
        )
        for each in evaluation.robustness
    ]
    head = ("what was done", "how much", "balanced accuracy", "change")
    return Table(head, rows, numbers=(2, 3)) if rows else None


def _map_gate_table(gates: MapGates | None) -> Table | None:
    if gates is None:
        return None
    titles = (*MAP_GATE_TITLES.values(), *MAP_LEAD_TITLES.values())
    required = [f"above {gate.threshold:g}" for gate in gates.gates] + [""] * len(gates.leads)
    rows = list(zip(titles, gate_cells(gates), required, strict=True))
    return Table(("gate", "value (95 %)", "must be"), rows, numbers=(1,))


def _faithfulness_table(evaluation: Evaluation) -> Table | None:
    if evaluation.faithfulness is None:
        return None
    intervals = evaluation.faithfulness.intervals
    rows = [
        (
            _FAITHFULNESS_METRICS[name],
            format_number(value)
            + (f" ({format_bounds(*intervals[name])})" if name in intervals else ""),
            format_number(chance),
        )
        for name, (value, chance) in evaluation.faithfulness.with_chance_level().items()
    ]
    return Table(("heat maps", "measured", "by chance"), rows, numbers=(1, 2))
