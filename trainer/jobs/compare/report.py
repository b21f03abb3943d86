"""report.html, comparison.csv and by_class.csv of a comparison."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np

from trainer.domain import RESEARCH_USE, Interval
from trainer.jobs.common.html import image_element, page, paragraph, table
from trainer.jobs.common.predictions_csv import safe_cell
from trainer.jobs.compare.charts import PARETO, RISK, confusion_name
from trainer.jobs.compare.recommendations import ComparedModel
from trainer.jobs.compare.results import ComparisonResults, describe_difference
from trainer.models.class_colours import readable_name

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


def render_comparison_report(
    results: ComparisonResults, notes: Sequence[str], charts: Mapping[str, bytes]
) -> str:
    """The page; it stands alone.

    Args:
        charts: PNG pictures by name (see `compare_charts.charts_of`).
    """
    title = f"Comparison of {len(results.models)} networks on {results.cells} test cells"
    return page(
        title,
        [
            f"<h1>{escape(title)}</h1>",
            paragraph(RESEARCH_USE, "use"),
            *(paragraph(note, "warn") for note in notes),
            "<h2>Quality</h2>",
            _metrics_table(results, _CLASSIFICATION_METRICS),
            paragraph(
                "Below each figure its 95 % interval. Networks of the first seed, everything "
                "accepted.",
                "quiet",
            ),
            "<h3>How sure they are, lower is better</h3>",
            _metrics_table(results, _CALIBRATION_METRICS),
            _seed_section(results),
            "<h2>Cost</h2>",
            table(("model", *_COST_COLUMNS), _cost_rows(results), numbers=range(1, 9)),
            paragraph(
                f"Not beaten at quality and speed both: {', '.join(results.pareto_optimal)}."
            ),
            f'<div class="broad">{image_element(charts[PARETO], "Quality against speed")}</div>',
            _difference_section(results),
            *_class_sections(results),
            _confusion_section(results, charts),
            _source_section(results),
            _risk_coverage_section(charts),
            _faithfulness_section(results),
            "<h2>What the confusions suggest</h2>",
            *(paragraph(each) for each in results.recommendations),
        ],
    )


def format_models_csv(results: ComparisonResults) -> bytes:
    """comparison.csv: a line a model, quality with bounds, then cost."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    bounds = [f"{name}{end}" for name in _METRICS for end in ("", "_low", "_high")]
    writer.writerow(["model", *bounds, *_COST_COLUMNS])
    costs = {row[0]: row[1:] for row in _cost_rows(results)}
    for name, row in results.rows.items():
        figures = [end for figure in _METRICS for end in _format_interval_columns(row.get(figure))]
        writer.writerow([safe_cell(name), *figures, *costs.get(name, [""] * len(_COST_COLUMNS))])
    return text.getvalue().encode("utf-8", "backslashreplace")


def format_classes_csv(results: ComparisonResults) -> bytes:
    """by_class.csv: a line for a class and a model, each figure with its bounds."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    bounds = [f"{name}{end}" for name in _CLASS_METRICS for end in ("", "_low", "_high")]
    writer.writerow(["class", "model", *bounds])
    for one, rows in results.by_class.items():
        for name, row in rows.items():
            ends = [
                end for figure in _CLASS_METRICS for end in _format_interval_columns(row[figure])
            ]
            writer.writerow([safe_cell(one), safe_cell(name), *ends])
    return text.getvalue().encode("utf-8", "backslashreplace")


def _format_interval_columns(figure: Interval | None) -> list[str]:
    values = (figure.value, figure.low, figure.high) if figure else ()
    return [f"{value:.6f}" if np.isfinite(value) else "" for value in values] or ["", "", ""]


def _metrics_table(results: ComparisonResults, figures: Sequence[str]) -> str:
    rows = [
        (name, *(_format_metric(row.get(figure)) for figure in figures))
        for name, row in results.rows.items()
    ]
    head = ("model", *map(_format_metric_name, figures))
    return table(head, rows, numbers=range(1, len(head)))


def _seed_section(results: ComparisonResults) -> str:
    several = {name: values for name, values in results.seeds.items() if len(values) > 1}
    if not several:
        return ""
    rows = [
        (name, ", ".join(f"{v:.3f}" for v in values), f"{np.std(values, ddof=1):.4f}")
        for name, values in several.items()
    ]
    head = ("model", "balanced accuracy of each seed", "standard deviation")
    return "<h2>By seed</h2>" + table(head, rows, numbers=(2,))


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


def _difference_section(results: ComparisonResults) -> str:
    if not results.pairs:
        return ""
    rows = [
        (
            f"{pair.second} minus {pair.first}",
            f"{pair.difference.value:+.3f} ({pair.difference.low:+.3f} to "
            f"{pair.difference.high:+.3f})",
            f"{pair.only_second} / {pair.only_first}",
            f"{pair.p_adjusted:.3g}",
            describe_difference(pair),
        )
        for pair in results.pairs
    ]
    head = ("pair", "balanced accuracy", "right alone", "p", "what can be said")
    words = (
        "Difference by paired bootstrap; p of McNemar's test (mid-p), adjusted for the number of "
        f"pairs by Holm's method. That all are alike (Cochran's Q): p = {results.cochran:.3g}."
    )
    return "<h2>Differences</h2>" + table(head, rows, numbers=(1, 2, 3)) + paragraph(words, "quiet")


def _class_sections(results: ComparisonResults) -> Iterator[str]:
    """A table a class, a line a model."""
    yield "<h2>By class</h2>"
    head = ("model", *map(_format_metric_name, _CLASS_METRICS))
    for one, rows in results.by_class.items():
        lines = [
            (name, *(_format_metric(row[figure]) for figure in _CLASS_METRICS))
            for name, row in rows.items()
        ]
        yield f"<h3>{escape(readable_name(one))}</h3>" + table(
            head, lines, numbers=range(1, len(head))
        )
    yield paragraph(
        "Exact 95 % intervals; that of F1 is by bootstrap, which knows nothing of errors that did "
        "not happen.",
        "quiet",
    )


def _confusion_section(results: ComparisonResults, charts: Mapping[str, bytes]) -> str:
    """Who takes whom for whom, a picture a model."""
    shown = "".join(
        f"<figure>{image_element(charts[confusion_name(name)], f'Who {name} takes for whom')}"
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name in results.confusion_matrices
    )
    return f'<h2>Who is taken for whom</h2><div class="charts">{shown}</div>'


def _source_section(results: ComparisonResults) -> str:
    if not results.by_source:
        return ""
    names = list(results.by_class[results.classes[0]])
    rows = [
        (name, *(_format_metric(row[name]) for row in results.by_source.values())) for name in names
    ]
    head = ("model", *results.by_source)
    words = (
        "Share of the cells of each source that are right. Sources differ in the classes that they "
        "hold: compare models of one source, not sources of one model."
    )
    made = table(head, rows, numbers=range(1, len(head)))
    return "<h2>By source</h2>" + made + paragraph(words, "quiet")


def _risk_coverage_section(charts: Mapping[str, bytes]) -> str:
    words = "Risk and coverage: how many are wrong, the more are accepted"
    return (
        f'<h2>If it may abstain</h2><div class="broad">{image_element(charts[RISK], words)}</div>'
    )


def _faithfulness_section(results: ComparisonResults) -> str:
    """How good the heat maps are, beside what chance gives."""
    looked = [(each.name, each.faithfulness) for each in results.models if each.faithfulness]
    if not looked:
        return ""
    rows = [
        (
            name,
            *(
                _format_beside_chance(value, told.intervals.get(figure), chance)
                for figure, (value, chance) in told.with_chance_level().items()
            ),
        )
        for name, told in looked
    ]
    words = (
        f"Means over {max(told.cells for _, told in looked)} test cells, the same for all, 95 % "
        "intervals by bootstrap over the cells, and what chance gives. Deletion: what is left of "
        "the probability while the hottest places are hidden first. Insertion: what comes back "
        "while they are shown first. Heat on the cell: its share, against the cell's share of the "
        "square. Likeness: to the maps of a head left to chance; a map that does not depend on the "
        "model is alike."
    )
    head = ("model", "deletion, low", "insertion, high", "heat on the cell, high", "likeness, low")
    made = table(head, rows, numbers=range(1, len(head)))
    return "<h2>Heat maps</h2>" + made + paragraph(words, "quiet")


def _format_beside_chance(
    value: float | None, bounds: tuple[float, float] | None, chance: float | None
) -> str:
    if value is None:
        return "-"
    between = f"\n{bounds[0]:.3f} to {bounds[1]:.3f}" if bounds else ""
    return f"{value:.3f}{between}" + ("" if chance is None else f"\nchance {chance:.3f}")


def _format_metric(figure: Interval | None) -> str:
    if figure is None:
        return ""
    if not np.isfinite(figure.value):
        return "not defined"
    return f"{figure.value:.3f}\n{figure.low:.3f}-{figure.high:.3f}"


def _format_metric_name(name: str) -> str:
    words = {
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
    return words.get(name, name.replace("_", " "))
