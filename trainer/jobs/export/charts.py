"""Draw the charts of a case, differential and histogram, for its report and summary.png."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from trainer.atomic_files import write_bytes
from trainer.cases.review_classes import usual_name
from trainer.jobs.common.report.charts import (
    DECISION_LABELS,
    draw_differential,
    draw_histogram,
    encode_png,
    render_svg,
    single_line,
)
from trainer.jobs.common.report.differential_text import REVIEWED, open_ranges
from trainer.jobs.common.report.number_text import format_share
from trainer.jobs.export.content import ExportContent
from trainer.models.class_colours import Mark, marks_of

_BAR_HEIGHT, _FOOT_HEIGHT, _HISTOGRAM_HEIGHT = 30, 32, 194  # px
_FIGURE_SIZE, _DPI = (9.0, 7.0), 150
_LONGEST_TITLE, _LONGEST_LINE = 60, 120  # letters


def differential_svg(
    shares: Mapping[str, Mapping[str, Any]],
    marks: Mapping[str, Mark],
    *,
    of: str = "white cells that the model accepted",
    ranges: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Draw a bar with its interval for each class, in percent, as an SVG element.

    Args:
        ranges: as of `draw_differential`.
    """
    band = "; the grey band is the share with none or all of the open cells" if ranges else ""
    values = "; ".join(
        f"{usual_name(name)} {' '.join(format_share(share))}" for name, share in shares.items()
    )
    return render_svg(
        lambda axes: draw_differential(axes, shares, marks, ranges),
        len(shares) * _BAR_HEIGHT + _FOOT_HEIGHT,
        title=f"Percent of {of}: {values}",
        description="A bar for each class from 0 to 100 %; the line at its end is the interval"
        f"{band}.",
    )


def histogram_svg(counts: Mapping[str, Sequence[int]], threshold: float) -> str:
    """Draw cells by probability, stacked by decision, as an SVG element."""
    tallest = max(1, *(sum(column) for column in zip(*counts.values(), strict=True)))
    sums = ", ".join(f"{sum(counts[key])} {label}" for key, label in DECISION_LABELS.items())
    return render_svg(
        lambda axes: draw_histogram(axes, counts, threshold),
        _HISTOGRAM_HEIGHT,
        title=f"Histogram of probabilities: {sums}; threshold {threshold:g}; tallest bar {tallest}",
        description="Bars of cells by probability from 0 to 1; the dashed line is the threshold.",
    )


def write(path: Path, content: ExportContent) -> None:
    """Write the picture, 1350 x 1050 px.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    figure = Figure(figsize=_FIGURE_SIZE, dpi=_DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    rows = figure.add_gridspec(2, 1, height_ratios=(3, 2))
    # Each by itself: the texts beside the bars take no width from the histogram.
    upper, lower = (figure.add_subfigure(rows[at]).subplots() for at in range(2))
    _draw_differential(upper, content)
    _draw_histogram(lower, content)
    summary = content.summary
    title = f"{single_line(content.reader.case.name, _LONGEST_TITLE)}: {summary['images']:,} images"
    figure.suptitle(title, fontsize=14, fontweight="bold", parse_math=False)
    footer = f"{content.reader.model.id}, {summary['precision']}. {summary['statement']}"
    figure.supxlabel(footer, fontsize=8, color="#606060", parse_math=False)
    write_bytes(path, encode_png(figure, software="leukogui"))


def _draw_differential(axes: Axes, content: ExportContent) -> None:
    table = content.summary["differential"]
    reviewed = table["heading"] == REVIEWED
    differential = table["reviewed"] if reviewed else table
    ranges = {} if reviewed else open_ranges(table)
    draw_differential(axes, differential["percent"], marks_of(content.reader.model.classes), ranges)
    whose = "that persons reviewed" if reviewed else "that the model accepted"
    cells = f"{differential['cells']:,} white cells {whose}"
    band = "; grey: with none or all of the open cells" if ranges else ""
    axes.set_xlabel(f"% of {cells}, exact 95 % intervals{band}")
    beside = "; ".join(
        f"{usual_name(name)}: {' ('.join(format_share(share))}) per 100 white cells"
        if share["value"] is not None
        else f"{usual_name(name)}: {share['cells']} cells"
        for name, share in differential["per_100_white_cells"].items()
    )
    axes.set_title(single_line(beside, _LONGEST_LINE), loc="left", fontsize=10, parse_math=False)


def _draw_histogram(axes: Axes, content: ExportContent) -> None:
    draw_histogram(axes, content.statistics.histogram, content.threshold)
    axes.set_xlabel("probability of the class")
    axes.set_ylabel("cells")
    axes.legend(fontsize=9, loc="upper left", edgecolor="none", framealpha=1)
