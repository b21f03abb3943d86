"""Hold the results of an evaluation, and build metrics.json from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trainer.domain import RESEARCH_USE
from trainer.evaluation.selective_metrics import MetricValue, metrics_to_json
from trainer.jobs.common.alert_levels import AlertLevels
from trainer.jobs.common.explanation.metrics import FaithfulnessResult
from trainer.jobs.common.labelled.leakage import HeldOutData
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions
from trainer.jobs.common.opened_model import OpenedModel
from trainer.jobs.evaluate.robustness import RobustnessResult
from trainer.models.export.flops import measure_cost
from trainer.protocol.diagnostics import package_versions, versions


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Results of an evaluation.

    Attributes:
        held_out: the evaluated cells, with those that were excluded.
        figures: set -> name -> metric; sets are "all", "source: ..." and "patient: ...".
        alert: what each level of the alert does; None where no class has the role alert.
        robustness: on the sampled cells, under every corruption; empty in a quick evaluation.
        faithfulness: of the heat maps; None in a quick evaluation.
        notes: sentences to show beside the metrics.
        milliseconds: for one cell, on the device of `opened`, reading included.
    """

    opened: OpenedModel
    cells: LabelledPredictions
    held_out: HeldOutData
    data: str
    figures: dict[str, dict[str, MetricValue]]
    alert: AlertLevels | None
    robustness: list[RobustnessResult]
    faithfulness: FaithfulnessResult | None
    notes: tuple[str, ...]
    milliseconds: float


def build_evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """Build metrics.json: everything that was measured, and on what."""
    card, cells = evaluation.opened.card, evaluation.cells
    faithfulness = evaluation.faithfulness
    return {
        "model": {"id": card.id, "card_sha256": evaluation.opened.sha256},
        "classes": list(card.classes),
        "data": evaluation.data,
        "cells": len(cells.items),
        "left_out": evaluation.held_out.to_json(),
        "failed": list(cells.faults),
        "figures": metrics_to_json(evaluation.figures),
        "cost": asdict(measure_cost(evaluation.opened.package))
        | {"milliseconds": evaluation.milliseconds},
        "alert": evaluation.alert.to_json() if evaluation.alert else None,
        "perturbations": [asdict(each) for each in evaluation.robustness],
        "explanations": faithfulness.to_json() if faithfulness else None,
        "notes": list(evaluation.notes),
        "device": evaluation.opened.classifier.engine.device,
        "precision": evaluation.opened.classifier.engine.precision.value,
        "versions": versions() | package_versions(),
        "statement": RESEARCH_USE,
    }


CELL_COLUMNS = (
    *("file", "x", "y", "width", "height", "sha256", "label", "source", "patient"),
    *("predicted", "probability", "decision"),
)


def build_cell_rows(cells: LabelledPredictions, classes: Sequence[str]) -> Iterator[list[str]]:
    """Build the rows of cells.csv: each cell, its label, and what the model gave it.

    `predicted` is the likeliest of the model's classes, whatever the decision.
    """
    known = len(classes)
    for item, prediction in zip(cells.items, cells.predictions, strict=True):
        box = item.box
        sides = (box.x, box.y, box.width, box.height) if box is not None else ()
        shares = prediction.probabilities[:known]
        best = max(range(known), key=lambda index: shares[index])
        yield [
            str(item.path.absolute()),
            *(f"{side:g}" for side in sides or ()),
            *([""] * (4 - len(sides))),
            prediction.sha256,
            item.label,
            item.source,
            item.patient,
            classes[best],
            f"{shares[best]:.6f}",
            prediction.decision.value,
        ]
