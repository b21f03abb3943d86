"""The report of a case as it would be written now, and what keeps the case from being signed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from leukogui.summary.page_area import PageArea
from leukogui.summary.pdf_pages import PdfPages
from leukogui.theme.metrics import GRID, font

_SIZE = (112 * GRID, 100 * GRID)


class ReportPreview(QDialog):
    """Shows pages, state and warnings; it does not stop the work beside it."""

    export_requested = Signal()
    missing_requested = Signal()  # show the first cell that keeps the case from being signed
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preview of the report"))
        self.state = _text_label()
        self.state.setFont(font(bold=True))
        self.reason, self.warnings = _text_label("quiet"), _text_label("quiet")
        self.message = _text_label("quiet")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.area = PageArea()
        self.go = QPushButton(self.tr("Go to the first of them"))
        self.smaller, self.larger = QPushButton("−"), QPushButton("+")
        self.export = QPushButton(self.tr("Export…"))
        self.close_button = QPushButton(self.tr("Close"))
        self._source: PdfPages | None = None
        self._build()
        self._connect()
        self.show_state("", "", can_go=False)
        self.show_message(self.tr("The report is being written…"))

    def show_state(self, state: str, reason: str, *, can_go: bool) -> None:
        """Show whether the case is signed, else what keeps it from that.

        Args:
            reason: what must be reviewed, or who signed.
            can_go: whether there is a cell to go to.
        """
        for label, text in ((self.state, state), (self.reason, reason)):
            label.setText(text)
            label.setVisible(bool(text))
        self.go.setVisible(can_go)

    def show_warnings(self, warnings: list[str]) -> None:
        """Show what was left out of the report."""
        self.warnings.setText("\n".join(warnings))
        self.warnings.setVisible(bool(warnings))

    def show_message(self, text: str) -> None:
        """Show a sentence in the place of the pages."""
        self.message.setText(text)
        self._stack.setCurrentWidget(self.message)

    def show_report(self, content: bytes) -> None:
        """Show the pages of a PDF, once."""
        self._source = source = PdfPages(content, self)
        source.opened.connect(lambda outlines: self.area.show_pages(source, outlines))
        source.opened.connect(lambda _: self._stack.setCurrentWidget(self.area))
        source.open()

    def done(self, result: int) -> None:
        """Close, in whatever way."""
        super().done(result)
        self._end()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End what draws."""
        super().closeEvent(event)
        self._end()

    def _end(self) -> None:
        self._close_source()
        self.closed.emit()

    def _close_source(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def _connect(self) -> None:
        self.smaller.clicked.connect(lambda: self.area.zoom(-1))
        self.larger.clicked.connect(lambda: self.area.zoom(1))
        zoom_in, zoom_out = QKeySequence.StandardKey.ZoomIn, QKeySequence.StandardKey.ZoomOut
        QShortcut(zoom_in, self).activated.connect(lambda: self.area.zoom(1))
        QShortcut(zoom_out, self).activated.connect(lambda: self.area.zoom(-1))
        self.go.clicked.connect(self.missing_requested)
        self.export.clicked.connect(self.export_requested)
        self.close_button.clicked.connect(self.reject)

    def _build(self) -> None:
        self.smaller.setAccessibleName(self.tr("Smaller pages"))
        self.larger.setAccessibleName(self.tr("Larger pages"))
        pages = QWidget()
        self._stack = QStackedLayout(pages)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.area)
        buttons = QHBoxLayout()
        for button in (self.smaller, self.larger, self.export, self.close_button):
            button.setAutoDefault(False)
        buttons.addWidget(self.smaller)
        buttons.addWidget(self.larger)
        buttons.addStretch()
        buttons.addWidget(self.export)
        buttons.addWidget(self.close_button)
        self.go.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.state)
        column.addWidget(self.reason)
        column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.warnings)
        column.addWidget(pages, 1)
        column.addLayout(buttons)
        self.resize(*_SIZE)


def _text_label(tone: str = "") -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # names of files may hold anything
    label.setWordWrap(True)
    label.setProperty("tone", tone)
    return label
