"""What `classify` leaves in its output folder: predictions.csv, summary.json, heat maps."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

import cv2

from trainer.domain import Decision, Prediction
from trainer.errors import UserError
from trainer.imaging.overlay import overlay
from trainer.inference.classifier import Classified
from trainer.models.card import Card
from trainer.safe_write import write_bytes, write_text, write_with

PREDICTIONS, SUMMARY, HEATMAPS = "predictions.csv", "summary.json", "heatmaps"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Most systems allow 255 bytes for a name; room is kept for the suffix.
_LONGEST_NAME = 200
_JPEG_QUALITY = 90


def columns(card: Card) -> list[str]:
    """Header of predictions.csv for a model."""
    return [
        "image",
        "sha256",
        "label",
        "probability",
        *(f"p_{name}" for name in card.classes),
        "decision",
        "distance",
        "model",
        "precision",
        "error",
        # What follows says why; it stands last so that the columns before it keep their places.
        "reason",
        "looks_like",
        *(f"other_{name}" for name in card.other_classes),
        "cell",
        "plane",
        "notes",
    ]


def row(prediction: Prediction, card: Card) -> list[str]:
    """One line of predictions.csv; figures have a decimal point in every locale."""
    failed = prediction.decision is Decision.FAILED
    outputs = ["" for _ in card.outputs]
    if not failed:
        outputs = [f"{p:.6f}" for p in prediction.probabilities]
    known = len(card.classes)
    distance = "" if prediction.distance is None else f"{prediction.distance:.4f}"
    return [
        safe_cell(prediction.image),
        prediction.sha256,
        prediction.label,
        "" if failed else f"{prediction.probability:.6f}",
        *outputs[:known],
        prediction.decision.value,
        distance,
        prediction.model,
        prediction.precision.value,
        safe_cell(prediction.error),
        safe_cell(prediction.reason),
        prediction.looks_like,
        *outputs[known:],
        "" if failed else prediction.cell.value,
        "" if failed else str(prediction.plane),
        safe_cell("; ".join(prediction.notes)),
    ]


def safe_cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: an apostrophe before = + - @."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_predictions(path: Path, predictions: Iterable[Prediction], card: Card) -> None:
    """Write predictions.csv: UTF-8, comma, one line an image, in order of name."""

    def write(temporary: Path) -> None:
        # A name that is not Unicode is written with its odd bytes spelled out.
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            _write_rows(file, predictions, card)

    write_with(path, write)


def _write_rows(file: TextIO, predictions: Iterable[Prediction], card: Card) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns(card))
    writer.writerows(row(prediction, card) for prediction in predictions)


def write_summary(path: Path, summary: Mapping[str, Any]) -> None:
    """Write summary.json."""
    write_text(path, json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def heatmap_file(out: Path, image: str) -> Path:
    """Where the heat map of an image lies: as the image does, below heatmaps/."""
    return named_as(out / HEATMAPS, image, ".jpg")


def named_as(folder: Path, image: str, suffix: str) -> Path:
    """A file below `folder` named after an image, in as many folders; long names are cut."""
    *folders, name = image.split("/")
    if len(name.encode("utf-8", "surrogateescape")) > _LONGEST_NAME:
        key = hashlib.sha256(image.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        name = f"{name[:40]}-{key}"
    return Path(folder, *folders, f"{name}{suffix}")


def draw_heatmap(out: Path, classified: Classified, card: Card) -> None:
    """Draw the heat map of the label, or of what an unknown cell looks like, over the image.

    A JPEG of the decoded size.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    prepared, prediction = classified.prepared, classified.prediction
    if prepared.shown is None or classified.heat is None or prediction.window is None:
        return
    # Of a cell outside of the classes, what made it look like what it is taken for.
    heat = classified.heat[card.outputs.index(prediction.looks_like or prediction.label)]
    drawn = overlay(prepared.shown, heat, prediction.window.scaled(prepared.scale))
    blue_first = cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise UserError(f"The heat map of {prediction.image} could not be drawn.")
    write_bytes(heatmap_file(out, prediction.image), data.tobytes(), durable=False)
