"""What keeps the page of figures up to date, and does what is asked for on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from leukogui.case.cells import FAILED, REVIEW, UNKNOWN
from leukogui.language.told import told
from leukogui.summary.asking import SummaryAsker
from leukogui.summary.figures import Figures
from leukogui.summary.page import SummaryPage
from leukogui.window.exporting import Exporting
from leukogui.window.main_window import MainWindow
from leukogui.window.running import Running
from leukogui.work.bridge import WorkerBridge

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome

_GROUPS = {"review": REVIEW, "unknown": UNKNOWN, "failed": FAILED}


class Summing(QObject):
    """Connects the page of figures.

    Args:
        helper: worker that answers small requests.
        runner: starts a process for each job.
    """

    def __init__(
        self, window: MainWindow, running: Running, helper: WorkerBridge, runner: WorkerBridge
    ) -> None:
        super().__init__(window)
        self._window, self._running = window, running
        self.page = SummaryPage(window.theme, window.icons, window)
        self.asker = SummaryAsker(helper, self)
        self.exporting = Exporting(window, runner, self.page.export_bar)
        window.add_page("summary", self.page)
        self._connect()
        self._on_case()

    def _connect(self) -> None:
        window, page = self._window, self.page
        window.commands.on("summary", self.show_page)
        window.commands.on("export", self.export)
        window.commands.on("retry", self.retry)
        window.session.opened.connect(self._on_case)
        window.session.changed.connect(self._look)
        window.session.run_changed.connect(self._look)
        window.queue.changed.connect(self._look)
        window.queue.ended.connect(self._on_run_ended)
        window.pages.currentChanged.connect(self._on_page)
        self.asker.answered.connect(self._show)
        self.asker.failed.connect(self._on_failed)
        page.run_chosen.connect(self._choose)
        page.cells_asked.connect(self.show_cells)
        page.image_asked.connect(self.show_image)
        page.retry_asked.connect(self._retry)
        page.export_asked.connect(self.export)

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
        root, figures = self._window.session.root, self.page.figures
        if root is not None:
            self._window.show_page(self.page)
            self.exporting.ask(root, figures.run if figures is not None else None)

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
        figures, model = self.page.figures, self._window.session.model
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
            self._running.run_again(tuple(names), run.model, run.precision)

    def _choose(self, run: int | None) -> None:
        self.asker.choose(self._window.session.root, run, compare=self._is_quiet())

    def _on_case(self) -> None:
        self._show_waiting()
        self.page.chooser.show_runs((), None)
        self._show_possible()
        self.asker.choose(None)
        if self.is_shown:
            self._begin()

    def _on_page(self) -> None:
        if self.is_shown:
            self._begin()
        else:
            self.asker.stop()

    def _begin(self) -> None:
        figures = self.page.figures
        run = figures.run if figures is not None else None
        root = self._window.session.root if self._has_run() else None
        if figures is None:
            self._show_waiting()
        self.asker.choose(root, run, compare=self._is_quiet())

    def _show_waiting(self) -> None:
        """Say what there will be in the place of figures."""
        if self._has_run():
            self.page.show_message(self.tr("The cells are being counted…"))
        else:
            self.page.show_message(self.tr("Nothing was classified yet."))

    def _is_quiet(self) -> bool:
        """Whether nothing runs; what changes during a run, the run itself tells of."""
        return self._window.queue.current is None

    def _look(self) -> None:
        self._show_possible()
        if not self.is_shown or not self._has_run():
            return
        if self.page.figures is None:
            self._begin()
        else:
            self.asker.look()

    def _on_run_ended(self) -> None:
        if self.is_shown:
            self.asker.compare()

    def _has_run(self) -> bool:
        return self._window.session.run is not None

    def _show(self, figures: Figures) -> None:
        self.page.show_figures(figures)
        self._show_possible()

    def _on_failed(self, outcome: Outcome) -> None:
        self.page.show_message(told(outcome.said))
        self._show_possible()

    def _show_possible(self) -> None:
        model = self._window.session.model
        failed = model is not None and FAILED in model.groups
        self._window.commands.enable(export=self._has_run(), retry=failed)
