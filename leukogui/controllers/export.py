"""The export of a case's results: which formats and where to, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from leukogui.backend.worker import Job, QtWorker
from leukogui.settings.table import (
    BLAST_PRECISION,
    COUNT_EDGE_CELLS,
    EXPORT_FOLDER,
    EXPORT_FORMATS,
    LABORATORY,
    LABORATORY_LOGO,
    REPORT_LANGUAGE,
)
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.controllers.report_preview import ReportPreviewController
    from leukogui.summary.export_bar import ExportBar
    from leukogui.summary.export_dialog import ExportDialog
    from trainer.protocol.events import WarningEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import ExportFormat, ExportRequest


_REPORT_NAMES = ("report.html", "report.pdf")
_LONGEST_HEAD = 1000  # letters, as the request takes them


class ExportController(QObject):
    """One export at a time, in a process of its own.

    Args:
        runner: starts a process for each job.
    """

    cell_requested = Signal(object)  # CellId, to be shown

    _started = Signal()
    _progressed = Signal(object)  # ProgressEvent
    _stopping = Signal()
    _ended = Signal()

    def __init__(self, parts: WindowParts, runner: QtWorker) -> None:
        super().__init__(parts.parent)
        self._settings, self._notifications = parts.settings, parts.notifications
        self._parts, self._runner = parts, runner
        self.dialog: ExportDialog | None = None
        self._root: Path | None = None
        self._run: int | None = None
        self._job: Job | None = None
        self._warnings: list[str] = []

    def show_progress_in(self, bar: ExportBar) -> None:
        """Show in a bar how far an export has come; it is there before the first export."""
        bar.stop_requested.connect(self._stop)
        self._started.connect(bar.start)
        self._progressed.connect(bar.show_progress)
        self._stopping.connect(bar.show_stopping)
        self._ended.connect(bar.hide)

    def show_dialog(self, root: Path, run: int | None) -> None:
        """Let a person choose formats and a folder for a case or one of its runs."""
        from leukogui.summary.export_dialog import ExportDialog

        self._root, self._run = root, run
        if self.dialog is None:
            self.dialog = ExportDialog(self._parts.parent)
            self.dialog.export_requested.connect(self._export)
            self.dialog.report.preview_requested.connect(self._show_preview)
        formats = self._settings.value(EXPORT_FORMATS)
        self.dialog.set_choices(formats, self._default_folder(root))
        self.dialog.report.set_choices(
            self._settings.value(REPORT_LANGUAGE),
            self._settings.value(LABORATORY),
            self._settings.value(LABORATORY_LOGO),
        )
        self.dialog.open()

    def _default_folder(self, root: Path) -> str:
        """A new folder of the case's name, beside where was exported to last."""
        last = self._settings.value(EXPORT_FOLDER)
        where = QStandardPaths.StandardLocation.DocumentsLocation
        parent = last or QStandardPaths.writableLocation(where)
        today = datetime.now(UTC).astimezone().strftime("%Y-%m-%d")
        return str(Path(parent) / f"{root.name} {today}")

    @cached_property
    def preview(self) -> ReportPreviewController:
        """Shows a report before it is written; made when it is first wanted."""
        from leukogui.controllers.report_preview import ReportPreviewController

        controller = ReportPreviewController(self._parts, self._runner)
        controller.export_requested.connect(self._reopen)
        controller.cell_requested.connect(self.cell_requested)
        return controller

    def _show_preview(self) -> None:
        """As the dialog is filled in now; it comes back when the preview leads on to the export."""
        request = self._request()
        if request is not None and self.dialog is not None:
            self._keep_report_options()
            self.dialog.reject()
            self.preview.show(request)

    def _keep_report_options(self) -> None:
        if self.dialog is not None:
            report = self.dialog.report
            self._settings.set(REPORT_LANGUAGE, report.chosen_language)
            self._settings.set(LABORATORY, report.laboratory.toPlainText()[:_LONGEST_HEAD])
            self._settings.set(LABORATORY_LOGO, report.logo.text().strip())

    def _request(self) -> ExportRequest | None:
        """What the dialog is filled in with."""
        from trainer.protocol.requests import ExportRequest

        dialog = self.dialog
        if self._root is None or dialog is None:
            return None
        report = dialog.report
        return ExportRequest(
            folder=str(self._root),
            out=str(Path(dialog.folder.text().strip()).expanduser().absolute()),
            formats=cast("tuple[ExportFormat, ...]", dialog.formats),
            run=self._run,
            count_edge_cells=self._settings.value(COUNT_EDGE_CELLS),
            overwrite=dialog.replace.isChecked(),
            language=cast('Literal["en", "de"]', report.chosen_language),
            laboratory=report.laboratory.toPlainText()[:_LONGEST_HEAD],
            logo=report.logo.text().strip(),
            blast_precision=self._settings.value(BLAST_PRECISION),
        )

    def _export(self) -> None:
        request = self._request()
        if request is None or self.dialog is None or self._job is not None:
            return
        self._settings.set(EXPORT_FORMATS, self.dialog.formats)
        self._keep_report_options()
        self._job = self._runner.run(request)
        self._warnings = []
        self._job.progressed.connect(self._progressed)
        self._job.warned.connect(self._on_warned)
        self._job.ended.connect(self._on_ended)
        self._started.emit()

    def shut_down(self) -> None:
        """End the preview; called when no process runs any more."""
        if "preview" in self.__dict__:
            self.preview.shut_down()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._stopping.emit()

    def _on_warned(self, event: WarningEvent) -> None:
        self._warnings.append(f"{event.message} {event.hint}".strip())

    def _on_ended(self, outcome: Outcome) -> None:
        self._job = None
        self._ended.emit()
        if outcome.kind == "done":
            out = Path(str(outcome.result["out"]))
            self._settings.set(EXPORT_FOLDER, str(out.parent))
            text = self.tr("The files are in {folder}.").format(folder=out)
            left_out = " ".join(self._warnings)
            files = cast("list[str]", outcome.result["files"])
            action = self._action_for([Path(each) for each in files], out)
            self._notifications.show(text, left_out, stays=bool(left_out), action=action)
        elif outcome.message:
            again = (self.tr("Change…"), self._reopen)
            self._notifications.show(outcome.message, outcome.hint, stays=True, action=again)
        else:
            self._notifications.show(self.tr("The export was stopped."))

    def _action_for(self, files: Sequence[Path], out: Path) -> tuple[str, Callable[[], None]]:
        """Offer to open the report, where nothing else was written, else the folder."""
        reports = [each for each in files if each.name in _REPORT_NAMES]
        if reports == list(files):
            return self.tr("Open the report"), lambda: _open(reports[-1])
        return self.tr("Open the folder"), lambda: _open(out)

    def _reopen(self) -> None:
        """As it was filled in, to be changed."""
        if self.dialog is not None and self._job is None:
            self.dialog.open()


def _open(path: Path) -> None:
    """Open a folder or a report in the program that the system has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
