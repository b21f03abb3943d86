"""A window that shows who did what when, and checks that nothing was changed behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from leukogui.pages.audit_trail.model import ActModel
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID
from leukogui.widgets.row_table import show_as_rows

if TYPE_CHECKING:
    from trainer.cases.tables.acts import Act

_WIDTHS = (10, 18, 20, 46)


class AuditTrailWindow(QDialog):
    """Lists the acts on a case or on one cell; it does not stop the work beside it."""

    scope_changed = Signal()
    check_requested = Signal()
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Audit trail"))
        self.acts = ActModel()
        self.scope = QComboBox()
        self.scope.setAccessibleName(self.tr("Acts on"))
        self.scope.addItems([self.tr("The whole case"), self.tr("The current cell")])
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search person, act, time"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setClearButtonEnabled(True)
        self.persons = QCheckBox(self.tr("Only what persons did"))
        self.table = QTableView()
        self.outcome = plain_label("quiet")
        self.check = QPushButton(self.tr("Check the trail"))
        self.check.setAutoDefault(False)
        self.export = QPushButton(self.tr("Export as CSV…"))
        self.export.setAutoDefault(False)
        self._build()
        self._connect()

    @property
    def is_of_cell(self) -> bool:
        """Whether the acts on the current cell are wanted, not those on the case."""
        return self.scope.currentIndex() == 1

    def show_acts(self, acts: Sequence[Act], title: str, titles: Mapping[str, str]) -> None:
        """Show what was done.

        Args:
            title: name of the case or cell.
            titles: names of the review classes, by their id.
        """
        self.setWindowTitle(self.tr("Audit trail of {name}").format(name=title))
        self.acts.show_acts(acts, titles)

    def show_checking(self) -> None:
        """The trail is being checked."""
        self.check.setEnabled(False)
        self.outcome.setText(self.tr("The trail is being checked…"))

    def show_result(self, problems: Sequence[str], entries: int, digest: str) -> None:
        """Show what the check has found.

        Args:
            problems: in words; empty where the trail is whole.
            entries, digest: number and hash of the newest entry.
        """
        self.check.setEnabled(True)
        sound = self.tr("The trail is whole: {n} entries, no change behind it. Newest: {digest}")
        text = sound.format(n=entries, digest=digest)
        if problems:
            lines = [self.tr("The trail or the tables were changed:"), *problems]
            text = "\n".join(lines)
        self.outcome.setProperty("tone", "bad" if problems else "quiet")
        self.outcome.style().polish(self.outcome)
        self.outcome.setText(text)

    def show_failure(self, text: str) -> None:
        """The check did not come to an end."""
        self.check.setEnabled(True)
        self.outcome.setText(text)

    def _filter(self) -> None:
        self.acts.set_filter(self.search.text(), persons_only=self.persons.isChecked())

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.persons.toggled.connect(self._filter)
        self.scope.currentIndexChanged.connect(self.scope_changed)
        self.check.clicked.connect(self.check_requested)
        self.export.clicked.connect(self.export_requested)

    def _build(self) -> None:
        self._build_table()
        above, below = QHBoxLayout(), QHBoxLayout()
        for row in (above, below):
            row.setSpacing(GRID)
        above.addWidget(self.scope)
        above.addWidget(self.search, 1)
        above.addWidget(self.persons)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        below.addWidget(self.check)
        below.addWidget(self.export)
        below.addStretch()
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(above)
        column.addWidget(self.table, 1)
        column.addWidget(self.outcome)
        column.addLayout(below)
        self.resize(120 * GRID, 72 * GRID)

    def _build_table(self) -> None:
        table = self.table
        self.acts.setParent(table)
        table.setModel(self.acts)
        table.setAccessibleName(self.tr("Acts, the newest first"))
        show_as_rows(table, _WIDTHS, 4 * GRID)
