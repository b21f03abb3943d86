"""The limit of blasts that a diagnosis turns at, and how many cells have to be counted for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainer.domain import ClassRole
from trainer.evaluation.count_precision import count_to_targets, measure_precision
from trainer.models.package.class_roles import limits_of_classes

BLAST_PRECISION = 5.0
"""How far an interval may reach to either side of a limit, in percent; a lab may choose."""


def limits_of_model(model: Mapping[str, Any]) -> dict[str, float]:
    """Return class -> limit of a model as summary.json has it."""
    roles = {name: ClassRole(role) for name, role in model.get("roles", {}).items()}
    return limits_of_classes(model["classes"], roles, model.get("limits", {}))


def measure_count(
    table: Mapping[str, Any], limits: Mapping[str, float], half_width: float
) -> dict[str, Any]:
    """How many white cells are counted, and how many are needed.

    Counted are cells as reviewed, else as accepted.

    Args:
        table: `differential` of summary.json.
        limits: class -> percent.
        half_width: percent to either side of a limit that the lab wants.

    Returns:
        `cells`; `targets`, each with `cells` and `missing`; `limits`, by class as of
        `LimitPrecision`.
    """
    counted = table.get("after_review", table)
    cells = {name: share["cells"] for name, share in counted["percent"].items()}
    found = measure_precision(cells, counted["cells"], limits, half_width)
    targets = count_to_targets(counted["cells"])
    return {
        "cells": counted["cells"],
        "targets": [{"cells": each.cells, "missing": each.missing} for each in targets],
        "limits": {name: each.to_json() for name, each in found.items()},
    }
