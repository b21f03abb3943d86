"""The table of models: which serves, what each is measured at, where it is from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from leukogui.gallery.text import class_name
from leukogui.language.number_format import format_number
from leukogui.pages.models.text import (
    describe_state,
    entry_title,
    format_megabytes,
    format_metric,
    format_moment,
)
from leukogui.theme.metrics import GRID, font
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows

if TYPE_CHECKING:
    from trainer.models.package.card import Card
    from trainer.models.package.evidence import Metric
    from trainer.models.package.registry import ModelEntry

_WIDTHS = (28, 13, 15, 8, 21, 14, 12, 17, 10)
SORT_ROLE = Qt.ItemDataRole.UserRole


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)


@dataclass(frozen=True)
class ShownModel:
    """A model with what is known of it beside its card."""

    entry: ModelEntry
    bytes: int = 0
    runs: int = 0

    @property
    def card(self) -> Card | None:
        """Its card; None where it cannot be read."""
        return self.entry.card


@dataclass(frozen=True)
class _Column:
    title: str
    text: Callable[[ShownModel], str]
    order: Callable[[ShownModel], Any]


def balanced_accuracy(shown: ShownModel) -> Metric | None:
    """The figure on its own test cells, where there is one."""
    if shown.card is None:
        return None
    return shown.card.metrics.get("balanced_accuracy", {}).get("test")


def _worst_left_out(shown: ShownModel) -> str:
    table = shown.card.left_out if shown.card is not None else None
    return f"{format_number(100 * table.worst.found, '.1f')} %" if table is not None else ""


def _left_out_order(shown: ShownModel) -> float:
    table = shown.card.left_out if shown.card is not None else None
    return table.worst.found if table is not None else -1.0


def _map_gates(shown: ShownModel) -> str:
    gates = shown.card.map_gates if shown.card is not None else None
    if gates is None:
        return _tr("not checked")
    return _tr("passed") if gates.passed else _tr("not passed")


def _made(shown: ShownModel) -> str:
    return format_moment(shown.card.created) if shown.card is not None else ""


def _build_columns() -> tuple[_Column, ...]:
    def classes(shown: ShownModel) -> int:
        return len(shown.card.classes) if shown.card is not None else 0

    def network(shown: ShownModel) -> str:
        return shown.card.backbone if shown.card is not None else ""

    def accuracy(shown: ShownModel) -> float:
        metric = balanced_accuracy(shown)
        return metric.value if metric is not None else -1.0

    def created(shown: ShownModel) -> float:
        return shown.card.created.timestamp() if shown.card is not None else 0.0

    def title(shown: ShownModel) -> str:
        return entry_title(shown.entry)

    def state(shown: ShownModel) -> str:
        return describe_state(shown.entry)

    return (
        _Column(_tr("Model"), title, lambda each: title(each).casefold()),
        _Column(_tr("State"), state, lambda each: f"{int(not each.entry.serving)} {state(each)}"),
        _Column(_tr("Network"), network, network),
        _Column(_tr("Classes"), lambda each: format_number(classes(each)), classes),
        _Column(
            _tr("Balanced accuracy"), lambda each: format_metric(balanced_accuracy(each)), accuracy
        ),
        _Column(_tr("Worst left out"), _worst_left_out, _left_out_order),
        _Column(_tr("Heat maps"), _map_gates, _map_gates),
        _Column(_tr("Made"), _made, created),
        _Column(_tr("Size"), lambda each: format_megabytes(each.bytes), lambda each: each.bytes),
        _Column(_tr("Runs"), lambda each: format_number(each.runs), lambda each: each.runs),
    )


class ModelTableModel(RowModel):
    """Models, one a row."""

    def __init__(self) -> None:
        self._columns = _build_columns()
        super().__init__([column.title for column in self._columns])
        self.rows: tuple[ShownModel, ...] = ()

    def show_models(self, models: Sequence[ShownModel]) -> None:
        """Show these."""
        self.show_rows(models)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; the whole row for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        shown, column = self.rows[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.FontRole:
            return font(bold=True) if shown.entry.serving else None
        values: dict[int, Callable[[], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda: column.text(shown),
            SORT_ROLE: lambda: column.order(shown),
            Qt.ItemDataRole.AccessibleTextRole: lambda: self._describe(shown),
            Qt.ItemDataRole.ToolTipRole: lambda: plain_tooltip(self._describe(shown)),
        }
        return values[role]() if role in values else None

    def _describe(self, shown: ShownModel) -> str:
        lines = [f"{column.title}: {column.text(shown)}" for column in self._columns]
        if shown.card is not None:
            lines.append(", ".join(class_name(name) for name in shown.card.classes))
        return "\n".join([*lines, shown.entry.name, shown.entry.problem]).strip()


class ModelTable(QTableView):
    """Shows the models, sorted by the column whose title is clicked."""

    chosen = Signal()  # the current one is another
    opened = Signal()  # Enter or a double click

    def __init__(self, models: ModelTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._order = QSortFilterProxyModel(self)
        self._order.setSortRole(SORT_ROLE)
        models.setParent(self)
        self._order.setSourceModel(models)
        self.setModel(self._order)
        show_as_rows(self, _WIDTHS, 4 * GRID)
        self.horizontalHeader().setSectionsClickable(True)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Models"))
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit())
        self.doubleClicked.connect(lambda *_: self.opened.emit())

    @property
    def current(self) -> ShownModel | None:
        """The model that is chosen."""
        index = self._order.mapToSource(self.currentIndex())
        return self._models.rows[index.row()] if index.isValid() else None

    def choose(self, model: str) -> None:
        """Choose a model by its id; the first where it is not there."""
        names = [shown.entry.name for shown in self._models.rows]
        if not names:
            return
        at = names.index(model) if model in names else 0
        index: QModelIndex = self._order.mapFromSource(self._models.index(at, 0))
        self.selectRow(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter opens the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
