"""Pictures of some cells of each class, as they count: reviewed, else accepted, else open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cases.records import EXCLUDED, Review
from trainer.domain import Box, CellId, Decision, Prediction, Progress, Window, printable
from trainer.errors import Cancelled, ImageError
from trainer.imaging import read_image
from trainer.imaging.heat_maps import heat_maps_of, normalize_heatmaps
from trainer.imaging.overlay import overlay_heat_map
from trainer.imaging.slides.part_cells import read_window
from trainer.imaging.slides.slide import Slide, find_slide
from trainer.jobs.common.report.html import THUMBNAIL_SIDE, encode_thumbnail
from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.report.blocks import Block, CellFigure, CellFigures, Heading, Paragraph
from trainer.jobs.export.report.differentials import ClassNames
from trainer.jobs.export.report.language import ReportLanguage
from trainer.jobs.export.verdict_of_cell import find_review, verdict_label

CELLS_PER_GROUP = 6
# The cell with a little of what is around it.
_MARGIN = 0.1
_OPEN = (Decision.REVIEW.value, Decision.UNKNOWN.value, EXCLUDED)


@dataclass(frozen=True)
class ReportCell:
    """One cell with its pictures.

    Attributes:
        review: that counts; None where nobody reviewed it.
        plain, heat: JPEG; `heat` is empty where there is no heat map.
    """

    prediction: Prediction
    review: Review | None
    plain: bytes
    heat: bytes


def build_cells(content: ExportContent, names: ClassNames, language: ReportLanguage) -> list[Block]:
    """Build the pictures; nothing where no image can be read.

    Raises:
        Cancelled: it was time to stop.
    """
    groups = read_report_cells(content)
    if not groups:
        return []
    if has_maps(content):
        text = language.tr(
            "Left to chance, not chosen: a few of each class, each with the heat map of where the "
            "network looked where there is one."
        )
    else:
        text = language.tr(
            "Left to chance, not chosen: a few of each class. The heat maps of this model did not "
            "pass their checks and are left out."
        )
    blocks: list[Block] = [Heading(language.tr("Some cells")), Paragraph(text, "quiet")]
    for label, cells in groups.items():
        mark = names.mark(label) if label not in _OPEN else None
        blocks.append(Heading(_name_group(label, names, language), 3, mark))
        blocks.append(CellFigures([_build_figure(each, names, language) for each in cells]))
    return blocks


def has_maps(content: ExportContent) -> bool:
    """Whether the model's heat maps are shown: those that did not pass their gates are not."""
    gates = content.reader.model.map_gates
    return gates is None or gates.passed


def _name_group(label: str, names: ClassNames, language: ReportLanguage) -> str:
    is_open = label == Decision.REVIEW.value
    return language.tr("To review") if is_open else names.name(label)


def _build_figure(cell: ReportCell, names: ClassNames, language: ReportLanguage) -> CellFigure:
    prediction = cell.prediction
    letters = prediction.cell_id.letters if prediction.number else ""
    image = printable(prediction.image)
    name = image
    if letters:
        name = language.tr("{image}, cell {letters}", image=image, letters=letters)
    pictures = [(cell.plain, name)]
    if cell.heat:
        pictures.append((cell.heat, language.tr("heat map of {name}", name=name)))
    lines = [_describe_prediction(prediction, names, language)]
    if cell.review is not None:
        lines.insert(0, _describe_review(cell.review, names, language))
    return CellFigure(pictures, [*lines, name])


def _describe_review(review: Review, names: ClassNames, language: ReportLanguage) -> str:
    name = names.name(review.label)
    if not review.reviewer:
        return language.tr("reviewed: {name}", name=name)
    return language.tr("reviewed: {name} ({person})", name=name, person=printable(review.reviewer))


def _describe_prediction(
    prediction: Prediction, names: ClassNames, language: ReportLanguage
) -> str:
    label = names.name(prediction.looks_like or prediction.label)
    text = f"{label}, {language.number(prediction.probability, '.2f')}"
    if prediction.decision is Decision.UNKNOWN and prediction.looks_like:
        text = language.tr("looks like {name}", name=label)
    return f"{text}; {language.sentence(prediction.reason)}" if prediction.reason else text


def read_report_cells(content: ExportContent) -> dict[str, list[ReportCell]]:
    """Read pictures of at most `CELLS_PER_GROUP` cells of each class and decision.

    The sample is random but always the same: the cells of the smallest SHA-256. Images that
    have changed since they were classified, or cannot be read, are skipped.

    Raises:
        Cancelled: it was time to stop.
    """
    reviews = content.reader.store.reviews.latest(content.reader.case.id)
    chosen = _sample_cells(content, reviews)
    total, done = sum(len(each) for each in chosen.values()), 0
    report_cells: dict[str, list[ReportCell]] = {}
    for group, cells in chosen.items():
        for run, cell_id in cells:
            if content.should_stop():
                raise Cancelled
            prediction = content.reader.store.predictions.get(run, cell_id.image, cell_id.number)
            if prediction is not None:
                review = find_review(prediction, reviews)
                if (cell := _read_cell(content, prediction, review)) is not None:
                    report_cells.setdefault(group, []).append(cell)
            done += 1
            content.emit(Progress("drawing cells", done, total))
    return report_cells


def _group_of(prediction: Prediction, review: Review | None) -> str:
    return verdict_label(prediction, review) or prediction.decision.value


def _sample_cells(
    content: ExportContent, reviews: Mapping[CellId, Review]
) -> dict[str, list[tuple[int, CellId]]]:
    """Choose the cells of each group, as run and cell: classes in the order of the lab first."""
    smallest: dict[str, list[tuple[str, int, CellId]]] = {}
    for run, each in content.reader.predictions_of_runs():
        if each.decision is Decision.FAILED:
            continue
        cells = smallest.setdefault(_group_of(each, find_review(each, reviews)), [])
        key = _sample_key(each)
        if len(cells) < CELLS_PER_GROUP or key < cells[-1][0]:
            cells.append((key, run.id, each.cell_id))
            cells.sort()
            del cells[CELLS_PER_GROUP:]
    order = [each.id for each in content.reader.review_classes]
    ranks = {label: rank for rank, label in enumerate((*order, *_OPEN))}
    groups = sorted(smallest, key=lambda label: (ranks.get(label, len(order)), label))
    return {group: [(run, cell) for _, run, cell in smallest[group]] for group in groups}


def _sample_key(prediction: Prediction) -> str:
    """The image's SHA-256; of a cell of a field one of its own, lest all be of one field."""
    if not prediction.number:
        return prediction.sha256
    return hashlib.sha256(f"{prediction.sha256} {prediction.number}".encode()).hexdigest()


def _read_cell(
    content: ExportContent, prediction: Prediction, review: Review | None
) -> ReportCell | None:
    window = prediction.window
    try:
        # Decode no more than the thumbnail needs.
        scale = min(1.0, THUMBNAIL_SIDE / window.side) if window is not None else 0.0
        path = content.reader.root / prediction.image
        slide = find_slide(path)
        if slide is not None:
            return _read_slide_cell(content, prediction, review, slide)
        image = read_image(path, min_scale=scale, min_side=THUMBNAIL_SIDE)
    except ImageError:
        return None
    if image.sha256 != prediction.sha256:
        return None
    rgb = image.planes[min(prediction.plane, len(image.planes) - 1)]
    if window is None:
        if prediction.box is not None:
            rgb = _crop(rgb, _square_around(prediction.box).scaled(image.scale))
        return ReportCell(prediction, review, encode_thumbnail(rgb), b"")
    window = window.scaled(image.scale)
    heat = _decode_heatmap(content, prediction)
    overlay = (
        encode_thumbnail(_crop(overlay_heat_map(rgb, heat, window), window))
        if heat is not None
        else b""
    )
    return ReportCell(prediction, review, encode_thumbnail(_crop(rgb, window)), overlay)


def _read_slide_cell(
    content: ExportContent, prediction: Prediction, review: Review | None, slide: Slide
) -> ReportCell | None:
    """As `_read_cell`, of which no more of the slide is read than is shown."""
    window = prediction.window
    if slide.sha256 != prediction.sha256 or window is None:
        return None
    around = window.part(-_MARGIN, 1 + 2 * _MARGIN)
    part = Box(*(float(round(each)) for each in (around.x, around.y, around.side, around.side)))
    rgb = read_window(slide, part).pixels
    heat = _decode_heatmap(content, prediction)
    overlay = b""
    if heat is not None:
        here = Window(window.x - part.x, window.y - part.y, window.side)
        overlay = encode_thumbnail(overlay_heat_map(rgb, heat, here))
    return ReportCell(prediction, review, encode_thumbnail(rgb), overlay)


def _square_around(box: Box) -> Window:
    side = max(box.width, box.height)
    x, y = box.x + (box.width - side) / 2, box.y + (box.height - side) / 2
    return Window(x, y, side)


def _decode_heatmap(content: ExportContent, prediction: Prediction) -> NDArray[np.float32] | None:
    """Decode the heat map of the predicted class: float32 (h, w), -1 to 1."""
    maps = heat_maps_of(prediction)
    if maps is None or not has_maps(content):
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
