"""The limit of blasts that a diagnosis turns at, and how many cells have to be counted for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trainer.domain import ClassRole
from trainer.evaluation.count_precision import count_to_targets, measure_precision

BLAST_LIMIT = 20.0
"""Percent of blasts from which on acute myeloid leukaemia is diagnosed (WHO 2016, Arber et al.,
Blood 127)."""
BLAST_PRECISION = 5.0
"""How far an interval may reach to either side of `BLAST_LIMIT`, in percent; a lab may choose."""
_BLASTS_WITHOUT_ROLE = ("myeloblast",)  # of cards from before there were roles


def limits_of(classes: Sequence[str], alert: Sequence[str]) -> dict[str, float]:
    """Return the percent at which a diagnosis turns, of each class that is a blast.

    Args:
        classes: of the model.
        alert: those with the role alert.
    """
    blasts = alert or [name for name in _BLASTS_WITHOUT_ROLE if name in classes]
    return dict.fromkeys(blasts, BLAST_LIMIT)


def limits_of_card(model: Mapping[str, Any]) -> dict[str, float]:
    """As `limits_of`, of a model as summary.json has it."""
    roles = model.get("roles", {})
    alert = [name for name in model["classes"] if roles.get(name) == ClassRole.ALERT]
    return limits_of(model["classes"], alert)


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
