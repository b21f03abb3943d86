"""Everything that an evaluation measured, and metrics.json made of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from trainer.domain import RESEARCH_USE
from trainer.evaluation.selective_metrics import MetricValue, metrics_to_json
from trainer.jobs.common.explanation_metrics import FaithfulnessResult
from trainer.jobs.common.leakage import HeldOutData
from trainer.jobs.common.opened_model import OpenedModel
from trainer.jobs.common.scored_cells import LabelledPredictions
from trainer.jobs.evaluate.robustness import RobustnessResult
from trainer.protocol.diagnostics import package_versions, versions


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Everything that was measured.

    Attributes:
        held_out: the cells that were asked for, with those that were left out.
        figures: set -> name -> figure; sets are "all", "source: ..." and "patient: ...".
        robustness: of the kept cells, under every perturbation; empty if not asked for.
        faithfulness: of the heat maps; None if not asked for.
        notes: what has to be said beside the figures, in words.
    """

    opened: OpenedModel
    cells: LabelledPredictions
    held_out: HeldOutData
    data: str
    figures: dict[str, dict[str, MetricValue]]
    robustness: list[RobustnessResult]
    faithfulness: FaithfulnessResult | None
    notes: tuple[str, ...]


def build_evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """metrics.json: everything that was measured, and on what."""
    card, seen = evaluation.opened.card, evaluation.cells
    explained = evaluation.faithfulness
    return {
        "model": {"id": card.id, "card_sha256": evaluation.opened.sha256},
        "data": evaluation.data,
        "cells": len(seen.items),
        "left_out": evaluation.held_out.to_json(),
        "failed": list(seen.faults),
        "figures": metrics_to_json(evaluation.figures),
        "perturbations": [asdict(each) for each in evaluation.robustness],
        "explanations": explained.to_json() if explained else None,
        "notes": list(evaluation.notes),
        "device": evaluation.opened.classifier.engine.device,
        "precision": evaluation.opened.classifier.engine.precision.value,
        "versions": versions() | package_versions(),
        "statement": RESEARCH_USE,
    }
