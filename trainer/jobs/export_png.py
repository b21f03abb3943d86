"""summary.png: the differential with its intervals, and the histogram of probabilities."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from trainer.atomic_files import write_bytes
from trainer.jobs.case_figures import BINS
from trainer.jobs.export_charts import SHADES, WORDS
from trainer.jobs.export_material import Material, share_words
from trainer.models.class_colours import Mark, marks_of, spoken

_INCHES, _DOTS = (9.0, 7.0), 150


def write(path: Path, material: Material) -> None:
    """Write the picture, 1350 x 1050 px.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    # Letters that no installed font has are drawn as boxes; that is no news for the log.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    figure = Figure(figsize=_INCHES, dpi=_DOTS, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 2))
    _bars(upper, material)
    _histogram(lower, material)
    summary = material.summary
    title = f"{_shown(material.reading.case.name)}: {summary['images']:,} images"
    figure.suptitle(title, fontsize=14, fontweight="bold", parse_math=False)
    words = f"{material.reading.model.id}, {summary['precision']}. {summary['statement']}"
    figure.supxlabel(words, fontsize=8, color="#606060", parse_math=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": "leukogui"})
    write_bytes(path, buffer.getvalue())


def _bars(axes: Axes, material: Material) -> None:
    table = material.summary["differential"]
    shares: Mapping[str, Mapping[str, Any]] = table["percent"]
    marks = marks_of(material.reading.model.classes)
    for at, (name, share) in enumerate(shares.items()):
        _draw_bar(axes, at, share, marks[name])
    axes.set_yticks(range(len(shares)), [f"{spoken(name)}   " for name in shares])
    axes.tick_params(axis="y", length=0, pad=14)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel(f"% of {table['cells']:,} classified white cells, exact 95 % intervals")
    beside = "; ".join(
        f"{spoken(name)}: {' ('.join(share_words(share))}) per 100 white cells"
        if share["value"] is not None
        else f"{spoken(name)}: {share['cells']} cells"
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
    words = f"{share['cells']:,}   {' % ('.join(share_words(share))})"
    left = share["high"] < 70
    where = share["high"] + 1.5 if left else 99.5
    axes.text(where, at - (0 if left else 0.42), words, va="center", ha="left" if left else "right")


def _histogram(axes: Axes, material: Material) -> None:
    edges = [(at + 0.5) / BINS for at in range(BINS)]
    bottom = [0] * BINS
    for decision, shade in SHADES.items():
        counts = material.figures.histogram[decision]
        axes.bar(
            *(edges, counts, 0.9 / BINS),
            bottom=bottom,
            color=shade,
            edgecolor="#808080",
            linewidth=0.5,
            label=WORDS[decision],
        )
        bottom = [below + count for below, count in zip(bottom, counts, strict=True)]
    axes.axvline(material.threshold, color="black", linestyle="--", linewidth=1, label="threshold")
    axes.set_xlim(0, 1)
    axes.set_xlabel("probability of the class")
    axes.set_ylabel("cells")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)


def _shown(name: str) -> str:
    """A name that can be drawn on one line."""
    text = "".join(letter if letter.isprintable() else " " for letter in name)
    return text if len(text) <= 60 else text[:57] + "..."
