"""report.html of an evaluation: one page that stands alone, to be read and printed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import cv2
import numpy as np

from trainer.domain import RESEARCH_USE, Window
from trainer.evaluation.selective_metrics import MetricValue
from trainer.imaging.overlay import overlay_heat_map
from trainer.jobs.common.html import image_data_url, image_element, page, paragraph, table
from trainer.jobs.common.scored_cells import SampleCell
from trainer.jobs.evaluate.record import Evaluation
from trainer.models.class_colours import readable_name

_MAX_ERRORS = 12
_THUMBNAIL_SIDE = 128
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


def render_evaluation_report(evaluation: Evaluation, charts: Mapping[str, bytes]) -> str:
    """The page.

    Args:
        charts: PNG pictures by name (see `evaluate_charts.charts_of`).
    """
    card, seen = evaluation.opened.card, evaluation.cells
    title = f"{card.id} on {len(seen.items)} cells"
    return page(
        title,
        [
            f"<h1>{escape(title)}</h1>",
            paragraph(f"Data: {evaluation.data}. Card: {evaluation.opened.sha256}.", "quiet"),
            paragraph(RESEARCH_USE, "use"),
            *(paragraph(note, "warn") for note in evaluation.notes),
            _overall_section(evaluation),
            _class_section(evaluation),
            _chart_section(charts),
            _subgroup_section(evaluation),
            _error_section(evaluation),
            _robustness_section(evaluation),
            _faithfulness_section(evaluation),
        ],
    )


def _overall_section(evaluation: Evaluation) -> str:
    figures = evaluation.figures["all"]
    rows = [
        (words, _format_metric(figures[name]))
        for name, words in _OVERALL_METRICS
        if name in figures
    ]
    text = (
        "95 % intervals in brackets: exact for shares of cells, bootstrap (2,000 resamples) for "
        "the others; by patient, where patients are known. A bootstrap knows nothing of errors "
        "that did not happen: where it leaves no width, the exact ones, and that of a balanced "
        "accuracy without any error, say how sure the figure is."
    )
    return "<h2>Figures</h2>" + table(("figure", "value"), rows, numbers=(1,)) + paragraph(text)


def _class_section(evaluation: Evaluation) -> str:
    """What is not defined of any class is left out."""
    figures, classes = evaluation.figures["all"], evaluation.opened.card.classes
    shown = [key for key in _CLASS_METRICS if any(f"{key}_{name}" in figures for name in classes)]
    rows = [
        (
            readable_name(name),
            *(_format_metric(figures.get(f"{key}_{name}")) or "-" for key in shown),
        )
        for name in classes
    ]
    head = ("class", *(_CLASS_METRICS[key] for key in shown))
    made = "<h2>By class</h2>" + table(head, rows, numbers=range(1, len(head)))
    if "ppv" in shown:
        return made
    words = "Specificity, predictive value and F1 depend on which classes occur: not all do here."
    return made + paragraph(words, "quiet")


def _chart_section(charts: Mapping[str, bytes]) -> str:
    shown = "".join(
        f"<figure>{image_element(charts[name], words)}"
        f"<figcaption>{escape(words)}</figcaption></figure>"
        for name, words in _CHARTS.items()
        if name in charts
    )
    return f'<h2>Curves</h2><div class="charts">{shown}</div>'


def _subgroup_section(evaluation: Evaluation) -> str:
    parts = {name: part for name, part in evaluation.figures.items() if name != "all"}
    if not parts:
        return ""
    rows = [
        (where, str(part["cells"]), *(_format_metric(part.get(name)) for name in _SUBGROUP_METRICS))
        for where, part in parts.items()
    ]
    head = ("where", "cells", *_SUBGROUP_METRICS.values())
    return "<h2>By source and patient</h2>" + table(head, rows, numbers=range(1, 6))


def _error_section(evaluation: Evaluation) -> str:
    """The surest ones first."""
    seen = evaluation.cells
    surest = sorted(seen.errors, key=lambda cell: -seen.predictions[cell.row].probability)
    if not surest:
        return ""
    figures = "".join(_error_figure(evaluation, cell) for cell in surest[:_MAX_ERRORS])
    words = (
        f"{len(surest)} cells are taken for another class. The surest, as the network saw them, "
        "each with the heat map of what it was taken for."
    )
    return f'<h2>Errors</h2>{paragraph(words, "quiet")}<div class="cells">{figures}</div>'


def _error_figure(evaluation: Evaluation, cell: SampleCell) -> str:
    item, said = evaluation.cells.items[cell.row], evaluation.cells.predictions[cell.row]
    heat = np.frombuffer(said.heat, "<f2").reshape(said.heat_shape).astype(np.float32)
    index = evaluation.opened.card.outputs.index(said.label)
    size = cell.view.shape[0]
    covered = evaluation.opened.classifier.heatmap_window(Window(0, 0, size), heat.shape[1])
    assert covered is not None
    drawn = overlay_heat_map(cell.view, heat[index], covered)
    pictures = "".join(
        f'<img src="{image_data_url(_encode_jpeg(each), "jpeg")}" alt="{escape(words)}">'
        for each, words in ((cell.view, "the cell"), (drawn, "its heat map"))
    )
    words = (
        f"{readable_name(item.label)}, called {readable_name(said.label)} {said.probability:.2f}"
    )
    name = escape(item.path.name)
    return f"<figure>{pictures}<figcaption>{escape(words)}<br>{name}</figcaption></figure>"


def _encode_jpeg(rgb: np.ndarray) -> bytes:
    small = cv2.resize(rgb, (_THUMBNAIL_SIDE, _THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", small[..., ::-1])[1].tobytes())


def _robustness_section(evaluation: Evaluation) -> str:
    if not evaluation.robustness:
        return ""
    rows = [
        (
            each.name,
            f"{each.level:g} {each.unit}".strip() if each.unit else "",
            f"{each.balanced_accuracy:.3f} ({each.low:.3f}-{each.high:.3f})",
            f"{each.change:+.3f} ({each.change_low:+.3f} to {each.change_high:+.3f})"
            if each.unit
            else "",
        )
        for each in evaluation.robustness
    ]
    words = (
        f"Balanced accuracy of {evaluation.robustness[0].cells} cells, made worse step by step, "
        "with "
        "95 % intervals by bootstrap; a change is measured on the same cells."
    )
    head = ("what was done", "how much", "balanced accuracy", "change")
    return f"<h2>What it bears</h2>{paragraph(words, 'quiet')}" + table(head, rows, numbers=(2, 3))


def _faithfulness_section(evaluation: Evaluation) -> str:
    found = evaluation.faithfulness
    if found is None:
        return ""
    told = {
        "deletion": "deletion, lower is better",
        "insertion": "insertion, higher is better",
        "inside": "share of the heat on the cell",
        "likeness": "likeness to maps of a head left to chance, near 0",
    }
    rows = [
        (
            told[name],
            _format_number(value) + _format_bounds(found.intervals.get(name)),
            _format_number(chance),
        )
        for name, (value, chance) in found.with_chance_level().items()
    ]
    words = (
        f"Means over {found.cells} cells, with 95 % intervals by bootstrap over the cells; beside "
        "each what chance gives."
    )
    head = ("heat maps", "measured", "by chance")
    return f"<h2>Heat maps</h2>{paragraph(words, 'quiet')}" + table(head, rows, numbers=(1, 2))


def _format_metric(figure: MetricValue | None) -> str:
    if figure is None:
        return ""
    if isinstance(figure, int):
        return f"{figure:,}"
    if not np.isfinite(figure.value):
        return "not defined"
    return f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def _format_number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _format_bounds(bounds: tuple[float, float] | None) -> str:
    return "" if bounds is None else f" ({bounds[0]:.3f}-{bounds[1]:.3f})"
