"""What exports the results of the case: asks what and where to, tells how it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from leukogui.settings.table import EXPORT_FOLDER, EXPORT_FORMATS
from leukogui.summary.export_bar import ExportBar
from leukogui.summary.export_dialog import ExportDialog
from leukogui.window.main_window import MainWindow
from leukogui.work.bridge import Job, WorkerBridge

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import ExportFormat


class Exporting(QObject):
    """One export at a time, in a process of its own.

    Args:
        runner: starts a process for each job.
        bar: shows how far an export has come.
    """

    def __init__(self, window: MainWindow, runner: WorkerBridge, bar: ExportBar) -> None:
        super().__init__(window)
        self._window, self._runner, self._bar = window, runner, bar
        self.dialog: ExportDialog | None = None
        self._root: Path | None = None
        self._run: int | None = None
        self._job: Job | None = None
        bar.stop_asked.connect(self._stop)

    def ask(self, root: Path, run: int | None) -> None:
        """Let a person choose formats and a folder for a case or one of its runs."""
        self._root, self._run = root, run
        if self.dialog is None:
            self.dialog = ExportDialog(self._window)
            self.dialog.wanted.connect(self._export)
        settings = self._window.settings
        self.dialog.offer(settings.value(EXPORT_FORMATS), self._usual_folder(root))
        self.dialog.open()

    def _usual_folder(self, root: Path) -> str:
        """A new folder of the case's name, beside where was exported to last."""
        kept = self._window.settings.value(EXPORT_FOLDER)
        where = QStandardPaths.StandardLocation.DocumentsLocation
        parent = kept or QStandardPaths.writableLocation(where)
        today = datetime.now(UTC).astimezone().strftime("%Y-%m-%d")
        return str(Path(parent) / f"{root.name} {today}")

    def _export(self) -> None:
        from trainer.protocol.messages import ExportRequest

        dialog = self.dialog
        if self._root is None or dialog is None or self._job is not None:
            return
        out = Path(dialog.folder.text().strip()).expanduser().absolute()
        self._window.settings.set(EXPORT_FORMATS, dialog.formats)
        request = ExportRequest(
            folder=str(self._root),
            out=str(out),
            formats=cast("tuple[ExportFormat, ...]", dialog.formats),
            run=self._run,
            overwrite=dialog.replace.isChecked(),
        )
        self._job = self._runner.run(request)
        self._job.progressed.connect(self._bar.show_progress)
        self._job.ended.connect(self._on_ended)
        self._bar.begin()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._bar.stopping()

    def _on_ended(self, outcome: Outcome) -> None:
        self._job = None
        self._bar.hide()
        notices = self._window.notices
        if outcome.kind == "done":
            out = Path(str(outcome.result["out"]))
            self._window.settings.set(EXPORT_FOLDER, str(out.parent))
            text = self.tr("The files are in {folder}.").format(folder=out)
            notices.tell(text, action=(self.tr("Open the folder"), lambda: _open(out)))
        elif outcome.message:
            again = (self.tr("Change…"), self._reopen)
            notices.tell(outcome.message, outcome.hint, stays=True, action=again)
        else:
            notices.tell(self.tr("The export was stopped."))

    def _reopen(self) -> None:
        """As it was filled in, to be changed."""
        if self.dialog is not None and self._job is None:
            self.dialog.open()


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
