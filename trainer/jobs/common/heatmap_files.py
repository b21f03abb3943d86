"""Heat maps as files: where each lies in the output folder of `classify`, and drawing one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2

from trainer.atomic_files import write_bytes
from trainer.errors import UserError
from trainer.imaging.overlay import overlay_heat_map
from trainer.inference.classifier import ClassifiedCell
from trainer.models.package.card import Card

HEATMAPS = "heatmaps"
# Most systems allow 255 bytes for a name; room is kept for the suffix, and while it is written.
_MAX_NAME_BYTES, _MAX_WITH_SUFFIX = 200, 230
_JPEG_QUALITY = 90


def heatmap_file(out: Path, image: str) -> Path:
    """Path of the heat map of an image: as the image lies, below heatmaps/."""
    return path_for_image(out / HEATMAPS, image, ".jpg")


def path_for_image(folder: Path, image: str, suffix: str) -> Path:
    """A file below `folder` named after an image, in as many folders; long names are cut."""
    *folders, name = image.split("/")
    room = min(_MAX_NAME_BYTES, _MAX_WITH_SUFFIX - len(suffix.encode()))
    if len(name.encode("utf-8", "surrogateescape")) > room:
        key = hashlib.sha256(image.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        name = f"{name[:40]}-{key}"
    return Path(folder, *folders, f"{name}{suffix}")


def draw_heatmap(out: Path, classified: ClassifiedCell, card: Card) -> None:
    """Draw the heat map of the label, or of what an unknown cell looks like, over the image.

    A JPEG of the decoded size.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    model_input, prediction = classified.model_input, classified.prediction
    if model_input.image is None or classified.heat is None or prediction.window is None:
        return
    # Of a cell outside of the classes, the evidence for the class that it is taken for.
    heat = classified.heat[card.outputs.index(prediction.looks_like or prediction.label)]
    drawn = overlay_heat_map(model_input.image, heat, prediction.window.scaled(model_input.scale))
    blue_first = cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise UserError(f"The heat map of {prediction.image} could not be drawn.")
    write_bytes(heatmap_file(out, prediction.image), data.tobytes(), durable=False)
