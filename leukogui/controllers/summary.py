"""What keeps the page of figures up to date, and does what is asked for on it.

What exports the results of the case: asks what and where to, tells how it ended.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from leukogui.backend.worker import Job, QtWorker
from leukogui.case.cells import FAILED, REVIEW, UNKNOWN
from leukogui.controllers.run import RunController
from leukogui.language.worker_messages import translate_message
from leukogui.settings.table import EXPORT_FOLDER, EXPORT_FORMATS
from leukogui.summary.case_summary import CaseSummary
from leukogui.summary.export_bar import ExportBar
from leukogui.summary.export_dialog import ExportDialog
from leukogui.summary.page import SummaryPage
from leukogui.summary.summary_query import SummaryLoader
from leukogui.window.main_window import MainWindow

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import ExportFormat


class ExportController(QObject):
    """One export at a time, in a process of its own.

    Args:
        runner: starts a process for each job.
        bar: shows how far an export has come.
    """

    def __init__(self, window: MainWindow, runner: QtWorker, bar: ExportBar) -> None:
        super().__init__(window)
        self._window, self._runner, self._bar = window, runner, bar
        self.dialog: ExportDialog | None = None
        self._root: Path | None = None
        self._run: int | None = None
        self._job: Job | None = None
        bar.stop_requested.connect(self._stop)

    def show_dialog(self, root: Path, run: int | None) -> None:
        """Let a person choose formats and a folder for a case or one of its runs."""
        self._root, self._run = root, run
        if self.dialog is None:
            self.dialog = ExportDialog(self._window)
            self.dialog.export_requested.connect(self._export)
        settings = self._window.settings
        self.dialog.set_choices(settings.value(EXPORT_FORMATS), self._default_folder(root))
        self.dialog.open()

    def _default_folder(self, root: Path) -> str:
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
        self._bar.start()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._bar.show_stopping()

    def _on_ended(self, outcome: Outcome) -> None:
        self._job = None
        self._bar.hide()
        notices = self._window.notifications
        if outcome.kind == "done":
            out = Path(str(outcome.result["out"]))
            self._window.settings.set(EXPORT_FOLDER, str(out.parent))
            text = self.tr("The files are in {folder}.").format(folder=out)
            notices.show(text, action=(self.tr("Open the folder"), lambda: _open_folder(out)))
        elif outcome.message:
            again = (self.tr("Change…"), self._reopen)
            notices.show(outcome.message, outcome.hint, stays=True, action=again)
        else:
            notices.show(self.tr("The export was stopped."))

    def _reopen(self) -> None:
        """As it was filled in, to be changed."""
        if self.dialog is not None and self._job is None:
            self.dialog.open()


def _open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


_GROUPS = {"review": REVIEW, "unknown": UNKNOWN, "failed": FAILED}


class SummaryController(QObject):
    """Connects the page of figures.

    Args:
        helper: worker that answers small requests.
        runner: starts a process for each job.
    """

    def __init__(
        self, window: MainWindow, run_controller: RunController, helper: QtWorker, runner: QtWorker
    ) -> None:
        super().__init__(window)
        self._window, self._run_controller = window, run_controller
        self.page = SummaryPage(window.theme, window.icons, window)
        self.loader = SummaryLoader(helper, self)
        self.export_controller = ExportController(window, runner, self.page.export_bar)
        window.add_page("summary", self.page)
        self._connect()
        self._on_case()

    def _connect(self) -> None:
        window, page = self._window, self.page
        window.commands.on("summary", self.show_page)
        window.commands.on("export", self.export)
        window.commands.on("retry", self.retry)
        window.session.opened.connect(self._on_case)
        window.session.changed.connect(self._refresh)
        window.session.run_changed.connect(self._refresh)
        window.queue.changed.connect(self._refresh)
        window.queue.ended.connect(self._on_run_ended)
        window.pages.currentChanged.connect(self._on_page)
        self.loader.loaded.connect(self._show)
        self.loader.failed.connect(self._on_failed)
        page.run_chosen.connect(self._choose)
        page.cells_requested.connect(self.show_cells)
        page.image_requested.connect(self.show_image)
        page.retry_requested.connect(self._retry)
        page.export_requested.connect(self.export)

    @property
    def is_shown(self) -> bool:
        """Whether the page is looked at."""
        return self._window.pages.currentWidget() is self.page

    def show_page(self) -> None:
        """Show the figures of the open case; without one, the way to open one."""
        if self._window.session.root is None:
            self._window.show_page(self._window.welcome)
        else:
            self._window.show_page(self.page)

    def export(self) -> None:
        """Let a person choose what of it is exported."""
        root, figures = self._window.session.root, self.page.summary
        if root is not None:
            self._window.show_page(self.page)
            self.export_controller.show_dialog(root, figures.run if figures is not None else None)

    def retry(self) -> None:
        """Judge every image again that could not be read."""
        model = self._window.session.model
        if model is not None:
            pairs = zip(model.names, model.groups, strict=True)
            self._run_again([name for name, group in pairs if group == FAILED])

    def show_cells(self, key: str) -> None:
        """Show the cells of a class, or of what is apart, in the gallery."""
        model = self._window.session.model
        classes = model.classes if model is not None else ()
        group = _GROUPS.get(key, classes.index(key) if key in classes else -1)
        if group >= 0:
            self._window.review.show_group(group)
            self._window.show_page(self._window.review)

    def show_image(self, name: str) -> None:
        """Show one image in the gallery."""
        review = self._window.review
        if not review.cells.positions_of({name}):
            review.clear_filters()
        places = review.cells.positions_of({name})
        self._window.show_page(review)
        if places:
            review.gallery.setCurrentIndex(review.cells.index(places[0]))

    def _retry(self, names: list[str]) -> None:
        """These, or all that failed in what is shown."""
        figures, model = self.page.summary, self._window.session.model
        if figures is None or model is None:
            return
        if not names and figures.run is None:
            self.retry()
            return
        shown = names or [name for name, _ in figures.failed]
        self._run_again([name for name in shown if model.row(name) is not None])

    def _run_again(self, names: list[str]) -> None:
        """With the model of the newest run, so that they count with it."""
        run = self._window.session.run
        if names and run is not None:
            self._run_controller.run_again(tuple(names), run.model, run.precision)

    def _choose(self, run: int | None) -> None:
        self.loader.choose(self._window.session.root, run, compare=self._is_idle())

    def _on_case(self) -> None:
        self._show_waiting()
        self.page.chooser.show_runs((), None)
        self._show_possible()
        self.loader.choose(None)
        if self.is_shown:
            self._load()

    def _on_page(self) -> None:
        if self.is_shown:
            self._load()
        else:
            self.loader.stop()

    def _load(self) -> None:
        figures = self.page.summary
        run = figures.run if figures is not None else None
        root = self._window.session.root if self._has_run() else None
        if figures is None:
            self._show_waiting()
        self.loader.choose(root, run, compare=self._is_idle())

    def _show_waiting(self) -> None:
        """Say what there will be in the place of figures."""
        if self._has_run():
            self.page.show_message(self.tr("The cells are being counted…"))
        else:
            self.page.show_message(self.tr("Nothing was classified yet."))

    def _is_idle(self) -> bool:
        """Whether nothing runs; what changes during a run, the run itself tells of."""
        return self._window.queue.current is None

    def _refresh(self) -> None:
        self._show_possible()
        if not self.is_shown or not self._has_run():
            return
        if self.page.summary is None:
            self._load()
        else:
            self.loader.refresh()

    def _on_run_ended(self) -> None:
        if self.is_shown:
            self.loader.compare()

    def _has_run(self) -> bool:
        return self._window.session.run is not None

    def _show(self, figures: CaseSummary) -> None:
        self.page.show_summary(figures)
        self._show_possible()

    def _on_failed(self, outcome: Outcome) -> None:
        self.page.show_message(translate_message(outcome.text))
        self._show_possible()

    def _show_possible(self) -> None:
        model = self._window.session.model
        failed = model is not None and FAILED in model.groups
        self._window.commands.enable(export=self._has_run(), retry=failed)
