"""Writes a report to a folder that is deleted at once, and shows its pages in the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.backend.worker import Job, QtWorker
from leukogui.language.worker_messages import translate_message
from leukogui.settings.table import COUNT_EDGE_CELLS, SIGN_REQUIREMENT
from leukogui.window.parts import WindowParts
from trainer.domain import CellId

if TYPE_CHECKING:
    from leukogui.case.record_queries import CaseRecord, SignOffQuestion
    from leukogui.summary.report_preview import ReportPreview
    from trainer.cases.store import CaseStore
    from trainer.protocol.events import WarningEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import ExportRequest

_NAME = "report.pdf"


class ReportPreviewController(QObject):
    """One preview at a time, written in a process of its own.

    Args:
        runner: starts a process for each job.
    """

    export_requested = Signal()
    cell_requested = Signal(object)  # CellId
    _read = Signal(object, object)  # SignOffQuestion, CaseRecord or None

    def __init__(self, parts: WindowParts, runner: QtWorker) -> None:
        super().__init__(parts.parent)
        self._parts, self._runner = parts, runner
        self.window: ReportPreview | None = None
        self._job: Job | None = None
        self._folders: list[TemporaryDirectory[str]] = []
        self._missing: CellId | None = None
        self._warnings: list[str] = []
        self._read.connect(self._show_state)
        parts.session.opened.connect(self.close)

    def show(self, request: ExportRequest) -> None:
        """Write the report that the request describes, as a PDF, and show it."""
        from leukogui.summary.report_preview import ReportPreview

        self.close()
        self.window = window = ReportPreview(self._parts.parent)
        window.closed.connect(partial(self._on_closed, window))
        window.export_requested.connect(self._export)
        window.missing_requested.connect(self._go_to_missing)
        window.show()
        self._read_state(Path(request.folder))
        folder = TemporaryDirectory(prefix="leukogui-report-", ignore_cleanup_errors=True)
        self._folders.append(folder)
        changes = {"out": folder.name, "formats": ("pdf",), "overwrite": True}
        self._warnings = []
        self._job = job = self._runner.run(request.model_copy(update=changes))
        job.warned.connect(self._on_warned)
        job.ended.connect(partial(self._on_ended, job, folder))

    def close(self) -> None:
        """Close the preview, if one is shown."""
        if self.window is not None:
            self.window.reject()

    def shut_down(self) -> None:
        """Close it for good, once no process writes any more."""
        self.close()
        while self._folders:
            self._folders.pop().cleanup()

    def _on_closed(self, window: ReportPreview) -> None:
        """The report is of no use any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if window is self.window:
            self.window = None
            window.deleteLater()

    def _export(self) -> None:
        self.close()
        self.export_requested.emit()

    def _go_to_missing(self) -> None:
        missing = self._missing
        self.close()
        if missing is not None:
            self.cell_requested.emit(missing)

    def _on_warned(self, event: WarningEvent) -> None:
        self._warnings.append(f"{event.message} {event.hint}".strip())

    def _on_ended(self, job: Job, folder: TemporaryDirectory[str], outcome: Outcome) -> None:
        self._folders.remove(folder)
        with folder as path:
            if job is not self._job or self.window is None:
                return
            self._job = None
            self.window.show_warnings(self._warnings)
            if outcome.kind == "done":
                self.window.show_report((Path(path) / _NAME).read_bytes())
            else:
                words = map(translate_message, (outcome.message, outcome.hint))
                self.window.show_message(" ".join(words).strip())

    # Whether the case is signed

    def _read_state(self, root: Path) -> None:
        settings = self._parts.settings
        requirement = settings.value(SIGN_REQUIREMENT)
        count_edge_cells = settings.value(COUNT_EDGE_CELLS)

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import read_question, read_record

            if store is not None:
                question = read_question(
                    store, root, requirement, count_edge_cells=count_edge_cells
                )
                self._read.emit(question, read_record(store, root))

        self._parts.session.submit_to_store(task)

    def _show_state(self, question: SignOffQuestion, record: CaseRecord | None) -> None:
        from leukogui.pages.sign_off.text import (
            describe_missing,
            describe_requirement,
            describe_sign_off,
        )

        if self.window is None:
            return
        self._missing = None
        if record is not None and record.is_signed and record.sign_off is not None:
            words = describe_sign_off(record.sign_off)
            self.window.show_state(self.tr("The case is signed."), words, can_go=False)
            return
        self._missing = question.missing
        left = question.counts.missing(question.requirement)
        draft = self.tr("Draft: the case is not signed. {why}").format(why=describe_missing(left))
        reason = describe_requirement(question.requirement.value)
        self.window.show_state(draft, reason if left else "", can_go=self._missing is not None)
