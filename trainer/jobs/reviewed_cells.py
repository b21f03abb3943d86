"""Write the reviewed cells of cases as one CSV: the images stay where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from trainer.atomic_files import write_text
from trainer.cases.records import UNKNOWN
from trainer.cases.store import CaseStore
from trainer.data.item import Item
from trainer.data.table import BOX_COLUMNS, CSV_COLUMNS, format_box
from trainer.domain import ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.jobs.adapt.cells import read_reviewed_items
from trainer.jobs.common.csv_table import format_csv, safe_cell
from trainer.jobs.common.formatting import format_count
from trainer.locations import store_file
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import ReviewedCellsRequest


def run(request: ReviewedCellsRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Write the cells (see `ReviewedCellsRequest`); "unknown" and excluded ones are left out.

    Returns:
        `file`; `cells`, how many; and `classes`, how many of each.

    Raises:
        UserError: a folder is no case, no cell of them was reviewed, or the file cannot be
            written.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned true; nothing was written.
    """
    rows: list[list[str]] = []
    counts: Counter[str] = Counter()
    with CaseStore.open(store_file(request.data_dir), read_only=True) as store:
        for folder in request.folders:
            for row in _read_rows(store, Path(folder), emit):
                if should_stop():
                    raise Cancelled
                rows.append(row)
                counts[row[1]] += 1
    if not rows:
        raise UserError("No cell of these cases was reviewed yet.", "Review some cells first.")
    out = Path(request.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, format_csv((*CSV_COLUMNS, *BOX_COLUMNS), rows))
    count = format_count(len(rows), "reviewed cell")
    emit(Result({"text": f"Listed in {out}: {count}."}))
    return {"file": str(out), "cells": len(rows), "classes": dict(sorted(counts.items()))}


def _read_rows(store: CaseStore, root: Path, emit: Emit) -> Iterator[list[str]]:
    case = store.cases.find(root)
    if case is None:
        raise UserError(f"{root} is no case.", "Open the folder and classify it first.")
    found, details = read_reviewed_items(store, case, root, emit), store.details.get(case.id)
    if found.gone:
        gone = format_count(len(found.gone), "reviewed cell")
        emit(JobWarning(f"Left out: {gone} whose image is not there any more, or another."))
    for item in found.items:
        if item not in found.gone and item.label != UNKNOWN:
            sample = details.sample or ("" if item.box is None else item.path.name)
            yield [*_names(item), details.patient, item.source, sample, *format_box(item.box)]


def _names(item: Item) -> list[str]:
    """File, label and split; no spreadsheet takes them for a formula."""
    return [str(item.path.absolute()), safe_cell(item.label), ""]
