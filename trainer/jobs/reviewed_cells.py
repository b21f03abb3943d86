"""Write the reviewed cells of cases as one CSV: the images stay where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from trainer.atomic_files import write_text
from trainer.cases.locked_patients import LEAST_PATIENTS, count_patients, find_locked_cases
from trainer.cases.records import UNKNOWN, Case
from trainer.cases.store import CaseStore
from trainer.data.table import BOX_COLUMNS, CSV_COLUMNS, format_box
from trainer.domain import ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.jobs.adapt.cells import ALL_LOCKED, ALL_LOCKED_HINT, read_reviewed_items
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.jobs.common.report.number_text import format_count
from trainer.locations import store_file
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import ReviewedCellsRequest


def run(request: ReviewedCellsRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Write the cells (see `ReviewedCellsRequest`); "unknown" and excluded ones are left out.

    Returns:
        `file`; `cells`, how many; `classes`, how many of each; and `locked`, how many were left
        out since they are of locked patients.

    Raises:
        UserError: a folder is no case, no cell of them was reviewed or all of them are locked,
            or the file cannot be written.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned true; nothing was written.
    """
    with CaseStore.open(store_file(request.data_dir), read_only=True) as store:
        details = store.details.all_newest()
        rows, left = _read_wanted(store, request, find_locked_cases(details), emit, should_stop)
    if not rows:
        raise _nothing(request, left, count_patients(details))
    out = Path(request.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, format_csv((*CSV_COLUMNS, *BOX_COLUMNS), rows))
    count = format_count(len(rows), "reviewed cell")
    emit(Result({"text": f"Listed in {out}: {count}."}))
    classes = dict(sorted(Counter(row[1] for row in rows).items()))
    locked_out = left if request.cells == "to learn" else 0
    if locked_out:
        emit(JobWarning(f"Left out: {format_count(left, 'reviewed cell')} of locked patients."))
    return {"file": str(out), "cells": len(rows), "classes": classes, "locked": locked_out}


def _read_wanted(
    store: CaseStore,
    request: ReviewedCellsRequest,
    locked: frozenset[int],
    emit: Emit,
    should_stop: ShouldStop,
) -> tuple[list[list[str]], int]:
    """Read the rows of the wanted cells, and how many others there are."""
    rows: list[list[str]] = []
    left = 0
    split = "test" if request.cells == "locked" else ""
    for case, root in [_find_case(store, Path(folder)) for folder in request.folders]:
        for row in _read_rows(store, case, root, split, emit):
            if should_stop():
                raise Cancelled
            if request.cells == "all" or (case.id in locked) == (request.cells == "locked"):
                rows.append(row)
            else:
                left += 1
    return rows, left


def _find_case(store: CaseStore, root: Path) -> tuple[Case, Path]:
    case = store.cases.find(root)
    if case is None:
        raise UserError(f"{root} is no case.", "Open the folder and classify it first.")
    return case, root


def _nothing(request: ReviewedCellsRequest, left: int, patients: int) -> UserError:
    """Why there is no cell, of which `left` were not wanted."""
    if not left:
        return UserError("No cell of these cases was reviewed yet.", "Review some cells first.")
    if request.cells == "to learn":
        return UserError(ALL_LOCKED, ALL_LOCKED_HINT)
    if patients < LEAST_PATIENTS:
        return UserError(
            f"No cell is locked: of the {LEAST_PATIENTS} patients that it takes, the details of "
            f"the cases name {patients}.",
            "Write the patient into the details of each case.",
        )
    return UserError(
        "None of these cases is of a locked patient.", "Review cells of further patients."
    )


def _read_rows(
    store: CaseStore, case: Case, root: Path, split: str, emit: Emit
) -> Iterator[list[str]]:
    found, details = read_reviewed_items(store, case, root, emit), store.details.get(case.id)
    if found.gone:
        gone = format_count(len(found.gone), "reviewed cell")
        emit(JobWarning(f"Left out: {gone} whose image is not there any more, or another."))
    for item in found.items:
        if item not in found.gone and item.label != UNKNOWN:
            sample = details.sample or ("" if item.box is None else item.path.name)
            # No spreadsheet takes a label for a formula.
            names = [str(item.path.absolute()), safe_cell(item.label), split]
            yield [*names, details.patient, item.source, sample, *format_box(item.box)]
