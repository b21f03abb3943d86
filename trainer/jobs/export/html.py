"""Build report.html of a case: one page that stands alone, to be read, printed and kept.

It holds pictures of some cells: each cell, and the cell with its heat map.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_bytes
from trainer.domain import CellId, Decision, Prediction, Progress, Window
from trainer.errors import Cancelled, ImageError
from trainer.imaging import read_image
from trainer.imaging.heat_maps import heat_maps_of, normalize_heatmaps
from trainer.imaging.overlay import overlay_heat_map
from trainer.jobs.common.case_statistics import run_record
from trainer.jobs.common.charts import DECISION_COLOURS, DECISION_LABELS
from trainer.jobs.common.html import (
    THUMBNAIL_SIDE,
    Figure,
    Picture,
    Table,
    render_page,
    thumbnail_data_url,
)
from trainer.jobs.export.charts import histogram_svg
from trainer.jobs.export.content import ExportContent, provenance_rows, warnings_of
from trainer.jobs.export.differential import build_differentials
from trainer.models.class_colours import Mark, marks_of, readable_name

CELLS_PER_GROUP = 6
# The cell with a little of what is around it.
_MARGIN = 0.1
_MAX_LISTED = 500


@dataclass(frozen=True)
class ReportCell:
    """One cell with its pictures.

    Attributes:
        plain, heat: JPEG as a data URL; `heat` is empty where there is no heat map.
    """

    prediction: Prediction
    plain: str
    heat: str


@dataclass(frozen=True)
class _CellGroup:
    """Some cells of one class or decision."""

    mark: Mark | None
    title: str
    figures: Sequence[Figure]


def write(path: Path, content: ExportContent) -> None:
    """Write the report.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it was time to stop.
    """
    text = _render(content, read_report_cells(content))
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def _render(content: ExportContent, cells: Mapping[str, Sequence[ReportCell]]) -> str:
    summary, marks = content.summary, marks_of(content.reader.model.classes)
    failed, changed = content.statistics.failed, summary["changed_since_judged"]
    looks_like = [
        f"{readable_name(name)} {count:,}" for name, count in summary["unknown_looks_like"].items()
    ]
    return render_page(
        "export.html",
        title=content.reader.case.name,
        model=content.reader.model.id,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        statement=summary["statement"],
        cards=_counts(summary),
        warnings=warnings_of(content),
        differentials=list(build_differentials(summary["differential"], marks)),
        unknown_looks_like=", ".join(looks_like),
        histogram_svg=histogram_svg(content.statistics.histogram, content.threshold),
        threshold=f"{content.threshold:.3g}",
        decisions=[(colour, DECISION_LABELS[key]) for key, colour in DECISION_COLOURS.items()],
        failed_count=len(failed),
        failed=_listed(("image", "reason"), [(each.image, each.error) for each in failed]),
        changed_count=len(changed),
        changed=_listed(("image",), [(name,) for name in changed]),
        cell_groups=[_cell_group(name, group, marks) for name, group in cells.items()],
        provenance=Table(("what", "value"), provenance_rows(content)),
        runs=_run_table(content),
    )


def _counts(summary: Mapping[str, Any]) -> list[tuple[int, str]]:
    decisions = summary["decisions"]
    return [
        (summary["images"], "images"),
        *((summary[name], name) for name in ("fields", "cells") if name in summary),
        (decisions["accept"], "accepted"),
        (decisions["review"], "to review"),
        (decisions["unknown"], "unknown"),
        (decisions["failed"], "failed"),
    ]


def _listed(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table | None:
    return Table(head, rows[:_MAX_LISTED]) if rows else None


def _cell_group(name: str, cells: Sequence[ReportCell], marks: Mapping[str, Mark]) -> _CellGroup:
    title = DECISION_LABELS.get(name, readable_name(name)).capitalize()
    return _CellGroup(marks.get(name), title, [_cell_figure(cell) for cell in cells])


def _cell_figure(cell: ReportCell) -> Figure:
    prediction = cell.prediction
    label = readable_name(prediction.looks_like or prediction.label)
    text = f"{label}, {prediction.probability:.2f}"
    if prediction.decision is Decision.UNKNOWN and prediction.looks_like:
        text = f"looks like {label}"
    if prediction.reason:
        text += f"; {prediction.reason}"
    letters = f", cell {prediction.cell_id.letters}" if prediction.number else ""
    name = f"{prediction.image}{letters}"
    pictures = [Picture(cell.plain, name)]
    if cell.heat:
        pictures.append(Picture(cell.heat, f"heat map of {name}"))
    return Figure(pictures, (text, name))


def _run_table(content: ExportContent) -> Table:
    keys = ("id", "model", "device", "precision", "state", "started", "judged")
    runs = [run_record(content.reader, run) for run in content.reader.all_runs]
    return Table(("run", *keys[1:]), [[str(run[key]) for key in keys] for run in runs])


def read_report_cells(content: ExportContent) -> dict[str, list[ReportCell]]:
    """Read pictures of at most `CELLS_PER_GROUP` cells of each class and decision.

    The sample is random but always the same: the cells of the smallest SHA-256. Images that
    have changed since they were classified, or cannot be read, are skipped.

    Raises:
        Cancelled: it was time to stop.
    """
    chosen = _sample_cells(content)
    total, done = sum(len(each) for each in chosen.values()), 0
    report_cells: dict[str, list[ReportCell]] = {}
    for group, cells in chosen.items():
        for run, cell_id in cells:
            if content.should_stop():
                raise Cancelled
            prediction = content.reader.store.predictions.get(run, cell_id.image, cell_id.number)
            cell = _read_cell(content, prediction) if prediction is not None else None
            if cell is not None:
                report_cells.setdefault(group, []).append(cell)
            done += 1
            content.emit(Progress("drawing cells", done, total))
    return report_cells


def _sample_cells(content: ExportContent) -> dict[str, list[tuple[int, CellId]]]:
    """Choose the cells of each group, as run and cell: classes in the card's order first."""
    names = (*content.reader.model.classes, Decision.REVIEW.value, Decision.UNKNOWN.value)
    smallest: dict[str, list[tuple[str, int, CellId]]] = {name: [] for name in names}
    for run, each in content.reader.predictions_of_runs():
        if each.decision is Decision.FAILED:
            continue
        group = each.label if each.decision is Decision.ACCEPT else each.decision.value
        cells = smallest[group]
        key = _sample_key(each)
        if len(cells) < CELLS_PER_GROUP or key < cells[-1][0]:
            cells.append((key, run.id, each.cell_id))
            cells.sort()
            del cells[CELLS_PER_GROUP:]
    return {group: [(run, cell) for _, run, cell in cells] for group, cells in smallest.items()}


def _sample_key(prediction: Prediction) -> str:
    """The image's SHA-256; of a cell of a field one of its own, lest all be of one field."""
    if not prediction.number:
        return prediction.sha256
    return hashlib.sha256(f"{prediction.sha256} {prediction.number}".encode()).hexdigest()


def _read_cell(content: ExportContent, prediction: Prediction) -> ReportCell | None:
    window = prediction.window
    try:
        # Decode no more than the thumbnail needs.
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
        return ReportCell(prediction, thumbnail_data_url(rgb), "")
    window = window.scaled(image.scale)
    heat = _decode_heatmap(content, prediction)
    overlay = (
        thumbnail_data_url(_crop(overlay_heat_map(rgb, heat, window), window))
        if heat is not None
        else ""
    )
    return ReportCell(prediction, thumbnail_data_url(_crop(rgb, window)), overlay)


def _decode_heatmap(content: ExportContent, prediction: Prediction) -> NDArray[np.float32] | None:
    """Decode the heat map of the predicted class: float32 (h, w), -1 to 1."""
    maps = heat_maps_of(prediction)
    if maps is None:
        return None
    outputs = content.reader.model.outputs
    heat = maps[outputs.index(prediction.looks_like or prediction.label)]
    return normalize_heatmaps(heat)


def _crop(rgb: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """Crop the window with a margin; return the whole image where they do not overlap."""
    wide = window.part(-_MARGIN, 1 + 2 * _MARGIN)
    left, top = max(0, round(wide.x)), max(0, round(wide.y))
    right, bottom = round(wide.x + wide.side), round(wide.y + wide.side)
    part = rgb[top : max(bottom, 0), left : max(right, 0)]
    return part if part.size else rgb
