"""Write predictions.xlsx: the rows of predictions.csv, the summary, model and runs."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from trainer.atomic_files import write_bytes
from trainer.domain import printable
from trainer.jobs.common.case.predictions_csv import columns, row
from trainer.jobs.common.case.statistics import run_record
from trainer.jobs.common.report.differential_text import open_ranges
from trainer.jobs.export.content import ExportContent, warnings_of
from trainer.jobs.export.report.language import ReportLanguage
from trainer.jobs.export.report.provenance import list_provenance
from trainer.jobs.export.verdict_of_cell import find_review

# The format's own limits.
MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
_WIDTHS = {"image": 32, "error": 32, "reason": 32, "sha256": 16, "notes": 24}
_NUMBERS = ("probability", "distance", "plane", "x", "y", "width", "height")
_REVIEW_COLUMNS = (
    *("image", "cell", "class", "name", "reviewer", "time", "notes"),
    *("predicted", "decision", "probability"),
)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write(path: Path, content: ExportContent) -> None:
    """Write the workbook.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it was time to stop.
    """
    buffer = io.BytesIO()
    # Rows wait in temporary files, which must not stay behind in a user's folder.
    with (
        tempfile.TemporaryDirectory() as temporary,
        Workbook(buffer, {**_OPTIONS, "tmpdir": temporary}) as book,
    ):
        _PredictionWorkbook(book, content).fill()
    write_bytes(path, buffer.getvalue())


class _PredictionWorkbook:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Workbook, content: ExportContent) -> None:
        self._book, self._content = book, content
        self._head = book.add_format({"bold": True, "bottom": 1})

    def fill(self) -> None:
        """Write all sheets."""
        names = columns(self._content.reader.model)
        numeric = {at for at, name in enumerate(names) if _is_number(name)}
        self._predictions(names, numeric)
        self._table(
            "summary", ("what", "cells", "value", "low", "high", "unit"), self._summary_rows()
        )
        self._table("model", ("what", "value"), list_provenance(self._content, ReportLanguage()))
        reader = self._content.reader
        self._table("reviews", _REVIEW_COLUMNS, self._review_rows())
        runs = [run_record(reader, each) for each in reader.all_runs]
        self._table("runs", tuple(runs[0]), (tuple(each.values()) for each in runs))

    def _predictions(self, names: Sequence[str], numeric: set[int]) -> None:
        rows = self._typed_rows(numeric)
        for number in count(1):
            title = "predictions" if number == 1 else f"predictions {number}"
            _write_rows(self._sheet(title, names), islice(rows, MAX_ROWS - 1))
            following = next(rows, None)
            if following is None:
                return
            rows = chain([following], rows)

    def _typed_rows(self, numeric: set[int]) -> Iterator[tuple[object, ...]]:
        """Rows of predictions.csv; figures as numbers, everything else as text."""
        for each in self._content.predictions():
            texts = row(each, self._content.reader.model)
            yield tuple(
                float(text) if at in numeric and text else text for at, text in enumerate(texts)
            )

    def _review_rows(self) -> Iterator[tuple[object, ...]]:
        """Each reviewed cell: what a person called it, and what the model had predicted."""
        reader = self._content.reader
        names = {each.id: each.name for each in reader.review_classes}
        reviews = reader.store.reviews.latest(reader.case.id)
        for each in self._content.predictions():
            if (review := find_review(each, reviews)) is not None:
                said = (review.label, names.get(review.label, review.label))
                by = (review.reviewer, review.time, review.note)
                predicted = (each.label, each.decision.value, each.probability)
                yield (each.image, each.cell_id.letters, *said, *by, *predicted)

    def _summary_rows(self) -> Iterator[tuple[object, ...]]:
        summary = self._content.summary
        for name in ("images", "fields", "cells"):
            if name in summary:
                yield (name, summary[name])
        for decision, cells in summary["decisions"].items():
            yield (f"decision: {decision}", cells)
        yield from _differential_rows(summary["differential"])
        for kind, cells in summary["unknown_looks_like"].items():
            yield (f"unknown, looks like: {kind}", cells)
        for error, cells in summary["errors"].items():
            yield (f"failed: {error}", cells)
        for image in summary["changed_since_judged"]:
            yield (f"changed since judged: {image}",)
        for warning in (*warnings_of(self._content), summary["statement"]):
            yield (warning,)

    def _table(self, title: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        _write_rows(self._sheet(title, names), rows)

    def _sheet(self, title: str, names: Sequence[str]) -> Worksheet:
        sheet = self._book.add_worksheet(title)
        for at, name in enumerate(names):
            sheet.set_column(at, at, _WIDTHS.get(name, 24 if name in ("what", "value") else 12))
            sheet.write_string(0, at, name, self._head)
        sheet.freeze_panes(1, 1)
        return sheet


def _differential_rows(table: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Shares of reviewed cells, where there are some, of accepted ones, and what is open."""
    reviewed = table.get("reviewed", {})
    if reviewed.get("cells"):
        yield from _share_rows(reviewed, "that persons reviewed, 95 % interval", "reviewed: ")
    if after := table.get("after_review"):
        yield from _share_rows(after, "as reviewed, else as accepted", "after review: ")
        for name, cells in reviewed["excluded_as"].items():
            yield (f"in no percentage by review: {name}", cells)
    yield from _share_rows(table, "that the model accepted, 95 % interval")
    if open_ranges(table):
        yield from _share_rows(table["range"], "with none or all of the open cells", "range: ")
    if corrected := table.get("corrected"):
        yield from _share_rows(corrected, corrected["method"], "corrected: ")
    for name, cells in table["open"].items():
        yield (f"open: {name.replace('_', ' ')}", cells)


def _share_rows(
    table: Mapping[str, Any], what: str, prefix: str = ""
) -> Iterator[tuple[object, ...]]:
    for kind, unit in (
        ("percent", "% of white cells"),
        ("per_100_white_cells", "per 100 white cells"),
    ):
        for name, share in table[kind].items():
            figures = (share.get(key) for key in ("cells", "value", "low", "high"))
            yield (f"{prefix}{name}", *figures, f"{unit} {what}")


def _write_rows(sheet: Worksheet, rows: Iterable[Sequence[object]]) -> None:
    for at, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            _write_cell(sheet, at, column, value)


def _write_cell(sheet: Worksheet, at: int, column: int, value: object) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(at, column, value)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(at, column, value)
    elif value not in (None, ""):
        text = printable(str(value))
        sheet.write_string(at, column, text[:_MAX_TEXT])


def _is_number(name: str) -> bool:
    return name in _NUMBERS or name.startswith(("p_", "other_"))
