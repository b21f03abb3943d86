"""Pictures of some cells for a report: the cell, and the cell with its heat map."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Decision, Prediction, Progress, Window
from trainer.errors import Cancelled, ImageError
from trainer.imaging import read
from trainer.imaging.overlay import overlay
from trainer.jobs.export_material import Material

PER_GROUP = 6
SIDE = 128
_QUALITY = 85
# The cell with a little of what is around it.
_MARGIN = 0.1


@dataclass(frozen=True)
class CellPicture:
    """One cell.

    Attributes:
        plain, heat: JPEG as a data URL; `heat` is empty where there is no heat map.
    """

    prediction: Prediction
    plain: str
    heat: str


def pictures(material: Material) -> dict[str, list[CellPicture]]:
    """Pictures of at most `PER_GROUP` cells of each class, of those to review and unknown.

    Which ones is left to chance, but always the same: those of the smallest SHA-256. Images
    that are no longer what was judged, or cannot be read, are passed over.

    Raises:
        Cancelled: it was time to stop.
    """
    chosen = _sample(material)
    total, done = sum(len(each) for each in chosen.values()), 0
    found: dict[str, list[CellPicture]] = {}
    for group, cells in chosen.items():
        for run, image in cells:
            if material.should_stop():
                raise Cancelled
            prediction = material.reading.store.prediction(run, image)
            picture = _picture(material, prediction) if prediction is not None else None
            if picture is not None:
                found.setdefault(group, []).append(picture)
            done += 1
            material.emit(Progress("drawing cells", done, total))
    return found


def _sample(material: Material) -> dict[str, list[tuple[int, str]]]:
    """Group -> run and name of its cells; classes in the card's order, then the rest."""
    names = (*material.reading.model.classes, Decision.REVIEW.value, Decision.UNKNOWN.value)
    kept: dict[str, list[tuple[str, int, str]]] = {name: [] for name in names}
    for run, each in material.reading.predictions_of_runs():
        if each.decision is Decision.FAILED:
            continue
        group = each.label if each.decision is Decision.ACCEPT else each.decision.value
        cells = kept[group]
        if len(cells) < PER_GROUP or each.sha256 < cells[-1][0]:
            cells.append((each.sha256, run.id, each.image))
            cells.sort()
            del cells[PER_GROUP:]
    return {group: [(run, image) for _, run, image in cells] for group, cells in kept.items()}


def _picture(material: Material, prediction: Prediction) -> CellPicture | None:
    window = prediction.window
    try:
        # No more is decoded than is shown.
        scale = min(1.0, SIDE / window.side) if window is not None else 0.0
        image = read(material.reading.root / prediction.image, min_scale=scale, min_side=SIDE)
    except ImageError:
        return None
    if image.sha256 != prediction.sha256:
        return None
    rgb = image.planes[min(prediction.plane, len(image.planes) - 1)]
    if window is None:
        return CellPicture(prediction, _url(rgb), "")
    window = window.scaled(image.scale)
    heat = _heat(material, prediction)
    drawn = _url(_cut(overlay(rgb, heat, window), window)) if heat is not None else ""
    return CellPicture(prediction, _url(_cut(rgb, window)), drawn)


def _heat(material: Material, prediction: Prediction) -> NDArray[np.float32] | None:
    """The heat map of what the cell is taken for: (h, w), 0-1."""
    if not prediction.heat:
        return None
    maps = np.frombuffer(prediction.heat, dtype="<f2").reshape(prediction.heat_shape)
    outputs = material.reading.model.outputs
    heat = maps[outputs.index(prediction.looks_like or prediction.label)]
    return np.asarray(heat, dtype=np.float32)


def _cut(rgb: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """The part of the image in and close around the window; all of it where they do not meet."""
    wide = window.part(-_MARGIN, 1 + 2 * _MARGIN)
    left, top = max(0, round(wide.x)), max(0, round(wide.y))
    right, bottom = round(wide.x + wide.side), round(wide.y + wide.side)
    part = rgb[top : max(bottom, 0), left : max(right, 0)]
    return part if part.size else rgb


def _url(rgb: NDArray[np.uint8]) -> str:
    height, width = rgb.shape[:2]
    factor = SIDE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), quality)[1]
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")
