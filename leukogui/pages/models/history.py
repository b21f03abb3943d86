"""Tables of what was done with a model, and of the runs that were made with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView, QWidget

from leukogui.case.record_queries import RunRow
from leukogui.language.number_format import format_number
from leukogui.pages.models.text import act_person, describe_act, format_moment
from leukogui.pages.sign_off.text import format_time
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows

if TYPE_CHECKING:
    from trainer.models.package.trail import ModelAct


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)


class _TextModel(RowModel):
    """Rows of texts."""

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; all of the row for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row[index.column()]
        pairs = zip(self.titles, row, strict=True)
        text = "\n".join(f"{title}: {each}" for title, each in pairs)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return text
        return plain_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else None


class ActTable(QTableView):
    """What was done with a model, the newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts = _TextModel((_tr("Time"), _tr("Person"), _tr("What")))
        self.texts.setParent(self)
        self.setModel(self.texts)
        show_as_rows(self, (18, 20), 4 * GRID)
        self.setAccessibleName(self.tr("What was done with the model"))

    def show_acts(self, acts: Sequence[ModelAct]) -> None:
        """Show these, which come the oldest first."""
        self.texts.show_rows(
            [(format_moment(act.at), act_person(act), describe_act(act)) for act in reversed(acts)]
        )


class RunTable(QTableView):
    """The runs that were made with a model; Enter or a double click opens their case."""

    opened = Signal(object)  # RunRow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts = _TextModel(
            (_tr("Case"), _tr("Run"), _tr("Begun"), _tr("Images"), _tr("Arithmetic"), _tr("Folder"))
        )
        self.texts.setParent(self)
        self._runs: tuple[RunRow, ...] = ()
        self.setModel(self.texts)
        show_as_rows(self, (24, 9, 18, 10, 12), 4 * GRID)
        self.setAccessibleName(self.tr("Runs that were made with the model"))
        self.doubleClicked.connect(lambda *_: self._open())

    def show_runs(self, runs: Sequence[RunRow]) -> None:
        """Show these, which come the oldest first, the newest on top."""
        self._runs = tuple(reversed(runs))
        self.texts.show_rows(
            [
                (
                    each.case,
                    format_number(each.run.id),
                    format_time(each.run.started),
                    format_number(each.run.images),
                    each.run.precision,
                    str(each.root),
                )
                for each in self._runs
            ]
        )

    def _open(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.opened.emit(self._runs[index.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter opens the case of the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)
