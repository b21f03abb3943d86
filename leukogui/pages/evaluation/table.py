"""Several models in one table: what each is worth on the same cells, and what it costs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from leukogui.backend.evaluation_files import EvaluatedModel
from leukogui.language.number_format import format_number
from leukogui.pages.evaluation.text import format_figure
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows

SORT_ROLE = Qt.ItemDataRole.UserRole
_WIDTHS = (22, 7, 20, 20, 20, 21, 20, 11, 12)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Evaluation", text)


@dataclass(frozen=True)
class ShownResult:
    """A measured model under the name by which the lab knows it."""

    title: str
    model: EvaluatedModel


@dataclass(frozen=True)
class _Column:
    """A column; `key` is its name in the exported CSV."""

    key: str
    title: str
    text: Callable[[ShownResult], str]
    order: Callable[[ShownResult], Any]


def _figure(key: str, title: str, *, as_share: bool = True) -> _Column:
    def order(shown: ShownResult) -> float:
        value = shown.model.value(key)
        return -1.0 if value is None else float(value)

    def text(shown: ShownResult) -> str:
        return format_figure(shown.model.figures.get(key), as_share=as_share)

    return _Column(key, title, text, order)


def _cost(key: str, title: str, factor: float, spec: str, unit: str = "") -> _Column:
    def text(shown: ShownResult) -> str:
        return f"{format_number(shown.model.cost[key] * factor, spec)} {unit}".strip()

    return _Column(key, title, text, lambda shown: shown.model.cost[key])


def _build_columns() -> tuple[_Column, ...]:
    return (
        _Column("model", _tr("Model"), lambda each: each.title, lambda e: e.title.casefold()),
        _Column(
            "cells",
            _tr("Cells"),
            lambda each: format_number(len(each.model.cells)),
            lambda each: len(each.model.cells),
        ),
        _figure("balanced_accuracy", _tr("Balanced accuracy")),
        _figure("accuracy", _tr("Accuracy")),
        _figure("accepted", _tr("Accepted")),
        _figure("accepted_precision", _tr("Right among accepted")),
        _figure("ece", _tr("Calibration error"), as_share=False),
        _cost("milliseconds", _tr("Time a cell"), 1, ".3g", "ms"),
        _cost("parameters", _tr("Parameters"), 1e-6, ".1f", _tr("million")),
        _cost("megabytes", _tr("Size"), 1, ".1f", "MB"),
    )


class ResultModel(RowModel):
    """Measured models, one a row."""

    def __init__(self) -> None:
        self.columns = _build_columns()
        super().__init__([column.title for column in self.columns])
        self.rows: tuple[ShownResult, ...] = ()

    def show_results(self, results: Sequence[ShownResult]) -> None:
        """Show these."""
        self.show_rows(results)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; the whole row for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        shown, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(shown)
        if role == SORT_ROLE:
            return column.order(shown)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            text = "\n".join(f"{each.title}: {each.text(shown)}" for each in self.columns)
            return plain_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def to_csv(self) -> str:
        """The table with all bounds, as numbers with a decimal point."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        figures = [each.key for each in self.columns[2:7]]
        costs = [each.key for each in self.columns[7:]]
        bounds = [f"{key}{end}" for key in figures for end in ("", "_low", "_high")]
        writer.writerow(["model", "id", "cells", *bounds, *costs])
        for each in self.rows:
            values = [_bounds(each.model.figures.get(key)) for key in figures]
            flat = [value for three in values for value in three]
            cost = [each.model.cost[key] for key in costs]
            title = each.title if each.title[:1] not in "=+-@" else f"'{each.title}"
            writer.writerow([title, each.model.model, len(each.model.cells), *flat, *cost])
        return text.getvalue()


def _bounds(figure: Any) -> list[float | None]:
    names = ("value", "low", "high")
    return [figure[name] for name in names] if isinstance(figure, dict) else [None] * 3


class ResultTable(QTableView):
    """Shows measured models, sorted by the column whose title is clicked."""

    chosen = Signal()

    def __init__(self, results: ResultModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results = results
        self._order = QSortFilterProxyModel(self)
        self._order.setSortRole(SORT_ROLE)
        results.setParent(self)
        self._order.setSourceModel(results)
        self.setModel(self._order)
        show_as_rows(self, _WIDTHS, 4 * GRID)
        self.horizontalHeader().setSectionsClickable(True)
        self.setSortingEnabled(True)
        self.sortByColumn(2, Qt.SortOrder.DescendingOrder)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Measured models"))
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit())

    @property
    def current(self) -> ShownResult | None:
        """The model that is chosen."""
        index = self._order.mapToSource(self.currentIndex())
        return self._results.rows[index.row()] if index.isValid() else None
