"""The acts of an audit trail as a table: when, who, what; the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt

from leukogui.language.number_format import format_number
from leukogui.pages.audit_trail.text import describe_act
from leukogui.pages.sign_off.text import format_time
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.row_table import AnyIndex, RowModel

if TYPE_CHECKING:
    from trainer.cases.tables.acts import Act


def _tr(text: str) -> str:
    return QCoreApplication.translate("AuditTrail", text)


class ActModel(RowModel):
    """Acts, those that a filter leaves."""

    def __init__(self) -> None:
        super().__init__((_tr("Entry"), _tr("Time"), _tr("Person"), _tr("What"), _tr("Version")))
        self._all: list[tuple[Act, tuple[str, ...]]] = []
        self._words: list[str] = []
        self._persons_only = False
        self.rows: list[tuple[Act, tuple[str, ...]]] = []

    def show_acts(self, acts: Sequence[Act], titles: Mapping[str, str]) -> None:
        """Show these, the newest first; `titles` as of `describe_act`."""
        program = _tr("the program")
        self._all = [
            (
                act,
                (
                    format_number(act.seq),
                    format_time(act.time),
                    program if act.is_of_program else act.person,
                    describe_act(act, titles),
                    act.software,
                ),
            )
            for act in reversed(acts)
        ]
        self._filter()

    def set_filter(self, words: str, *, persons_only: bool) -> None:
        """Show only acts with each of the words, of persons alone if wanted."""
        self._words, self._persons_only = words.casefold().split(), persons_only
        self._filter()

    def _filter(self) -> None:
        self.beginResetModel()
        self.rows = [each for each in self._all if self._is_shown(*each)]
        self.endResetModel()

    def _is_shown(self, act: Act, texts: tuple[str, ...]) -> bool:
        whole = "\n".join(texts).casefold()
        allowed = not (self._persons_only and act.is_of_program)
        return allowed and all(word in whole for word in self._words)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; the whole row for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        texts = self.rows[index.row()][1]
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, texts))
        return plain_tooltip(texts[3]) if role == Qt.ItemDataRole.ToolTipRole else None
