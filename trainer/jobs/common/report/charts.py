"""Draw and render charts by Matplotlib, as PNG or as SVG inside a page.

Here are the charts that several reports share, and those of a case; evaluations and comparisons
draw theirs with these in modules of their own.
"""

from __future__ import annotations

import io
import logging
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from trainer.cases.review_classes import usual_name
from trainer.evaluation import probability_metrics
from trainer.jobs.common.report.number_text import format_share
from trainer.models.class_colours import Mark

_DPI = 110
GREY, _LIGHT_GREY = "#606060", "#e4e4e4"
_RANGE_GREY = "#cfcfcf"
SVG_WIDTH = 720  # px
_SVG_FONT_SIZE = 13  # px
_LONGEST_CLASS = 24  # letters, so that bars keep their place beside them
_SVG = "{http://www.w3.org/2000/svg}"
DECISION_COLOURS = {"accept": "#4d4d4d", "review": "#a6a6a6", "unknown": "#dcdcdc"}
DECISION_LABELS = {"accept": "accepted", "review": "to review", "unknown": "unknown"}


def render_png(draw: Callable[[Axes], None], inches: tuple[float, float] = (5.0, 4.6)) -> bytes:
    """Render what `draw` draws as a PNG; the same bytes for the same figures."""
    figure = Figure(figsize=inches, dpi=_DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    draw(axes)
    axes.spines[["top", "right"]].set_visible(False)
    return encode_png(figure)


def encode_png(figure: Figure, software: str | None = None) -> bytes:
    """Encode a figure as PNG, without the version and the date of Matplotlib."""
    buffer = io.BytesIO()
    with _ignore_missing_glyphs():
        figure.savefig(buffer, format="png", metadata={"Software": software})
    return buffer.getvalue()


def render_svg(draw: Callable[[Axes], None], height: float, *, title: str, description: str) -> str:
    """Render what `draw` draws as an SVG element for inside a page; text stays text.

    Args:
        draw: draws within the axes: nothing is clipped.
        height: in pixels at the width `SVG_WIDTH`; the page scales both.
        title: text in place of the picture, read aloud and shown under the pointer.
        description: how to read the chart.
    """
    buffer = io.StringIO()
    with (
        rc_context(
            {"svg.fonttype": "none", "svg.hashsalt": "leukogui", "font.size": _SVG_FONT_SIZE}
        ),
        _ignore_missing_glyphs(),
    ):
        figure = Figure(figsize=(SVG_WIDTH / 72, height / 72), dpi=72, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.subplots())
        unwritten = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=unwritten, transparent=True)
    return _inline_svg(buffer.getvalue(), single_line(title), description)


def _inline_svg(document: str, title: str, description: str) -> str:
    """Make an element of a page of an SVG document: without addresses, style sheet and ids."""
    root = ElementTree.fromstring(document)  # noqa: S314  # written by Matplotlib
    svg = ElementTree.Element("svg", viewBox=root.attrib["viewBox"], role="img")
    svg.set("aria-label", title)
    ElementTree.SubElement(svg, "title").text = title
    ElementTree.SubElement(svg, "desc").text = description
    svg.extend(part for part in root if part.tag == f"{_SVG}g")
    for element in svg.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.attrib.pop("id", None)
        element.attrib.pop("clip-path", None)
        element.tail = None
    return ElementTree.tostring(svg, encoding="unicode")


@contextmanager
def _ignore_missing_glyphs() -> Iterator[None]:
    """Do not log the letters that no installed font has: they are drawn as boxes."""
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing from")
            yield
    finally:
        logger.setLevel(level)


def single_line(text: str, longest: int | None = None) -> str:
    """Return text that can be drawn on one line, of at most `longest` letters.

    White space and control characters become spaces; what is cut off is marked by dots.
    """
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if longest is None or len(line) <= longest else f"{line[: longest - 3]}..."


def literal_text(text: str) -> str:
    """Escape dollar signs, which would begin a formula."""
    return text.replace("$", r"\$")


def class_label(name: str) -> str:
    """Return the name of a class as charts show it: readable, and not too long."""
    return literal_text(single_line(usual_name(name), _LONGEST_CLASS))


def draw_differential(
    axes: Axes,
    shares: Mapping[str, Mapping[str, Any]],
    marks: Mapping[str, Mark],
    ranges: Mapping[str, Mapping[str, Any]] | None = None,
    label: Callable[[Mapping[str, Any]], str] | None = None,
) -> None:
    """Draw a bar with its interval for each class, in percent from 0 to 100.

    Args:
        shares: by class `cells`, `value`, `low` and `high`, as in summary.json.
        marks: of every class of `shares`.
        ranges: by class `low` and `high`, what the share can be, drawn grey behind its bar.
        label: writes a share beside its bar; None: in English.
    """
    names = [class_label(name) for name in shares]
    figures = [(label or _format_share_label)(share) for share in shares.values()]
    left = _width_of(names) + 2.4
    right = _width_of(figures) + 0.8
    for at, (name, share) in enumerate(shares.items()):
        mark = marks[name]
        box = {"facecolor": mark.colour, "edgecolor": "none", "boxstyle": "round,pad=0.25"}
        letter = {"family": "monospace", "fontweight": "bold", "color": mark.ink, "bbox": box}
        _write_beside(axes, at, mark.letter, 0, -left, "center", **letter)
        _write_beside(axes, at, names[at], 0, 1 - left, "left")
        _write_beside(axes, at, figures[at], 1, right, "right")
        if found := (ranges or {}).get(name):
            width = found["high"] - found["low"]
            axes.barh(at, width, left=found["low"], color=_RANGE_GREY, height=0.85)
        _draw_share(axes, at, share, mark)
    axes.set_ylim(len(shares) - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_xlim(0, 100)
    percents = (0, 25, 50, 75, 100)
    axes.set_xticks(percents, [f"{percent} %" for percent in percents])
    axes.grid(axis="x", color=_LIGHT_GREY)
    axes.set_axisbelow(True)
    _strip_frame(axes)


def _format_share_label(share: Mapping[str, Any]) -> str:
    value, bounds = format_share(share)
    return f"n = {share['cells']:,}:  {value} % ({bounds})" if value else "no cells"


def _width_of(texts: Sequence[str]) -> float:
    """Room for the widest text, in font sizes: a little more than it takes."""
    return max((sum(map(_letter_width, text)) for text in texts), default=0.0)


def _letter_width(letter: str) -> float:
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.58


def _write_beside(
    axes: Axes, at: int, text: str, side: float, distance: float, align: str, **style: Any
) -> None:
    """Write beside the bar `at`: `distance` font sizes from the axes' left (0) or right (1)."""
    axes.annotate(
        text,
        (side, at),
        xycoords=axes.get_yaxis_transform(),
        xytext=(distance, 0),
        textcoords="offset fontsize",
        ha=align,
        va="center",
        **style,
    )


def _draw_share(axes: Axes, at: int, share: Mapping[str, Any], mark: Mark) -> None:
    """A bar with its interval; nothing where the value is undefined."""
    if share["value"] is None:
        return
    axes.barh(at, share["value"], color=mark.colour, height=0.55)
    low, high, cap = share["low"], share["high"], 0.14
    across = [low, high, np.nan, low, low, np.nan, high, high]
    down = [at, at, np.nan, at - cap, at + cap, np.nan, at - cap, at + cap]
    axes.plot(across, down, color="black", linewidth=1, clip_on=False)


def draw_histogram(axes: Axes, counts: Mapping[str, Sequence[int]], threshold: float) -> None:
    """Draw cells by probability, stacked by decision, with the threshold dashed.

    Args:
        counts: by decision, cells in each of equally wide bins from 0 to 1.
        threshold: 0-1.
    """
    bins = len(next(iter(counts.values())))
    middles = (np.arange(bins) + 0.5) / bins
    below = np.zeros(bins)
    for decision, colour in DECISION_COLOURS.items():
        heights = np.asarray(counts[decision])
        occupied = heights > 0
        axes.bar(
            *(middles[occupied], heights[occupied], 0.92 / bins),
            bottom=below[occupied],
            color=colour,
            edgecolor="#808080",
            linewidth=0.5,
            label=DECISION_LABELS[decision],
        )
        below += heights
    axes.axvline(threshold, color="black", linestyle="--", linewidth=1, label="threshold")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.04 * max(1.0, below.max()))
    axes.set_xticks(np.arange(0, 1.01, 0.2))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="y", color=_LIGHT_GREY)
    axes.set_axisbelow(True)
    _strip_frame(axes)
    axes.spines["bottom"].set(visible=True, color="#808080")


def _strip_frame(axes: Axes) -> None:
    """Leave the grid and its numbers in grey, without frame and ticks."""
    axes.spines[:].set_visible(False)
    axes.tick_params(bottom=False, left=False, labelcolor=GREY)


def draw_confusion(axes: Axes, counts: NDArray[np.int64], classes: Sequence[str]) -> None:
    """Draw a confusion matrix: counts (C, C), rows are labels, columns predictions."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            ink = "white" if shares[row, column] > 0.5 else "black"
            text = f"{counts[row, column]}\n{shares[row, column]:.0%}"
            axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=8)
    names = [class_label(name) for name in classes]
    axes.set_xticks(range(len(classes)), names, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(classes)), names, fontsize=8)
    axes.set_xlabel("called")
    axes.set_ylabel("labelled")


def draw_risk_coverage(
    axes: Axes,
    right: NDArray[np.bool_],
    top: NDArray[np.float64],
    *,
    label: str = "",
    colour: str = "black",
    stroke: str = "-",
) -> None:
    """Draw a line of the share of wrong cells by coverage; others may be drawn beside it.

    Args:
        right: (N,), whether the cell's likeliest class is its label.
        top: (N,), probability (0-1) of that class.
    """
    curve = probability_metrics.risk_coverage_curve(right, top)
    axes.step(
        curve.coverage, 100 * curve.risk, where="post", color=colour, linestyle=stroke, label=label
    )


def label_risk_coverage(axes: Axes) -> None:
    """Label the axes, once every line is drawn: from then on they do not grow."""
    axes.set_xlim(0, 1.02)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("share of cells accepted, the surest first")
    axes.set_ylabel("% wrong among them")
