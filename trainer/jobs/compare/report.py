"""Build report.html, comparison.csv and by_class.csv of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from trainer.domain import RESEARCH_USE, Interval
from trainer.jobs.common.alert_levels import ALL_CELLS, TABLE_HEAD
from trainer.jobs.common.explanation.map_gates import gate_cells
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.jobs.common.report.html import Figure, Picture, Table, image_data_url, render_page
from trainer.jobs.common.report.number_text import format_difference, format_metric, format_number
from trainer.jobs.compare.charts import PARETO, RISK, confusion_name
from trainer.jobs.compare.recommendations import ComparedModel
from trainer.jobs.compare.results import ComparisonResults, describe_difference
from trainer.models.package.map_gates import MAP_GATE_TITLES, MAP_LEAD_TITLES

_CLASSIFICATION_METRICS = ("balanced_accuracy", "accuracy", "macro_f1", "mcc", "roc_auc", "pr_auc")
_CALIBRATION_METRICS = ("log_loss", "brier", "ece")
_METRICS = _CLASSIFICATION_METRICS + _CALIBRATION_METRICS
_CLASS_METRICS = ("sensitivity", "specificity", "ppv", "f1")
_COST_COLUMNS = (
    "parameters, M",
    "GFLOPs",
    "package, MB",
    "training, s",
    "peak memory, MB",
    "img/s, batch 1",
    "img/s, batch 32",
    "cold start, s",
)
_METRIC_NAMES = {
    "macro_f1": "macro-F1",
    "mcc": "MCC",
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "log_loss": "log-loss",
    "brier": "Brier score",
    "ece": "expected calibration error",
    "ppv": "positive predictive value",
    "f1": "F1",
}


def render_comparison_report(
    results: ComparisonResults, notes: Sequence[str], charts: Mapping[str, bytes]
) -> str:
    """Render the page; it stands alone.

    Args:
        charts: PNG pictures by name (see `charts.draw_comparison_charts`).
    """
    risk_title = "Risk and coverage: how many are wrong, the more are accepted"
    return render_page(
        "compare.html",
        title=f"Comparison of {len(results.models)} networks on {results.cells} test cells",
        statement=RESEARCH_USE,
        notes=notes,
        quality=_metrics_table(results, _CLASSIFICATION_METRICS),
        calibration=_metrics_table(results, _CALIBRATION_METRICS),
        seeds=_seed_table(results),
        costs=Table(("model", *_COST_COLUMNS), _cost_rows(results), numbers=range(1, 9)),
        pareto_optimal=", ".join(results.pareto_optimal),
        pareto=Picture(image_data_url(charts[PARETO]), "Quality against speed"),
        differences=_difference_table(results),
        cochran="" if results.cochran is None else f"{results.cochran:.3g}",
        by_class=list(_class_tables(results)),
        confusions=_confusion_figures(results, charts),
        by_source=_source_table(results),
        alert=_alert_table(results),
        risk_coverage=Picture(image_data_url(charts[RISK]), risk_title),
        recommendations=results.recommendations,
        **_faithfulness_section(results),
    )


def format_models_csv(results: ComparisonResults) -> bytes:
    """Format comparison.csv: a line a model, quality with bounds, then cost."""
    costs = {row[0]: row[1:] for row in _cost_rows(results)}
    rows = [
        [
            safe_cell(name),
            *_interval_columns(row.get(metric) for metric in _METRICS),
            *costs.get(name, [""] * len(_COST_COLUMNS)),
        ]
        for name, row in results.rows.items()
    ]
    header = ["model", *_interval_titles(_METRICS), *_COST_COLUMNS]
    return format_csv(header, rows).encode("utf-8", "backslashreplace")


def format_classes_csv(results: ComparisonResults) -> bytes:
    """Format by_class.csv: a line for a class and a model, each figure with its bounds."""
    rows = [
        [
            safe_cell(class_name),
            safe_cell(name),
            *_interval_columns(row[metric] for metric in _CLASS_METRICS),
        ]
        for class_name, by_model in results.by_class.items()
        for name, row in by_model.items()
    ]
    header = ["class", "model", *_interval_titles(_CLASS_METRICS)]
    return format_csv(header, rows).encode("utf-8", "backslashreplace")


def _interval_titles(metrics: Sequence[str]) -> list[str]:
    return [f"{name}{end}" for name in metrics for end in ("", "_low", "_high")]


def _interval_columns(metrics: Iterable[Interval | None]) -> Iterator[str]:
    """Three columns a metric, all empty where there is none."""
    for metric in metrics:
        values = (metric.value, metric.low, metric.high) if metric else (np.nan,) * 3
        yield from (f"{value:.6f}" if np.isfinite(value) else "" for value in values)


def _metrics_table(results: ComparisonResults, metrics: Sequence[str]) -> Table:
    rows = [
        (name, *(format_metric(row.get(metric), stacked=True) for metric in metrics))
        for name, row in results.rows.items()
    ]
    return _number_table(("model", *map(_format_metric_name, metrics)), rows)


def _number_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    return Table(head, rows, numbers=range(1, len(head)))


def _seed_table(results: ComparisonResults) -> Table | None:
    rows = [
        (name, ", ".join(f"{v:.3f}" for v in values), f"{np.std(values, ddof=1):.4f}")
        for name, values in results.seeds.items()
        if len(values) > 1
    ]
    head = ("model", "balanced accuracy of each seed", "standard deviation")
    return Table(head, rows, numbers=(2,)) if rows else None


def _cost_rows(results: ComparisonResults) -> list[tuple[str, ...]]:
    return [(each.name, *_cost_columns(each)) for each in results.models]


def _cost_columns(each: ComparedModel) -> tuple[str, ...]:
    trained = each.training_costs
    return (
        f"{each.cost.parameters / 1e6:.2f}",
        f"{each.cost.gflops:.3f}",
        f"{each.cost.megabytes:.1f}",
        f"{np.mean([t.seconds for t in trained]):.0f}" if trained else "",
        f"{max(t.megabytes for t in trained):.0f}" if trained else "",
        f"{each.speed.one:.1f}",
        f"{each.speed.many:.1f}",
        f"{each.speed.cold_start:.2f}",
    )


def _difference_table(results: ComparisonResults) -> Table | None:
    rows = [
        (
            f"{pair.second} minus {pair.first}",
            format_difference(pair.difference.value, pair.difference.low, pair.difference.high),
            f"{pair.only_second} / {pair.only_first}",
            f"{pair.p_adjusted:.3g}",
            describe_difference(pair),
        )
        for pair in results.pairs
    ]
    head = ("pair", "balanced accuracy", "right alone", "p", "what can be said")
    return Table(head, rows, numbers=(1, 2, 3)) if rows else None


def _class_tables(results: ComparisonResults) -> Iterator[tuple[str, Table]]:
    """Name and table of each class, a line a model."""
    head = ("model", *map(_format_metric_name, _CLASS_METRICS))
    for class_name, by_model in results.by_class.items():
        rows = [
            (name, *(format_metric(row[metric], stacked=True) for metric in _CLASS_METRICS))
            for name, row in by_model.items()
        ]
        yield class_name, _number_table(head, rows)


def _confusion_figures(results: ComparisonResults, charts: Mapping[str, bytes]) -> list[Figure]:
    """Who takes whom for whom, a picture a model."""
    return [
        Figure(
            (Picture(image_data_url(charts[confusion_name(name)]), f"Who {name} takes for whom"),),
            (name,),
        )
        for name in results.confusion_matrices
    ]


def _source_table(results: ComparisonResults) -> Table | None:
    if not results.by_source:
        return None
    rows = [
        (name, *(format_metric(row[name], stacked=True) for row in results.by_source.values()))
        for name in results.by_class[results.classes[0]]
    ]
    return _number_table(("model", *results.by_source), rows)


def _alert_table(results: ComparisonResults) -> Table | None:
    rows = [
        (each.name, *row)
        for each in results.models
        if each.alert
        for row in each.alert.table_rows(ALL_CELLS)
    ]
    return _number_table(("model", "alert", *TABLE_HEAD), rows) if rows else None


def _faithfulness_section(results: ComparisonResults) -> dict[str, object]:
    """How good the heat maps are, beside what chance gives."""
    measured_models = [
        (each.name, each.faithfulness) for each in results.models if each.faithfulness
    ]
    rows = [
        (
            name,
            *(
                _format_beside_chance(value, faithfulness.intervals.get(metric), chance)
                for metric, (value, chance) in faithfulness.with_chance_level().items()
            ),
        )
        for name, faithfulness in measured_models
    ]
    head = ("model", "deletion, low", "insertion, high", "heat on the cell, high", "likeness, low")
    gated = [(name, found.gates) for name, found in measured_models if found.gates]
    gate_rows = [(name, *gate_cells(gates)) for name, gates in gated]
    gate_head = ("model", *MAP_GATE_TITLES.values(), *MAP_LEAD_TITLES.values())
    return {
        "map_gates": _number_table(gate_head, gate_rows) if gate_rows else None,
        "map_gate_cells": max((gates.cells for _, gates in gated), default=0),
        "faithfulness": _number_table(head, rows) if rows else None,
        "faithfulness_cells": max((each.cells for _, each in measured_models), default=0),
    }


def _format_beside_chance(
    value: float | None, bounds: tuple[float, float] | None, chance: float | None
) -> str:
    if value is None:
        return "-"
    bounds_text = f"\n{format_number(bounds[0])} to {format_number(bounds[1])}" if bounds else ""
    chance_text = "" if chance is None else f"\nchance {format_number(chance)}"
    return f"{format_number(value)}{bounds_text}{chance_text}"


def _format_metric_name(name: str) -> str:
    return _METRIC_NAMES.get(name, name.replace("_", " "))
