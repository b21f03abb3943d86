"""The earlier case of a patient, and how the differential changed since."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.domain import ShouldStop
from trainer.errors import UserError
from trainer.evaluation.differential import ClassShare, Differential
from trainer.evaluation.differential_change import METHOD, compare_differentials
from trainer.jobs.common.case.reader import CaseReader, read_case
from trainer.jobs.common.case.statistics import compute_statistics, interruptible
from trainer.protocol.events import Emit, JobWarning


def compare_to_earlier(
    reader: CaseReader,
    table: Mapping[str, Any],
    data: Path,
    emit: Emit,
    should_stop: ShouldStop,
    *,
    count_edge_cells: bool = False,
) -> dict[str, Any]:
    """Compare the differential of a case with that of the earlier case that its details name.

    Both are of cells as reviewed, else as accepted.

    Args:
        table: `differential` of the case's summary.json.
        data: where models and review classes are kept.

    Returns:
        `case`, `name`, `sample` and `time` of the earlier one, `cells`, its white cells,
        `method`, and `changes`, by class as of `ShareChange`; empty without an earlier case, and,
        with a warning, where it was not classified.

    Raises:
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned True.
    """
    number = reader.store.details.get(reader.case.id).earlier_case
    if number is None:
        return {}
    try:
        case = reader.store.cases.get(number)
        earlier = read_case(reader.store, case, case.root, None, data)
    except UserError as error:
        emit(JobWarning(f"The earlier case is not compared: {error.message}", error.hint))
        return {}
    counts = compute_statistics(
        interruptible(earlier.results(), should_stop),
        earlier,
        emit,
        count_edge_cells=count_edge_cells,
    ).counts
    before = _differential_of(counts["differential"])
    changes = compare_differentials(before, _differential_of(table))
    return {
        "case": case.id,
        "name": case.name,
        "sample": reader.store.details.get(case.id).sample,
        "time": earlier.newest_run.started,
        "cells": before.white,
        "method": METHOD,
        "changes": {name: each.to_json() for name, each in changes.items()},
    }


def _differential_of(table: Mapping[str, Any]) -> Differential:
    """The counts of a differential of summary.json, after review where there is one."""
    counted = table.get("after_review", table)
    percent, per_100 = (
        {
            name: ClassShare(share["cells"], math.nan, math.nan, math.nan)
            for name, share in counted[kind].items()
        }
        for kind in ("percent", "per_100_white_cells")
    )
    return Differential(counted["cells"], percent, per_100, {}, ())
