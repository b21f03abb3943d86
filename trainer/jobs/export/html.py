"""report.html: one page that stands alone, to be read, printed and kept.

Pictures of some cells for a report: the cell, and the cell with its heat map.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_bytes
from trainer.domain import Decision, Prediction, Progress, Window
from trainer.errors import Cancelled, ImageError
from trainer.imaging import read_image
from trainer.imaging.overlay import overlay_heat_map
from trainer.jobs.common.case_statistics import run_record
from trainer.jobs.common.html import page, table
from trainer.jobs.export.charts import (
    DECISION_COLOURS,
    DECISION_LABELS,
    differential_svg,
    histogram_svg,
)
from trainer.jobs.export.content import ExportContent, format_share, provenance_rows, warnings_of
from trainer.models.class_colours import Mark, marks_of, readable_name

CELLS_PER_GROUP = 6
THUMBNAIL_SIDE = 128
_JPEG_QUALITY = 85
# The cell with a little of what is around it.
_MARGIN = 0.1


@dataclass(frozen=True)
class ReportCell:
    """One cell.

    Attributes:
        plain, heat: JPEG as a data URL; `heat` is empty where there is no heat map.
    """

    prediction: Prediction
    plain: str
    heat: str


def read_report_cells(content: ExportContent) -> dict[str, list[ReportCell]]:
    """Pictures of at most `CELLS_PER_GROUP` cells of each class, of those to review and unknown.

    Which ones is left to chance, but always the same: those of the smallest SHA-256. Images
    that are no longer what was judged, or cannot be read, are passed over.

    Raises:
        Cancelled: it was time to stop.
    """
    chosen = _sample_cells(content)
    total, done = sum(len(each) for each in chosen.values()), 0
    found: dict[str, list[ReportCell]] = {}
    for group, cells in chosen.items():
        for run, image in cells:
            if content.should_stop():
                raise Cancelled
            prediction = content.reader.store.predictions.get(run, image)
            picture = _read_cell(content, prediction) if prediction is not None else None
            if picture is not None:
                found.setdefault(group, []).append(picture)
            done += 1
            content.emit(Progress("drawing cells", done, total))
    return found


def _sample_cells(content: ExportContent) -> dict[str, list[tuple[int, str]]]:
    """Group -> run and name of its cells; classes in the card's order, then the rest."""
    names = (*content.reader.model.classes, Decision.REVIEW.value, Decision.UNKNOWN.value)
    kept: dict[str, list[tuple[str, int, str]]] = {name: [] for name in names}
    for run, each in content.reader.predictions_of_runs():
        if each.decision is Decision.FAILED:
            continue
        group = each.label if each.decision is Decision.ACCEPT else each.decision.value
        cells = kept[group]
        if len(cells) < CELLS_PER_GROUP or each.sha256 < cells[-1][0]:
            cells.append((each.sha256, run.id, each.image))
            cells.sort()
            del cells[CELLS_PER_GROUP:]
    return {group: [(run, image) for _, run, image in cells] for group, cells in kept.items()}


def _read_cell(content: ExportContent, prediction: Prediction) -> ReportCell | None:
    window = prediction.window
    try:
        # No more is decoded than is shown.
        scale = min(1.0, THUMBNAIL_SIDE / window.side) if window is not None else 0.0
        image = read_image(
            content.reader.root / prediction.image, min_scale=scale, min_side=THUMBNAIL_SIDE
        )
    except ImageError:
        return None
    if image.sha256 != prediction.sha256:
        return None
    rgb = image.planes[min(prediction.plane, len(image.planes) - 1)]
    if window is None:
        return ReportCell(prediction, _thumbnail_url(rgb), "")
    window = window.scaled(image.scale)
    heat = _decode_heatmap(content, prediction)
    drawn = (
        _thumbnail_url(_crop(overlay_heat_map(rgb, heat, window), window))
        if heat is not None
        else ""
    )
    return ReportCell(prediction, _thumbnail_url(_crop(rgb, window)), drawn)


def _decode_heatmap(content: ExportContent, prediction: Prediction) -> NDArray[np.float32] | None:
    """The heat map of what the cell is taken for: (h, w), 0-1."""
    if not prediction.heat:
        return None
    maps = np.frombuffer(prediction.heat, dtype="<f2").reshape(prediction.heat_shape)
    outputs = content.reader.model.outputs
    heat = maps[outputs.index(prediction.looks_like or prediction.label)]
    return np.asarray(heat, dtype=np.float32)


def _crop(rgb: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """The part of the image in and close around the window; all of it where they do not meet."""
    wide = window.part(-_MARGIN, 1 + 2 * _MARGIN)
    left, top = max(0, round(wide.x)), max(0, round(wide.y))
    right, bottom = round(wide.x + wide.side), round(wide.y + wide.side)
    part = rgb[top : max(bottom, 0), left : max(right, 0)]
    return part if part.size else rgb


def _thumbnail_url(rgb: NDArray[np.uint8]) -> str:
    height, width = rgb.shape[:2]
    factor = THUMBNAIL_SIDE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), quality)[1]
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")


_MAX_LISTED = 500


def write(path: Path, content: ExportContent) -> None:
    """Write the report.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it was time to stop.
    """
    text = _build_page(content, read_report_cells(content))
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def _build_page(content: ExportContent, cells: Mapping[str, Sequence[ReportCell]]) -> str:
    name = escape(content.reader.case.name)
    marks = marks_of(content.reader.model.classes)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    statement = escape(content.summary["statement"])
    parts = [
        f"<h1>{name}</h1>",
        f'<p class="quiet">Cells classified by {escape(content.reader.model.id)}. '
        f"Written {now}.</p>",
        f'<p class="use">{statement} What is said of a cell is a suggestion that a person has to '
        "check.</p>",
        _cards(content),
        _warnings(content),
        _differential(content, marks),
        _probabilities(content),
        _failed(content),
        _changed(content),
        _cells(cells, marks),
        _provenance(content),
        f'<p class="use">{statement}</p>',
    ]
    return page(content.reader.case.name, parts)


def _cards(content: ExportContent) -> str:
    decisions = content.summary["decisions"]
    shown = [
        (content.summary["images"], "images"),
        (decisions["accept"], "accepted"),
        (decisions["review"], "to review"),
        (decisions["unknown"], "unknown"),
        (decisions["failed"], "failed"),
    ]
    cards = "".join(f"<div><b>{count:,}</b>{words}</div>" for count, words in shown)
    return f'<div class="cards">{cards}</div>'


def _warnings(content: ExportContent) -> str:
    warnings = warnings_of(content)
    return "".join(f'<p class="warn">{escape(each)}</p>' for each in warnings)


def _differential(content: ExportContent, marks: Mapping[str, Mark]) -> str:
    table = content.summary["differential"]
    interval = escape(table["interval"])
    parts = [
        "<h2>Differential</h2>",
        f'<p class="quiet">Percent of the {table["cells"]:,} classified white cells, which are '
        f"the cells of the model's classes that were accepted. Interval: {interval}.</p>",
        differential_svg(table["percent"], marks),
        _share_table(table["percent"], marks, "% of classified"),
    ]
    if table["per_100_white_cells"]:
        parts.append("<h3>Beside the white cells</h3>")
        parts.append(_share_table(table["per_100_white_cells"], marks, "per 100 white cells"))
    looks = content.summary["unknown_looks_like"]
    if looks:
        said = ", ".join(
            f"{escape(readable_name(kind))} {cells:,}" for kind, cells in looks.items()
        )
        parts.append(f"<p>Unknown cells look like: {said}.</p>")
    return "".join(parts)


def _share_table(
    shares: Mapping[str, Mapping[str, Any]], marks: Mapping[str, Mark], unit: str
) -> str:
    rows = []
    for name, share in shares.items():
        value, between = format_share(share)
        rows.append(
            f"<tr><td>{_mark(marks.get(name))}{escape(readable_name(name))}</td>"
            f'<td class="n">{share["cells"]:,}</td><td class="n">{value}</td>'
            f'<td class="n">{between}</td></tr>'
        )
    head = f'<th>class</th><th class="n">cells</th><th class="n">{unit}</th>'
    return f'<table><tr>{head}<th class="n">95 % interval</th></tr>{"".join(rows)}</table>'


def _mark(mark: Mark | None) -> str:
    if mark is None:
        return ""
    style = f"background:{mark.colour};color:{mark.ink}"
    return f'<span class="mark" style="{style}">{escape(mark.letter)}</span>'


def _probabilities(content: ExportContent) -> str:
    key = "".join(
        f'<span><i style="background:{shade}"></i>{DECISION_LABELS[d]}</span> '
        for d, shade in DECISION_COLOURS.items()
    )
    return (
        "<h2>Probabilities</h2>"
        + histogram_svg(content.statistics.histogram, content.threshold)
        + f'<p class="quiet key">Cells by probability of their class; dashed: under '
        f"{content.threshold:.3g} a cell goes to review.{key}</p>"
    )


def _failed(content: ExportContent) -> str:
    failed = content.statistics.failed
    if not failed:
        return ""
    rows = [(each.image, each.error) for each in failed[:_MAX_LISTED]]
    return (
        f"<h2>Failed images ({len(failed):,})</h2>"
        + table(("image", "reason"), rows)
        + (f"<p>And {len(failed) - _MAX_LISTED:,} more.</p>" if len(failed) > _MAX_LISTED else "")
    )


def _changed(content: ExportContent) -> str:
    changed = content.summary["changed_since_judged"]
    if not changed:
        return ""
    rows = [(name,) for name in changed[:_MAX_LISTED]]
    said = "<p>What is said of them holds for the old files.</p>"
    title = f"<h2>Changed or vanished since they were judged ({len(changed):,})</h2>"
    return title + said + table(("image",), rows)


def _cells(cells: Mapping[str, Sequence[ReportCell]], marks: Mapping[str, Mark]) -> str:
    if not cells:
        return ""
    parts = [
        "<h2>Some cells</h2>",
        '<p class="quiet">Left to chance, not chosen: a few of each class, each with the heat map '
        "of where the network looked.</p>",
    ]
    for group, shown in cells.items():
        title = DECISION_LABELS.get(group, readable_name(group)).capitalize()
        parts.append(f"<h3>{_mark(marks.get(group))}{escape(title)}</h3>")
        parts.append(f'<div class="cells">{"".join(map(_cell_figure, shown))}</div>')
    return "".join(parts)


def _cell_figure(cell: ReportCell) -> str:
    said = cell.prediction
    words = f"{readable_name(said.looks_like or said.label)}, {said.probability:.2f}"
    if said.decision is Decision.UNKNOWN and said.looks_like:
        words = f"looks like {readable_name(said.looks_like)}"
    name = escape(said.image)
    heat = f'<img src="{cell.heat}" alt="heat map of {name}">' if cell.heat else ""
    why = f"; {said.reason}" if said.reason else ""
    return (
        f'<figure><img src="{cell.plain}" alt="{name}">{heat}'
        f"<figcaption>{escape(words + why)}<br>{name}</figcaption></figure>"
    )


def _provenance(content: ExportContent) -> str:
    reading = content.reader
    keys = ("id", "model", "device", "precision", "state", "started", "judged")
    runs = [run_record(reading, each) for each in reading.all_runs]
    rows = [tuple(str(each[key]) for key in keys) for each in runs]
    return (
        "<h2>How it was made</h2>"
        + table(("what", "value"), provenance_rows(content))
        + "<h3>Runs of this case</h3>"
        + table(("run", *keys[1:]), rows)
    )
