"""Charts of a report as inline SVG: bars with their intervals, and the histogram.

summary.png: the differential with its intervals, and the histogram of probabilities.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from trainer.atomic_files import write_bytes
from trainer.jobs.common.case_statistics import HISTOGRAM_BINS
from trainer.jobs.export.content import ExportContent, format_share
from trainer.models.class_colours import Mark, marks_of, readable_name

_WIDTH, _LINE_HEIGHT = 720, 30
_NAME_WIDTH, _NUMBER_WIDTH = 170, 150
_BAR_WIDTH = _WIDTH - _NAME_WIDTH - _NUMBER_WIDTH
_PLOT_HEIGHT, _FOOT_HEIGHT = 160, 34
DECISION_COLOURS = {"accept": "#4d4d4d", "review": "#a6a6a6", "unknown": "#dcdcdc"}
DECISION_LABELS = {"accept": "accepted", "review": "to review", "unknown": "unknown"}


def differential_svg(shares: Mapping[str, Mapping[str, Any]], marks: Mapping[str, Mark]) -> str:
    """A bar with a whisker for each class; percent on a scale from 0 to 100."""
    said = "; ".join(
        f"{readable_name(name)} {' '.join(format_share(s))}" for name, s in shares.items()
    )
    lines = [
        _bar_svg(at, name, share, marks[name]) for at, (name, share) in enumerate(shares.items())
    ]
    height = len(shares) * _LINE_HEIGHT + 24
    ticks = [_tick_svg(percent, height - 24) for percent in (0, 25, 50, 75, 100)]
    return _svg(height, f"Percent of classified white cells: {said}", [*ticks, *lines])


def _bar_svg(at: int, name: str, share: Mapping[str, Any], mark: Mark) -> str:
    top, middle = at * _LINE_HEIGHT, at * _LINE_HEIGHT + _LINE_HEIGHT / 2
    value, between = format_share(share)
    parts = [
        f'<rect x="0" y="{top + 6}" width="18" height="18" rx="3" fill="{mark.colour}"/>',
        f'<text x="9" y="{middle + 4}" fill="{mark.ink}" text-anchor="middle" '
        f'font-weight="600">{escape(mark.letter)}</text>',
        f'<text x="26" y="{middle + 4}">{escape(readable_name(name))}</text>',
        f'<text x="{_WIDTH}" y="{middle + 4}" text-anchor="end">'
        f"{escape(f'{value} % ({between})' if value else 'no cells')}</text>",
    ]
    if share["value"] is not None:
        ends = [_NAME_WIDTH + _BAR_WIDTH * share[key] / 100 for key in ("low", "value", "high")]
        low, length, high = ends[0], ends[1] - _NAME_WIDTH, ends[2]
        parts += [
            f'<rect x="{_NAME_WIDTH}" y="{top + 8}" width="{length:.1f}" height="14" '
            f'fill="{mark.colour}"/>',
            f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8'
            f'M{high:.1f} {middle - 4}v8" stroke="#000" fill="none"/>',
        ]
    return "".join(parts)


def _tick_svg(percent: int, bottom: int) -> str:
    x = _NAME_WIDTH + _BAR_WIDTH * percent / 100
    return (
        f'<path d="M{x:.1f} 0V{bottom}" stroke="#e4e4e4"/>'
        f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#606060">'
        f"{percent} %</text>"
    )


def histogram_svg(counts: Mapping[str, Sequence[int]], threshold: float) -> str:
    """Cells by probability, stacked by decision, with the threshold marked."""
    bins = len(next(iter(counts.values())))
    tallest = max(1, *(sum(column) for column in zip(*counts.values(), strict=True)))
    step = _WIDTH / bins
    parts = []
    for at in range(bins):
        top = float(_PLOT_HEIGHT)
        for decision, shade in DECISION_COLOURS.items():
            height = _PLOT_HEIGHT * counts[decision][at] / tallest
            top -= height
            if height:
                parts.append(
                    f'<rect x="{at * step + 1:.1f}" y="{top:.1f}" width="{step - 2:.1f}" '
                    f'height="{height:.1f}" fill="{shade}" stroke="#808080" stroke-width=".5"/>'
                )
    x = _WIDTH * threshold
    parts.append(f'<path d="M{x:.1f} 0V{_PLOT_HEIGHT}" stroke="#000" stroke-dasharray="4 3"/>')
    parts.append(f'<path d="M0 {_PLOT_HEIGHT}H{_WIDTH}" stroke="#808080"/>')
    for tenth in range(0, 11, 2):
        anchor = {0: "start", 10: "end"}.get(tenth, "middle")
        parts.append(
            f'<text x="{_WIDTH * tenth / 10:.0f}" y="{_PLOT_HEIGHT + 16}" text-anchor="{anchor}" '
            f'fill="#606060">{tenth / 10:.1f}</text>'
        )
    sums = ", ".join(f"{sum(counts[key])} {word}" for key, word in DECISION_LABELS.items())
    words = f"Histogram of probabilities: {sums}; threshold {threshold:g}; tallest bar {tallest}"
    return _svg(_PLOT_HEIGHT + _FOOT_HEIGHT, words, parts)


def _svg(height: int, words: str, parts: Sequence[str]) -> str:
    # No xmlns: the picture is part of the page, which shall hold no address at all.
    return (
        f'<svg viewBox="0 -4 {_WIDTH} {height + 4}" role="img" aria-label="{escape(words)}">'
        f"<title>{escape(words)}</title>{''.join(parts)}</svg>"
    )


_FIGURE_SIZE, _DPI = (9.0, 7.0), 150


def write(path: Path, content: ExportContent) -> None:
    """Write the picture, 1350 x 1050 px.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    # Letters that no installed font has are drawn as boxes; that is no news for the log.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    figure = Figure(figsize=_FIGURE_SIZE, dpi=_DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 2))
    _draw_differential(upper, content)
    _draw_histogram(lower, content)
    summary = content.summary
    title = f"{_single_line(content.reader.case.name)}: {summary['images']:,} images"
    figure.suptitle(title, fontsize=14, fontweight="bold", parse_math=False)
    words = f"{content.reader.model.id}, {summary['precision']}. {summary['statement']}"
    figure.supxlabel(words, fontsize=8, color="#606060", parse_math=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": "leukogui"})
    write_bytes(path, buffer.getvalue())


def _draw_differential(axes: Axes, content: ExportContent) -> None:
    table = content.summary["differential"]
    shares: Mapping[str, Mapping[str, Any]] = table["percent"]
    marks = marks_of(content.reader.model.classes)
    for at, (name, share) in enumerate(shares.items()):
        _draw_bar(axes, at, share, marks[name])
    axes.set_yticks(range(len(shares)), [f"{readable_name(name)}   " for name in shares])
    axes.tick_params(axis="y", length=0, pad=14)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel(f"% of {table['cells']:,} classified white cells, exact 95 % intervals")
    beside = "; ".join(
        f"{readable_name(name)}: {' ('.join(format_share(share))}) per 100 white cells"
        if share["value"] is not None
        else f"{readable_name(name)}: {share['cells']} cells"
        for name, share in table["per_100_white_cells"].items()
    )
    axes.set_title(beside, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_bar(axes: Axes, at: int, share: Mapping[str, Any], mark: Mark) -> None:
    """A bar with its whisker, the letter of the class before it and its figures behind."""
    axes.text(
        *(-0.02, at, mark.letter),
        transform=axes.get_yaxis_transform(),
        ha="center",
        va="center",
        color=mark.ink,
        fontweight="bold",
        bbox={"facecolor": mark.colour, "edgecolor": "none", "boxstyle": "round,pad=0.25"},
    )
    value = share["value"]
    if value is None:
        return
    reach = [[value - share["low"]], [share["high"] - value]]
    axes.barh(at, value, color=mark.colour, height=0.6)
    axes.errorbar(value, at, xerr=reach, fmt="none", ecolor="black", capsize=4, linewidth=1)
    words = f"{share['cells']:,}   {' % ('.join(format_share(share))})"
    left = share["high"] < 70
    where = share["high"] + 1.5 if left else 99.5
    axes.text(where, at - (0 if left else 0.42), words, va="center", ha="left" if left else "right")


def _draw_histogram(axes: Axes, content: ExportContent) -> None:
    edges = [(at + 0.5) / HISTOGRAM_BINS for at in range(HISTOGRAM_BINS)]
    bottom = [0] * HISTOGRAM_BINS
    for decision, shade in DECISION_COLOURS.items():
        counts = content.statistics.histogram[decision]
        axes.bar(
            *(edges, counts, 0.9 / HISTOGRAM_BINS),
            bottom=bottom,
            color=shade,
            edgecolor="#808080",
            linewidth=0.5,
            label=DECISION_LABELS[decision],
        )
        bottom = [below + count for below, count in zip(bottom, counts, strict=True)]
    axes.axvline(content.threshold, color="black", linestyle="--", linewidth=1, label="threshold")
    axes.set_xlim(0, 1)
    axes.set_xlabel("probability of the class")
    axes.set_ylabel("cells")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)


def _single_line(name: str) -> str:
    """A name that can be drawn on one line."""
    text = "".join(letter if letter.isprintable() else " " for letter in name)
    return text if len(text) <= 60 else text[:57] + "..."
