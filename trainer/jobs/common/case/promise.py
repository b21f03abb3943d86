"""What a model promises for the source of a case, and when a limit of the differential is met.

A card's promise was measured on its own sources. On any other the share of the accepted cells
that are right is not known, so neither are the shares of the classes until cells are reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from trainer.domain import Interval
from trainer.evaluation.differential_range import LimitState, cells_to_show, decide_limit
from trainer.evaluation.misclassification import METHOD, correct_shares

SHARE_TO_SHOW = 0.95
_ERRORS = (0, 1, 3)
BOUND = "exact (Clopper-Pearson), 95 %"


def describe_promise(provenance: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Describe what holds on a source that is not in the card; empty for one that is.

    Args:
        provenance: as of `build_provenance`.
        table: the differential of summary.json, with what was reviewed.

    Returns:
        `holds`, always False; `text`, sentences; `elsewhere`, what the card states of other
        sources; `cells_needed`, how many reviewed cells show which share of right ones.
    """
    if provenance["calibrated_for_source"]:
        return {}
    needed = [
        {
            "share": SHARE_TO_SHOW,
            "errors": errors,
            "cells": cells_to_show(SHARE_TO_SHOW, errors=errors),
        }
        for errors in _ERRORS
    ]
    elsewhere = provenance["model"].get("elsewhere", [])
    return {
        "holds": False,
        "text": [
            *_describe_source(provenance),
            *_describe_elsewhere(elsewhere),
            *_describe_reviewed(table),
            f"{needed[0]['cells']} accepted cells, taken at random and reviewed, would show that "
            f"{100 * SHARE_TO_SHOW:g} % or more are right if all of them are, "
            f"{needed[1]['cells']} if one is wrong (exact bound of Clopper and Pearson).",
        ],
        "elsewhere": elsewhere,
        "bound": BOUND,
        "cells_needed": needed,
    }


def _describe_source(provenance: Mapping[str, Any]) -> Iterator[str]:
    name = provenance["source"].get("profile", {}).get("name", "")
    which = f"of {name}" if name else "of a source that is not named"
    yield (
        f"What the model promises does not hold for images {which}: how many of the accepted "
        "cells are right is not known there."
    )


def _describe_elsewhere(elsewhere: list[Mapping[str, Any]]) -> Iterator[str]:
    if not elsewhere:
        yield "The model's card has no measurement on a source that it did not learn from."
    for each in elsewhere:
        yield f"Measured elsewhere: {each['text']}"


def _describe_reviewed(table: Mapping[str, Any]) -> Iterator[str]:
    accepted = table.get("reviewed", {}).get("accepted", {})
    if accepted.get("cells"):
        yield (
            f"Of {accepted['cells']} accepted cells reviewed here {accepted['right']} are right: "
            f"{accepted['value']:.1f} % ({accepted['low']:.1f}-{accepted['high']:.1f} %)."
        )


def correct_differential(provenance: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Fold the card's confusion matrix into the shares of the accepted cells.

    Returns:
        `method` and, as in the differential, `percent` and `per_100_white_cells`; empty where the
        source is not in the card or the card has no matrix of all classes.
    """
    rows = provenance["model"].get("confusion", {})
    if not provenance["calibrated_for_source"] or not rows:
        return {}
    classes = provenance["model"]["classes"]
    shares = {**table["percent"], **table["per_100_white_cells"]}
    matrix = np.array([_confusion_row(rows.get(name, {}), classes) for name in classes])
    found = correct_shares(
        [shares[name]["cells"] for name in classes],
        matrix,
        of=[name in table["percent"] for name in classes],
    )
    if found is None:
        return {}
    by_name = dict(zip(classes, found, strict=True))
    return {
        "method": METHOD,
        **{
            kind: {name: _interval_to_json(by_name[name]) for name in table[kind]}
            for kind in ("percent", "per_100_white_cells")
        },
    }


def _confusion_row(row: Mapping[str, Any], classes: list[str]) -> list[int]:
    accepted = row.get("accepted", {})
    return [*(accepted.get(name, 0) for name in classes), row.get("not_accepted", 0)]


def _interval_to_json(found: Interval) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}


def decide_limits(
    limits: Mapping[str, float], table: Mapping[str, Any], *, known_source: bool
) -> dict[str, Any]:
    """Decide which limits are met: only where all that is known of a share lies on one side.

    Known are the range that the open cells leave, with its exact bounds; the exact interval of
    the reviewed cells; else the interval corrected for the confusion of the card's sources. Of a
    source that is not in the card nothing is known until cells are reviewed.

    Args:
        limits: class -> percent from which on a diagnosis turns.
        table: the differential with `range`, and `reviewed` and `corrected` where there are.
    """
    return {
        name: _decide_limit(name, limit, table, known_source=known_source)
        for name, limit in limits.items()
        if name in table["percent"]
    }


def _decide_limit(
    name: str, limit: float, table: Mapping[str, Any], *, known_source: bool
) -> dict[str, Any]:
    found = table["range"]["percent"][name]
    bounds = [(found["low_bound"], found["high_bound"])]
    reviewed = table.get("reviewed", {})
    if reviewed.get("cells"):
        bounds.append(_bounds(reviewed["percent"][name]))
    elif not known_source:
        bounds.append((0.0, 100.0))
    elif corrected := table.get("corrected"):
        bounds.append(_bounds(corrected["percent"][name]))
    state = decide_limit(limit, bounds)
    low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
    allowed = f"all that is known allows {low:.1f}-{high:.1f} %"
    texts = {
        LimitState.MET: f"{name}: {limit:g} % is reached; {allowed}.",
        LimitState.MISSED: f"{name}: {limit:g} % is not reached; {allowed}.",
        LimitState.OPEN: f"{name}: whether {limit:g} % is reached is open; {allowed}.",
    }
    return {"limit": limit, "state": state.value, "low": low, "high": high, "text": texts[state]}


def _bounds(share: Mapping[str, float]) -> tuple[float, float]:
    return share["low"], share["high"]
