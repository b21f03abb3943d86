"""The summary of the open case: kept up to date, and what its page leads to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from leukogui.backend.worker import QtWorker
from leukogui.case.cells import FAILED, REVIEW, UNKNOWN
from leukogui.controllers.export import ExportController
from leukogui.controllers.run import RunController
from leukogui.language.worker_messages import translate_message
from leukogui.settings.table import BLAST_PRECISION, COUNT_EDGE_CELLS
from leukogui.summary.case_summary import CaseSummary
from leukogui.summary.summary_query import SummaryLoader
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.summary.page import SummaryPage
    from trainer.protocol.outcome import Outcome


_GROUPS = {"review": REVIEW, "unknown": UNKNOWN, "failed": FAILED}


class SummaryController(QObject):
    """Connects the page of the summary.

    Args:
        build_page: called when the page is first wanted.
        run_controller: runs again over images that failed.
        export_controller: exports what the page shows.
        helper: worker for small requests.
    """

    def __init__(
        self,
        parts: WindowParts,
        build_page: Callable[[], SummaryPage],
        run_controller: RunController,
        export_controller: ExportController,
        helper: QtWorker,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._pages = parts, parts.session, parts.pages
        self._run_controller, self._export_controller = run_controller, export_controller
        self._build_page = build_page
        self.loader = SummaryLoader(
            helper,
            self,
            count_edge_cells=partial(parts.settings.value, COUNT_EDGE_CELLS),
            blast_precision=partial(parts.settings.value, BLAST_PRECISION),
        )
        self._connect()
        self._on_case()

    def _connect(self) -> None:
        parts = self._parts
        parts.actions.on("summary", self.show_page)
        parts.actions.on("export", self.export)
        parts.actions.on("retry", self.retry)
        parts.session.opened.connect(self._on_case)
        parts.session.changed.connect(self._refresh)
        parts.session.run_changed.connect(self._refresh)
        parts.settings.changed.connect(self._on_setting)
        parts.queue.changed.connect(self._refresh)
        parts.queue.ended.connect(self._on_run_ended)
        parts.pages.currentChanged.connect(self._on_page)
        self.loader.loaded.connect(self._show)
        self.loader.failed.connect(self._on_failed)

    @cached_property
    def page(self) -> SummaryPage:
        """The page; built when it is first wanted, so that the window is up sooner."""
        page = self._build_page()
        self._pages.add_page("summary", page)
        self._export_controller.show_progress_in(page.export_bar)
        page.run_chosen.connect(self._choose)
        page.cells_requested.connect(self.show_cells)
        page.image_requested.connect(self.show_image)
        page.retry_requested.connect(self._retry)
        page.export_requested.connect(self.export)
        page.show_message(self._waiting_text())
        return page

    @property
    def _is_built(self) -> bool:
        return "page" in self.__dict__

    @property
    def is_shown(self) -> bool:
        """Whether the page is in front."""
        return self._is_built and self._pages.currentWidget() is self.page

    def show_page(self) -> None:
        """Show the figures of the open case; without one, the way to open one."""
        if self._session.root is None:
            self._pages.show_page(self._pages.home)
        else:
            self._pages.show_page(self.page)

    def export(self) -> None:
        """Let a person choose what of it is exported."""
        root, figures = self._session.root, self.page.summary
        if root is not None:
            self._pages.show_page(self.page)
            self._export_controller.show_dialog(root, figures.run if figures is not None else None)

    def retry(self) -> None:
        """Classify every image again that could not be read."""
        model = self._session.model
        if model is not None:
            pairs = zip(model.names, model.groups, strict=True)
            failed = dict.fromkeys(name for name, group in pairs if group == FAILED)
            self._run_again(list(failed))

    def show_cells(self, key: str) -> None:
        """Show the cells of a class, or of what is apart, in the gallery."""
        model = self._session.model
        classes = model.classes if model is not None else ()
        group = _GROUPS.get(key, classes.index(key) if key in classes else -1)
        if group >= 0:
            self._parts.review.show_group(group)
            self._pages.show_page(self._parts.review)

    def show_image(self, name: str) -> None:
        """Show one image in the gallery."""
        review = self._parts.review
        if not review.cells.positions_of_image(name):
            review.clear_filters()
        places = review.cells.positions_of_image(name)
        self._pages.show_page(review)
        if places:
            review.gallery.setCurrentIndex(review.cells.index(places[0]))

    def _retry(self, names: list[str]) -> None:
        """These, or all that failed in what is shown."""
        figures, model = self.page.summary, self._session.model
        if figures is None or model is None:
            return
        if not names and figures.run is None:
            self.retry()
            return
        shown = names or [name for name, _ in figures.failed]
        self._run_again([name for name in shown if model.rows_of(name)])

    def _run_again(self, names: list[str]) -> None:
        """With the model of the newest run, so that they count with it."""
        run = self._session.run
        if names and run is not None:
            self._run_controller.run_again(tuple(names), run.model, run.precision)

    def _choose(self, run: int | None) -> None:
        self.loader.choose(self._session.root, run, compare=self._is_idle())

    def _on_case(self) -> None:
        if self._is_built:
            self.page.show_message(self._waiting_text())
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
        root = self._session.root if self._has_run() else None
        if figures is None:
            self.page.show_message(self._waiting_text())
        self.loader.choose(root, run, compare=self._is_idle())

    def _waiting_text(self) -> str:
        """What stands in the place of figures, until there are some."""
        if self._has_run():
            return self.tr("The cells are being counted…")
        return self.tr("Nothing was classified yet.")

    def _is_idle(self) -> bool:
        """Whether nothing runs; what changes during a run, the run itself reports."""
        return self._parts.queue.current is None

    def _refresh(self) -> None:
        self._show_possible()
        if not self.is_shown or not self._has_run():
            return
        if self.page.summary is None:
            self._load()
        else:
            self.loader.refresh()

    def _on_setting(self, key: str) -> None:
        if key in (COUNT_EDGE_CELLS.key, BLAST_PRECISION.key):
            self._refresh()

    def _on_run_ended(self) -> None:
        if self.is_shown:
            self.loader.compare()

    def _has_run(self) -> bool:
        return self._session.run is not None

    def _show(self, figures: CaseSummary) -> None:
        self.page.show_summary(figures)
        self._show_review(figures)
        self._show_possible()

    def _show_review(self, figures: CaseSummary) -> None:
        """The window counts what a review changed itself; a run alone knows of no review."""
        counted = self._parts.review.progress
        now = counted.now if figures.run is None else None
        self.page.review.show_differential(now, counted.titles)

    def _on_failed(self, outcome: Outcome) -> None:
        self.page.show_message(translate_message(outcome.text))
        self._show_possible()

    def _show_possible(self) -> None:
        model = self._session.model
        failed = model is not None and FAILED in np.array(model.groups, np.int16)
        self._parts.actions.enable(export=self._has_run(), retry=failed)
