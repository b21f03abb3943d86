"""report.html, comparison.csv and the Pareto plot of a comparison."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from trainer.domain import RESEARCH_USE, Interval
from trainer.jobs.compare_figures import Compared, verdict
from trainer.jobs.compare_strategies import Contender
from trainer.jobs.html_page import page, paragraph, picture, table
from trainer.jobs.result_files import safe_cell

_ANSWERS = ("balanced_accuracy", "accuracy", "macro_f1", "mcc", "roc_auc", "pr_auc")
_SURENESS = ("log_loss", "brier", "ece")
_QUALITY = _ANSWERS + _SURENESS
_COSTS = (
    "parameters, M",
    "GFLOPs",
    "package, MB",
    "training, s",
    "peak memory, MB",
    "img/s, batch 1",
    "img/s, batch 32",
    "cold start, s",
)


def report_of(found: Compared, notes: Sequence[str], plot: bytes) -> str:
    """The page; it stands alone."""
    title = f"Comparison of {len(found.contenders)} networks on {found.cells} test cells"
    return page(
        title,
        [
            f"<h1>{escape(title)}</h1>",
            paragraph(RESEARCH_USE, "use"),
            *(paragraph(note, "warn") for note in notes),
            "<h2>Quality</h2>",
            _quality(found, _ANSWERS),
            paragraph(
                "Below each figure its 95 % interval. Networks of the first seed, everything "
                "accepted.",
                "quiet",
            ),
            "<h3>How sure they are, lower is better</h3>",
            _quality(found, _SURENESS),
            _seeds(found),
            "<h2>Cost</h2>",
            table(("model", *_COSTS), _costs(found), numbers=range(1, 9)),
            paragraph(f"Not beaten at quality and speed both: {', '.join(found.best)}."),
            f'<div class="row">{picture(plot, "Quality against speed")}</div>',
            _differences(found),
            "<h2>What the confusions suggest</h2>",
            *(paragraph(each) for each in found.strategies),
        ],
    )


def table_of(found: Compared) -> bytes:
    """comparison.csv: a line a model, quality with bounds, then cost."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    bounds = [f"{name}{end}" for name in _QUALITY for end in ("", "_low", "_high")]
    writer.writerow(["model", *bounds, *_COSTS])
    costs = {row[0]: row[1:] for row in _costs(found)}
    for name, row in found.rows.items():
        figures: list[str] = []
        for figure in _QUALITY:
            value = row.get(figure)
            ends = (value.value, value.low, value.high) if value else ()
            figures += [f"{end:.6f}" for end in ends] or ["", "", ""]
        writer.writerow([safe_cell(name), *figures, *costs.get(name, [""] * len(_COSTS))])
    return text.getvalue().encode("utf-8", "backslashreplace")


def pareto_plot(found: Compared) -> bytes:
    """Balanced accuracy with its interval against cells per second: PNG."""
    figure = Figure(figsize=(7.0, 4.2), dpi=110, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for each in found.contenders:
        quality = found.rows[each.name]["balanced_accuracy"]
        best = each.name in found.best
        away = [[quality.value - quality.low], [quality.high - quality.value]]
        axes.errorbar(
            each.speed.many,
            quality.value,
            yerr=np.maximum(away, 0),
            marker="o" if best else "x",
            color="black" if best else "#8a8a8a",
            capsize=3,
        )
        axes.annotate(
            each.name,
            (each.speed.many, quality.value),
            xytext=(6, 6),
            textcoords="offset points",
            fontsize=8,
            parse_math=False,
        )
    axes.set_xscale("log")
    axes.set_xlabel("cells per second on this computer's CPU, batches of 32")
    axes.set_ylabel("balanced accuracy, 95 % interval")
    axes.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _quality(found: Compared, figures: Sequence[str]) -> str:
    rows = [
        (name, *(_said(row.get(figure)) for figure in figures)) for name, row in found.rows.items()
    ]
    head = ("model", *map(_spoken, figures))
    return table(head, rows, numbers=range(1, len(head)))


def _seeds(found: Compared) -> str:
    several = {name: values for name, values in found.seeds.items() if len(values) > 1}
    if not several:
        return ""
    rows = [
        (name, ", ".join(f"{v:.3f}" for v in values), f"{np.std(values, ddof=1):.4f}")
        for name, values in several.items()
    ]
    head = ("model", "balanced accuracy of each seed", "standard deviation")
    return "<h2>By seed</h2>" + table(head, rows, numbers=(2,))


def _costs(found: Compared) -> list[tuple[str, ...]]:
    return [(each.name, *_cost(each)) for each in found.contenders]


def _cost(each: Contender) -> tuple[str, ...]:
    trained = each.training
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


def _differences(found: Compared) -> str:
    if not found.pairs:
        return ""
    rows = [
        (
            f"{pair.second} minus {pair.first}",
            f"{pair.difference.value:+.3f} ({pair.difference.low:+.3f} to "
            f"{pair.difference.high:+.3f})",
            f"{pair.only_second} / {pair.only_first}",
            f"{pair.p_adjusted:.3g}",
            verdict(pair),
        )
        for pair in found.pairs
    ]
    head = ("pair", "balanced accuracy", "right alone", "p", "what can be said")
    words = (
        "Difference by paired bootstrap; p of McNemar's test (mid-p), adjusted for the number of "
        f"pairs by Holm's method. That all are alike (Cochran's Q): p = {found.cochran:.3g}."
    )
    return "<h2>Differences</h2>" + table(head, rows, numbers=(1, 2, 3)) + paragraph(words, "quiet")


def _said(figure: Interval | None) -> str:
    if figure is None:
        return ""
    return f"{figure.value:.3f}\n{figure.low:.3f}-{figure.high:.3f}"


def _spoken(name: str) -> str:
    words = {
        "macro_f1": "macro-F1",
        "mcc": "MCC",
        "roc_auc": "ROC-AUC",
        "pr_auc": "PR-AUC",
        "log_loss": "log-loss",
        "brier": "Brier score",
        "ece": "expected calibration error",
    }
    return words.get(name, name.replace("_", " "))
