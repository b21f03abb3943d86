"""Heat maps as files: where each lies in the output folder of `classify`, and drawing one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_bytes
from trainer.domain import CellId, Window
from trainer.errors import UserError
from trainer.imaging.heat_maps import normalize_heatmaps
from trainer.imaging.overlay import overlay_heat_map
from trainer.inference.classifier import ClassifiedCell
from trainer.models.package.card import Card
from trainer.models.package.map_gates import describe_failures
from trainer.protocol.events import Emit, JobWarning

HEATMAPS = "heatmaps"
# Most systems allow 255 bytes for a name; room is kept for the suffix, and while it is written.
_MAX_NAME_BYTES, _MAX_WITH_SUFFIX = 200, 230
_JPEG_QUALITY = 90
_MARGIN = 0.25  # of the window, around the cell of a field
_OUTER = "%2E."
"""Stands for `..`, as `escape_file_name` writes it."""


def heatmap_file(out: Path, cell: CellId) -> Path:
    """Path of the heat map of a cell: as its image lies, below heatmaps/; "f.png.B.jpg"."""
    letters = f".{cell.letters}" if cell.number else ""
    return path_for_image(out / HEATMAPS, cell.image, f"{letters}.jpg")


def path_for_image(folder: Path, image: str, suffix: str) -> Path:
    """A file below `folder` named after an image, in as many folders; long names are cut."""
    *folders, name = image.split("/")
    # An image of a further folder of the case has a name that leads out of it: not so here.
    folders = [_OUTER if each == ".." else each for each in folders]
    room = min(_MAX_NAME_BYTES, _MAX_WITH_SUFFIX - len(suffix.encode()))
    if len(name.encode("utf-8", "surrogateescape")) > room:
        key = hashlib.sha256(image.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        name = f"{name[:40]}-{key}"
    return Path(folder, *folders, f"{name}{suffix}")


def warn_about_maps(card: Card, emit: Emit, *, drawn: bool) -> None:
    """Emit that the heat maps of a model were not checked, or that they do not pass.

    Args:
        drawn: whether they are drawn although they do not pass.
    """
    gates = card.map_gates
    if gates is None:
        emit(JobWarning(f"The heat maps of {card.id} were not checked."))
    elif not gates.passed:
        emit(
            JobWarning(
                f"The heat maps of {card.id} do not pass: {describe_failures(gates)}.",
                "" if drawn else "None is drawn. --ignore-gates draws them all the same.",
            )
        )


def draw_heatmap(out: Path, classified: ClassifiedCell, card: Card) -> None:
    """Draw the heat map of the label, or of what an unknown cell looks like, over the image.

    A JPEG of the decoded size: of the whole image, or of the surroundings of a field's cell.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    model_input, prediction = classified.model_input, classified.prediction
    if model_input.image is None or classified.heat is None or prediction.window is None:
        return
    # Of a cell outside of the classes, the evidence for the class that it is taken for.
    heat = classified.heat[card.outputs.index(prediction.looks_like or prediction.label)]
    image, window = model_input.image, prediction.window.scaled(model_input.scale)
    if prediction.number:
        image, window = cut_surroundings(image, window)
    drawn = overlay_heat_map(image, normalize_heatmaps(heat), window)
    blue_first = cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise UserError(f"The heat map of {prediction.image} could not be drawn.")
    write_bytes(heatmap_file(out, prediction.cell_id), data.tobytes(), durable=False)


def cut_surroundings(rgb: NDArray[np.uint8], window: Window) -> tuple[NDArray[np.uint8], Window]:
    """Cut a window out of a field with a margin around it, as far as the field reaches.

    Returns:
        The part, and where the window lies in it.
    """
    wide = window.part(-_MARGIN, 1 + 2 * _MARGIN)
    top, bottom = _clip(wide.y, wide.side, rgb.shape[0])
    left, right = _clip(wide.x, wide.side, rgb.shape[1])
    part = np.ascontiguousarray(rgb[top:bottom, left:right])
    return part, Window(window.x - left, window.y - top, window.side)


def _clip(start: float, length: float, size: int) -> tuple[int, int]:
    """First and last index of a stretch within an array; of one element at least."""
    first = min(max(round(start), 0), size - 1)
    return first, min(max(round(start + length), first + 1), size)
