"""The page of figures: counts, differential, probabilities, failed images, how it was made."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from leukogui.gallery.text import class_name
from leukogui.language.number_format import format_number
from leukogui.summary.cards import CountCards
from leukogui.summary.case_summary import CaseSummary
from leukogui.summary.differential_section import DifferentialSection
from leukogui.summary.differential_table import DifferentialTable
from leukogui.summary.export_bar import ExportBar
from leukogui.summary.failures import FailedTable
from leukogui.summary.fields import FieldSection
from leukogui.summary.histogram import Histogram
from leukogui.summary.labels import build_column, heading, text_label
from leukogui.summary.provenance import ProvenancePanel
from leukogui.summary.review_section import ReviewSection
from leukogui.summary.run_chooser import ScopeChooser
from leukogui.theme.icons import Icons
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme
from trainer.models.class_colours import marks_of

_MAX_WIDTH = 160 * GRID
_NARROW_WIDTH = 112 * GRID


class SummaryPage(QScrollArea):
    """Shows figures, and passes on what a person wants to do with them."""

    run_chosen = Signal(object)  # number of a run, or None for the case
    cells_requested = Signal(str)  # key of a share: its cells are to be shown
    image_requested = Signal(str)  # name of an image to be shown
    retry_requested = Signal(list)  # names of images to be classified again; none: all that failed
    export_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.summary: CaseSummary | None = None
        self.chooser = ScopeChooser()
        self.export = QPushButton(self.tr("Export…"))
        icons.put(self.export, "export")
        self.export_bar = ExportBar(icons)
        self.cards = CountCards()
        self.differential = DifferentialSection(theme)
        self.percent = self.differential.accepted.percent
        self.per_100 = self.differential.accepted.per_100
        self.excluded = DifferentialTable(self.tr("In no percentage"), "", theme)
        self.review = ReviewSection()
        self.histogram = Histogram(theme)
        self.failed = FailedTable()
        self.fields = FieldSection()
        self.retry = QPushButton(self.tr("Run these again"))
        icons.put(self.retry, "run")
        self.provenance = ProvenancePanel()
        self._looks_like, self._few = text_label("quiet"), text_label("quiet")
        self._message = text_label("quiet")
        self._build()
        self._connect()
        self.show_message("")

    def show_message(self, text: str) -> None:
        """Show a sentence in the place of figures."""
        self.summary = None
        self.differential.clear()
        self._message.setText(text)
        self._stack.setCurrentIndex(0)
        self.export.setEnabled(False)

    def show_summary(self, figures: CaseSummary) -> None:
        """Show these."""
        self.summary = figures
        marks = marks_of(figures.classes)
        self.chooser.show_runs(figures.runs, figures.run)
        self.cards.show_summary(figures)
        self.differential.show_summary(figures, marks)
        self.excluded.show_rows(figures.excluded, {})
        self.histogram.show_summary(figures)
        self._show_likeness(figures)
        self._show_failed(figures)
        self.fields.show_summary(figures)
        self.provenance.show_summary(figures)
        self._stack.setCurrentIndex(1)
        self.export.setEnabled(True)

    def warnings(self) -> list[str]:
        """What is written beside the figures."""
        return self.differential.warnings()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Side by side where there is room, else one below the other."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW_WIDTH
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._halves.direction() != direction:
            self._halves.setDirection(direction)

    def _show_likeness(self, figures: CaseSummary) -> None:
        kinds = ", ".join(
            f"{class_name(kind)} {format_number(n)}" for kind, n in figures.looks_like.items()
        )
        self._looks_like.setText(self.tr("Unknown cells look like: {kinds}").format(kinds=kinds))
        self._looks_like.setVisible(bool(kinds))

    def _show_failed(self, figures: CaseSummary) -> None:
        self.failed.show_rows(figures.failed)
        self._failures.setVisible(bool(figures.failed))
        total, shown = figures.decisions["failed"], len(figures.failed)
        words = self.tr("The first {n} of {total}.")
        self._few.setText(words.format(n=format_number(shown), total=format_number(total)))
        self._few.setVisible(shown < total)

    # Building

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(self.chooser)
        self.setAccessibleName(self.tr("Summary"))
        inner = QWidget()
        inner.setMaximumWidth(_MAX_WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(self._head())
        column.addWidget(self.export_bar)
        both = QWidget()
        self._stack = QStackedLayout(both)
        top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop  # the figures are tall
        self._message.setAlignment(top)
        self._message.setContentsMargins(0, 8 * GRID, 0, 0)
        self._stack.addWidget(self._message)
        self._stack.addWidget(self._summary())
        column.addWidget(both, 1)
        outer = QWidget()
        row = QHBoxLayout(outer)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(inner, 100)
        row.addStretch(1)
        self.setWidget(outer)

    def _head(self) -> QHBoxLayout:
        title = QLabel(self.tr("Summary"))
        title.setFont(font(FontSize.LARGE, bold=True))
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(title)
        row.addWidget(self.chooser)
        row.addStretch()
        row.addWidget(self.export)
        return row

    def _summary(self) -> QWidget:
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * GRID)
        column.addWidget(self.cards)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(4 * GRID)
        self._halves.addWidget(self.differential, 3)
        self._halves.addLayout(self._right(), 2)
        column.addLayout(self._halves)
        column.addWidget(self.review)
        self._failures = self._failed_part()
        column.addWidget(self._failures)
        column.addWidget(self.fields)
        column.addWidget(self.provenance)
        column.addStretch(1)  # a high window has room below, not in between
        return shown

    def _right(self) -> QVBoxLayout:
        column = build_column(heading(self.tr("Probabilities")), self.histogram)
        column.addSpacing(2 * GRID)
        column.addWidget(heading(self.tr("In no percentage")))
        column.addWidget(self.excluded)
        column.addWidget(self._looks_like)
        column.addStretch()
        return column

    def _failed_part(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(heading(self.tr("Failed images")))
        head.addWidget(self._few)
        head.addStretch()
        head.addWidget(self.retry)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.failed)
        return part

    def _connect(self) -> None:
        self.chooser.run_chosen.connect(self.run_chosen)
        self.export.clicked.connect(self.export_requested)
        for part in (self.differential, self.excluded):
            part.chosen.connect(self.cells_requested)
        self.failed.opened.connect(self.image_requested)
        self.fields.opened.connect(self.image_requested)
        self.failed.selectionModel().selectionChanged.connect(self._show_retry)
        self.retry.clicked.connect(lambda: self.retry_requested.emit(self.failed.selected_names()))

    def _show_retry(self) -> None:
        some = self.failed.selectionModel().hasSelection()
        self.retry.setText(
            self.tr("Run the selected again") if some else self.tr("Run these again")
        )
