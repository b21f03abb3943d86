"""What the worker's `evaluate` and `judge` wrote, read back for the window."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.domain import Box

Row = Mapping[str, str]


@dataclass(frozen=True)
class EvaluatedCell:
    """A cell with its label and what a model gave it.

    Attributes:
        box: in pixels of the image; None for an image of one cell.
        decision: "accept", "review" or "unknown".
    """

    path: Path
    box: Box | None
    label: str
    predicted: str
    probability: float
    decision: str


@dataclass(frozen=True)
class EvaluatedModel:
    """What was measured of a model.

    Attributes:
        folder: that the worker wrote.
        classes: of the model.
        figures: name -> {value, low, high}, or a count.
        cost: milliseconds a cell, parameters, gflops, megabytes.
        notes: sentences of the worker.
    """

    model: str
    folder: Path
    classes: tuple[str, ...]
    figures: Mapping[str, Any]
    cost: Mapping[str, float]
    cells: tuple[EvaluatedCell, ...]
    notes: tuple[str, ...] = ()

    @property
    def report(self) -> Path:
        """The page that the worker wrote."""
        return self.folder / "report.html"

    def value(self, name: str) -> float | None:
        """A figure without its interval; None where it is not defined."""
        figure = self.figures.get(name)
        return figure["value"] if isinstance(figure, dict) else figure

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's classes, then the labels that are none of them."""
        others = sorted({cell.label for cell in self.cells} - set(self.classes))
        return (*self.classes, *others)


@dataclass(frozen=True)
class ChangedPair:
    """A cell with what two models gave it."""

    before: EvaluatedCell
    after: EvaluatedCell


@dataclass(frozen=True)
class ReadJudgement:
    """A model against another; the fields of `record` are those of judgement.json."""

    record: Mapping[str, Any]
    changed: tuple[ChangedPair, ...]


def read_evaluated_model(folder: Path) -> EvaluatedModel:
    """Read the folder of an evaluation.

    Raises:
        OSError, ValueError, KeyError: it is not what the worker writes.
    """
    record = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    cells = tuple(_cell(row, "") for row in _rows(folder / "cells.csv"))
    return EvaluatedModel(
        record["model"]["id"],
        folder,
        tuple(record["classes"]),
        record["figures"]["all"],
        record["cost"],
        cells,
        tuple(record["notes"]),
    )


def read_judgement(folder: Path) -> ReadJudgement:
    """Read the folder of a judgement; raises as `read_evaluated_model`."""
    record = json.loads((folder / "judgement.json").read_text(encoding="utf-8"))
    pairs = (
        ChangedPair(_cell(row, "before_"), _cell(row, "after_"))
        for row in _rows(folder / "changed.csv")
    )
    return ReadJudgement(record, tuple(pairs))


def count_confusion(model: EvaluatedModel) -> dict[tuple[str, str], list[EvaluatedCell]]:
    """Sort the cells by label and likeliest class, everything accepted."""
    found: dict[tuple[str, str], list[EvaluatedCell]] = {}
    for cell in model.cells:
        found.setdefault((cell.label, cell.predicted), []).append(cell)
    return found


def pareto_front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Which points no other beats at both: less of the first, more of the second number."""
    return [
        not any(
            other != point and other[0] <= point[0] and other[1] >= point[1] for other in points
        )
        for point in points
    ]


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _cell(row: Row, prefix: str) -> EvaluatedCell:
    sides = [row[name] for name in ("x", "y", "width", "height")]
    return EvaluatedCell(
        Path(row["file"]),
        Box(*map(float, sides)) if all(sides) else None,
        _plain(row["label"]),
        _plain(row[f"{prefix}predicted"]),
        float(row[f"{prefix}probability"]),
        row[f"{prefix}decision"],
    )


def _plain(text: str) -> str:
    """A label without the apostrophe that keeps a spreadsheet from computing it."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text
