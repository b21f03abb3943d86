"""Write predictions.csv and summary.json, for `classify` and `export` alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from trainer.atomic_files import write_text, write_with
from trainer.domain import Decision, Prediction
from trainer.jobs.common.opened_model import NamedOutputs
from trainer.jobs.common.report.csv_table import TextSink, safe_cell, write_csv

PREDICTIONS, SUMMARY = "predictions.csv", "summary.json"

PLACE_COLUMNS = ("cell_id", "x", "y", "width", "height", "origin", "at_edge")


def columns(model: NamedOutputs) -> list[str]:
    """Header of predictions.csv for a model."""
    return [
        "image",
        "sha256",
        "label",
        "probability",
        *(f"p_{name}" for name in model.classes),
        "decision",
        "distance",
        "model",
        "precision",
        "error",
        # The reasons; they stand last, so that the columns before them keep their places.
        "reason",
        "looks_like",
        *(f"other_{name}" for name in model.other_classes),
        "cell",
        "plane",
        "notes",
        *PLACE_COLUMNS,
    ]


def row(prediction: Prediction, model: NamedOutputs) -> list[str]:
    """One line of predictions.csv; figures have a decimal point in every locale."""
    failed = prediction.decision is Decision.FAILED
    outputs = ["" for _ in model.outputs]
    if not failed:
        outputs = [f"{p:.6f}" for p in prediction.probabilities]
    known = len(model.classes)
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
        *_place(prediction),
    ]


def _place(prediction: Prediction) -> list[str]:
    """Which cell of its image, and where in pixels of the original; nothing where failed."""
    if prediction.decision is Decision.FAILED:
        return [""] * len(PLACE_COLUMNS)
    box = prediction.box
    sides = (box.x, box.y, box.width, box.height) if box is not None else ()
    return [
        prediction.cell_id.letters,
        *([f"{side:.1f}" for side in sides] or [""] * 4),
        prediction.origin.value,
        "true" if prediction.at_edge else "false",
    ]


def write_predictions(
    path: Path, predictions: Callable[[], Iterable[Prediction]], model: NamedOutputs
) -> None:
    """Write predictions.csv: UTF-8, comma, one line a cell, in order of name and number.

    Args:
        predictions: returns them anew at each call; called again only where the disk is full,
            to count the bytes that are needed.
    """

    def write(temporary: Path) -> None:
        # A name that is not Unicode is written with its odd bytes spelled out.
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            _write_rows(file, predictions(), model)

    def size() -> int:
        sink = _ByteCounter()
        _write_rows(sink, predictions(), model)
        return sink.bytes

    write_with(path, write, size=size)


class _ByteCounter:
    """Counts what would be written."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, text: str, /) -> int:
        self.bytes += len(text.encode("utf-8", "backslashreplace"))
        return len(text)


def _write_rows(sink: TextSink, predictions: Iterable[Prediction], model: NamedOutputs) -> None:
    header, rows = columns(model), (row(prediction, model) for prediction in predictions)
    write_csv(sink, header, rows)


def write_summary(path: Path, summary: Mapping[str, Any]) -> None:
    """Write summary.json."""
    write_text(path, json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
