"""The table of what was left out: figures of one training, means over seeds, CSV and page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from trainer.cases.review_classes import usual_name
from trainer.data.left_out import LeftOutGroup
from trainer.domain import RESEARCH_USE
from trainer.errors import UserError
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.jobs.common.report.html import Table, render_page
from trainer.models.package.card import Card
from trainer.models.package.evidence import LeftOutRow, LeftOutTable

COLUMNS = ("source", "class", "cells", "seeds", "found", "wrong_among_accepted", "alert_lost")


def figures_of(card: Card, group: LeftOutGroup) -> dict[str, Any]:
    """Take from the card of a model what it finds on the group that it was made without.

    Returns:
        `cells`; `found`, the balanced accuracy of a source (of one class its sensitivity);
        `wrong` and `alert_lost`, each None where there is none.
    """
    measured = {
        name: by_set[group.set_name]
        for name, by_set in card.metrics.items()
        if group.set_name in by_set
    }
    recalls = {name: v for name, v in measured.items() if name.startswith("sensitivity_")}
    found = math.fsum(v.value for v in recalls.values()) / len(recalls) if recalls else math.nan
    precision, lost = measured.get("accepted_precision"), measured.get("alert_lost")
    return {
        "cells": sum(v.n or 0 for v in recalls.values()),
        "found": found,
        "recalls": {name.partition("_")[2]: v.value for name, v in recalls.items()},
        "wrong": None if precision is None else 1 - precision.value,
        "alert_lost": None if lost is None else lost.value,
    }


def build_table(
    figures: Mapping[LeftOutGroup, Sequence[Mapping[str, Any]]], recipe: Mapping[str, Any]
) -> LeftOutTable:
    """Build the table, worst first, of the figures of each seed.

    Raises:
        UserError: there are none.
    """
    rows = [
        LeftOutRow(
            source=group.source,
            label=group.label,
            cells=int(of_seeds[0]["cells"]),
            seeds=len(of_seeds),
            found=_mean_of(of_seeds, "found") or 0.0,
            wrong=_mean_of(of_seeds, "wrong"),
            alert_lost=_mean_of(of_seeds, "alert_lost"),
        )
        for group, of_seeds in figures.items()
    ]
    if not rows:
        raise UserError(
            "Not one training came to its end.", "Look at the notices above for the reason."
        )
    rows.sort(key=lambda row: (row.found, row.source, row.label))
    return LeftOutTable(worst=rows[0], rows=tuple(rows), recipe=dict(recipe))


def _mean_of(of_seeds: Sequence[Mapping[str, Any]], name: str) -> float | None:
    values = [figures[name] for figures in of_seeds if figures[name] is not None]
    return round(math.fsum(values) / len(values), 6) if values else None


def format_table_csv(table: LeftOutTable) -> str:
    """Format left-out.csv, worst first."""
    return format_csv(
        COLUMNS,
        [
            (
                *(safe_cell(row.source), safe_cell(row.label), str(row.cells), str(row.seeds)),
                *(_format_share(v, 6, "") for v in (row.found, row.wrong, row.alert_lost)),
            )
            for row in table.rows
        ],
    )


def render_table(table: LeftOutTable) -> str:
    """Render left-out.html, which stands alone."""
    rows = [
        (
            *(row.source, usual_name(row.label) if row.label else "all"),
            *(str(row.cells), str(row.seeds)),
            *(_format_share(v, 3, "-") for v in (row.found, row.wrong, row.alert_lost)),
        )
        for row in table.rows
    ]
    head = ("source", "class", "cells", "seeds", "found", "wrong among accepted", "alert lost")
    settings = [(name, str(value)) for name, value in table.recipe.items()]
    return render_page(
        "left_out.html",
        title="What is found on cells that were left out",
        statement=RESEARCH_USE,
        worst=f"{table.worst.name}: {table.worst.found:.3f}",
        rows=Table(head, rows, numbers=range(2, 7)),
        recipe=Table(("recipe", ""), settings),
    )


def _format_share(value: float | None, digits: int, missing: str) -> str:
    return missing if value is None else f"{value:.{digits}f}"
