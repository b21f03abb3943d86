"""The page of all cases: their state, a search, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from leukogui.pages.cases.table import CaseTable, CaseTableModel, ShownCase
from leukogui.theme.metrics import GRID, FontSize, font


class CasesPage(QWidget):
    """Lists the cases of the store; the one that was open last stands first."""

    open_requested = Signal(object)  # CaseListRow
    locate_requested = Signal(object)  # CaseListRow, whose folder is missing
    folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cases = CaseTableModel()
        self.table = CaseTable(self.cases)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search name, sample, patient, folder, notes"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setMinimumHeight(4 * GRID)
        self.search.setClearButtonEnabled(True)
        self.open = QPushButton(self.tr("Open"))
        self.open.setProperty("main", True)
        self.locate = QPushButton(self.tr("Locate its folder…"))
        self.new = QPushButton(self.tr("Open a folder…"))
        self.empty = QLabel()
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setProperty("tone", "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusProxy(self.search)
        self._build()
        self._connect()
        self._show_possible()

    def show_cases(self, cases: Sequence[ShownCase]) -> None:
        """Show these; the current one stays."""
        current = self.current
        self.cases.show_cases(cases)
        at = self.cases.row_of(current[0].case.id) if current is not None else -1
        self._select(max(at, 0))

    @property
    def current(self) -> ShownCase | None:
        """The case that the buttons act on."""
        at = self.table.currentIndex()
        return self.cases.rows[at.row()] if at.isValid() else None

    def _select(self, row: int) -> None:
        if row < self.cases.rowCount():
            self.table.selectRow(row)
        self._show_possible()

    def _search(self, text: str) -> None:
        self.cases.search(text)
        self._select(0)

    def _request_open(self) -> None:
        if self.current is not None:
            row, is_missing = self.current
            (self.locate_requested if is_missing else self.open_requested).emit(row)

    def _request_locate(self) -> None:
        if self.current is not None:
            self.locate_requested.emit(self.current[0])

    def _show_possible(self) -> None:
        current, count = self.current, self.cases.rowCount()
        self.open.setEnabled(current is not None and not current[1])
        self.locate.setVisible(current is not None and current[1])
        self.table.setVisible(count > 0)
        self.empty.setVisible(not count)
        nothing = self.tr("There is no case yet. Open a folder of cells and classify it.")
        self.empty.setText(
            nothing if self.cases.is_empty else self.tr("No case has all of these words.")
        )

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._request_open)
        self.table.chosen.connect(self._request_open)
        self.table.selectionModel().currentChanged.connect(self._show_possible)
        self.open.clicked.connect(self._request_open)
        self.locate.clicked.connect(self._request_locate)
        self.new.clicked.connect(self.folder_requested)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        title = QLabel(self.tr("Cases"))
        title.setFont(font(FontSize.LARGE, bold=True))
        column.addWidget(title)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.open)
        row.addWidget(self.locate)
        row.addStretch()
        row.addWidget(self.new)
        column.addLayout(row)
