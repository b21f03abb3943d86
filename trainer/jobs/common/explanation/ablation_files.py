"""what predictions rest on, as files: a table, a record, and a page with bars."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_text
from trainer.cases.review_classes import name_in_sentence
from trainer.domain import RESEARCH_USE, CellId
from trainer.inference.ablation import HeatShares, Part, PartLoss
from trainer.jobs.common.explanation.cell_ablation import PART_NAMES, CellAblation
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.jobs.common.report.html import Figure, Picture, render_page, thumbnail_data_url

TABLE, RECORD, PAGE = "ablation.csv", "ablation.json", "ablation.html"
_MOST_SHOWN = 200  # cells on the page, which holds their pictures
_FULL_BAR = 4.0  # log-odds, at least, of the longest bar of a page


@dataclass(frozen=True, eq=False)
class AblatedCell:
    """A cell with what the prediction of it rests on.

    Attributes:
        view, heat: uint8 (H, W, 3), what the network sees, and the map over the image.
    """

    cell: CellId
    found: CellAblation
    view: NDArray[np.uint8]
    heat: NDArray[np.uint8]

    @property
    def name(self) -> str:
        """Its image, and in a field its letters."""
        letters = f", cell {self.cell.letters}" if self.cell.number else ""
        return f"{self.cell.image}{letters}"


@dataclass(frozen=True)
class _Row:
    name: str
    width: int
    gain: bool
    lost: str
    label: str


@dataclass(frozen=True)
class _Section:
    name: str
    figure: Figure
    rows: Sequence[_Row]
    text: str
    notes: Sequence[str]


def write_ablations(out: Path, cells: Sequence[AblatedCell], model: str) -> None:
    """Write the files into `out`, which exists.

    Args:
        model: id of the model that predicted.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    rows = [_table_row(each) for each in cells]
    write_text(out / TABLE, format_csv(_header(), rows))
    records = [
        {"image": each.cell.image, "cell": each.cell.letters, **each.found.to_json()}
        for each in cells
    ]
    content = {"model": model, "cells": records}
    write_text(out / RECORD, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    write_text(out / PAGE, _render(cells, model))


def _header() -> list[str]:
    parts = [name for part in Part for name in (f"lost_{part}", f"class_without_{part}")]
    heat = ("heat_nucleus", "heat_cytoplasm", "heat_beside")
    return ["image", "cell", "class", "probability", *parts, *heat, "nucleus_share"]


def _table_row(each: AblatedCell) -> list[str]:
    found = each.found
    by_part = {loss.part: loss for loss in found.ablation.losses}
    parts = [text for part in Part for text in _loss_texts(by_part.get(part), found.outputs)]
    share = found.nucleus_share
    return [
        safe_cell(each.cell.image),
        each.cell.letters,
        safe_cell(found.label),
        f"{found.ablation.probability:.6f}",
        *parts,
        *_heat_texts(found.heat),
        "" if share is None else f"{share:.4f}",
    ]


def _loss_texts(loss: PartLoss | None, outputs: Sequence[str]) -> tuple[str, str]:
    return ("", "") if loss is None else (f"{loss.lost:.4f}", safe_cell(outputs[loss.output]))


def _heat_texts(heat: HeatShares | None) -> tuple[str, ...]:
    if heat is None:
        return ("", "", "")
    return tuple(f"{share:.4f}" for share in (heat.nucleus, heat.cytoplasm, heat.beside))


def _render(cells: Sequence[AblatedCell], model: str) -> str:
    shown = cells[:_MOST_SHOWN]
    losses = [abs(loss.lost) for each in shown for loss in each.found.ablation.losses]
    longest = max([_FULL_BAR, *losses])
    return render_page(
        "ablation.html",
        title="What the predictions rest on",
        model=model,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        statement=RESEARCH_USE,
        cells=[_section(each, longest) for each in shown],
        left_out=len(cells) - len(shown),
        table_name=TABLE,
    )


def _section(each: AblatedCell, longest: float) -> _Section:
    found = each.found
    pictures = [
        Picture(thumbnail_data_url(each.view), f"what the network sees of {each.name}"),
        Picture(thumbnail_data_url(each.heat), f"heat map of {each.name}"),
    ]
    caption = f"{name_in_sentence(found.label)}, {found.ablation.probability:.2f}"
    rows = [_bar(loss, found.outputs, longest) for loss in found.ablation.losses]
    return _Section(each.name, Figure(pictures, (caption,)), rows, found.describe(), _notes(found))


def _bar(loss: PartLoss, outputs: Sequence[str], longest: float) -> _Row:
    return _Row(
        PART_NAMES[loss.part],
        round(100 * abs(loss.lost) / longest),
        loss.lost < 0,
        f"{loss.lost:+.1f}",
        f"{name_in_sentence(outputs[loss.output])}, {loss.probability:.2f}",
    )


def _notes(found: CellAblation) -> list[str]:
    notes = [found.note] if found.note else []
    if found.heat is not None and found.heat != HeatShares(0.0, 0.0, 0.0):
        heat = found.heat
        notes.append(
            f"Of the heat {heat.nucleus:.0%} lies in the nucleus, {heat.cytoplasm:.0%} in the "
            f"cytoplasm, {heat.beside:.0%} beside the cell."
        )
    if found.nucleus_share is not None:
        notes.append(f"The nucleus takes {found.nucleus_share:.0%} of the cell's area.")
    return notes
