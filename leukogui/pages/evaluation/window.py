"""The window in which models are measured on labelled cells and judged against the serving one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from leukogui.backend.evaluation_files import EvaluatedCell, ReadJudgement
from leukogui.gallery.text import class_title
from leukogui.language.worker_messages import translate_message
from leukogui.pages.adaptation.changes import ChangedCell, ChangeGallery
from leukogui.pages.evaluation.confusion_pair import ConfusionPair
from leukogui.pages.evaluation.judgement import JudgementPanel
from leukogui.pages.evaluation.pareto import ParetoPlot
from leukogui.pages.evaluation.report import ReportView
from leukogui.pages.evaluation.setup import EvaluationSetup
from leukogui.pages.evaluation.table import ResultModel, ResultTable, ShownResult
from leukogui.pages.evaluation.text import describe_given
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID, font
from leukogui.theme.theme import Theme
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.domain import CellId

_SETUP_WIDTH = 44 * GRID


class EvaluationWindow(QDialog):
    """Choices at the left, what was found at the right; it stops no work beside it."""

    start_requested = Signal()
    stop_requested = Signal()
    copy_requested = Signal()
    export_requested = Signal()
    report_requested = Signal(object)  # ShownResult
    cell_requested = Signal(object)  # CellId: the path of its image
    maps_requested = Signal(object, object)  # EvaluatedCell, ReadJudgement
    promotion_requested = Signal(str)  # id of a model

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Measure and judge models"))
        self.setup = EvaluationSetup()
        self.results = ResultModel()
        self.table = ResultTable(self.results)
        self.plot = ParetoPlot(theme)
        self.confusion = ConfusionPair(theme)
        self.gallery = ChangeGallery(theme, thumbnails, client="confusion")
        self.judgement = JudgementPanel(theme, thumbnails)
        self.report_view = ReportView()
        self.hint, self.notes = QLabel(), plain_label("quiet")
        self.status = plain_label()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.start = QPushButton(self.tr("Measure"))
        self.start.setProperty("main", True)
        self.copy = QPushButton(self.tr("Copy as command"))
        self.export = QPushButton(self.tr("Export as CSV…"))
        self.report = QPushButton(self.tr("Open the report"))
        self._is_running = False
        self._build()
        self._connect()
        self.show_results(())
        self.show_judgements(())
        self.show_running(running=False)

    def show_running(self, *, running: bool) -> None:
        """Show that models are being measured, or that they are not."""
        self._is_running = running
        self.progress.setVisible(running)
        self.progress.setRange(0, 0)
        self.start.setText(self.tr("Stop") if running else self.tr("Measure"))
        self.setup.setEnabled(not running)
        self._show_possible()

    def show_status(self, text: str) -> None:
        """Show what goes on, or how it ended."""
        self.status.setText(text)

    def show_progress(self, done: int, total: int | None) -> None:
        """Show how far a stage has come."""
        self.progress.setRange(0, total or 0)
        self.progress.setValue(done)

    def show_results(self, results: Sequence[ShownResult]) -> None:
        """Show what was measured."""
        self.results.show_results(results)
        self.plot.show_results(results)
        if results:
            self.table.selectRow(0)
        self._show_current()
        self._show_possible()

    def show_judgements(self, found: Sequence[tuple[str, str, ReadJudgement]]) -> None:
        """Show how the others compare with the serving model (see `JudgementPanel`)."""
        self.judgement.show_judgements(found)
        if found:
            self.tabs.setCurrentWidget(self.judgement)

    def _show_current(self) -> None:
        current = self.table.current
        self.gallery.show_cells(())
        is_shown = current is not None
        self.hint.setText(self.tr("Click a number to see its cells.") if is_shown else "")
        notes = current.model.notes if current is not None else ()
        self.notes.setText("\n".join(translate_message(note) for note in notes))
        self.confusion.show_result(current, self.results.rows)
        self.report_view.show_report(current.model.report if current is not None else None)

    def _show_cells(self, name: str, cells: list[EvaluatedCell]) -> None:
        one = self.tr("{model}: 1 cell; a click opens the image.")
        text = self.tr("{model}: {n} cells; a click opens the image.")
        self.hint.setText((one if len(cells) == 1 else text).format(model=name, n=len(cells)))
        self.gallery.show_cells(
            [
                ChangedCell(
                    CellId(str(cell.path)),
                    ThumbnailKey(cell.path, cell.box),
                    class_title(cell.label),
                    describe_given(cell.predicted, cell.probability, cell.decision),
                )
                for cell in cells
            ]
        )

    def _show_possible(self) -> None:
        has_results = bool(self.results.rows)
        self.start.setEnabled(self._is_running or self.setup.is_complete)
        self.copy.setEnabled(self.setup.is_complete)
        self.export.setEnabled(has_results)
        self.report.setEnabled(has_results)

    def _start_or_stop(self) -> None:
        (self.stop_requested if self._is_running else self.start_requested).emit()

    def _request_report(self) -> None:
        if self.table.current is not None:
            self.report_requested.emit(self.table.current)

    def _connect(self) -> None:
        self.setup.changed.connect(self._show_possible)
        self.start.clicked.connect(self._start_or_stop)
        self.copy.clicked.connect(self.copy_requested)
        self.export.clicked.connect(self.export_requested)
        self.report.clicked.connect(self._request_report)
        self.table.chosen.connect(self._show_current)
        self.confusion.chosen.connect(self._show_cells)
        self.judgement.promotion_requested.connect(self.promotion_requested)
        self.gallery.chosen.connect(self.cell_requested)
        self.judgement.maps_requested.connect(self.maps_requested)

    def _build(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._overview(), self.tr("All models"))
        self.tabs.addTab(self._matrix(), self.tr("Who is taken for whom"))
        self.tabs.addTab(self.judgement, self.tr("Judgement"))
        self.tabs.addTab(self.report_view, self.tr("Report"))
        self.setup.setFixedWidth(_SETUP_WIDTH)
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.setSpacing(2 * GRID)
        upper.addWidget(self.setup)
        upper.addWidget(self.tabs, 1)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        for button in (self.start, self.copy, self.export, self.report, close):
            button.setAutoDefault(False)
        for button in (self.start, self.copy):
            lower.addWidget(button)
        lower.addStretch()
        for button in (self.export, self.report, close):
            lower.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(upper, 1)
        column.addWidget(self.progress)
        column.addWidget(self.status)
        column.addLayout(lower)
        self.resize(150 * GRID, 92 * GRID)

    def _overview(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.table, 1)
        column.addWidget(self.plot)
        return page

    def _matrix(self) -> QWidget:
        page = QWidget()
        self.hint.setFont(font(bold=True))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.confusion)
        split.addWidget(self.gallery)
        column = QVBoxLayout(page)
        column.addWidget(self.notes)
        column.addWidget(self.hint)
        column.addWidget(split, 1)
        return page
