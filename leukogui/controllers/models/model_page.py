"""The page of the models: filled from the registry and the store; a self-test by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import run_options_of
from leukogui.backend.worker import Job, QtWorker
from leukogui.controllers.case import CaseController
from leukogui.controllers.device import describe_self_test
from leukogui.language.worker_messages import translate_message
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.case.record_queries import RunRow
    from leukogui.controllers.models.model_acts import ModelActController
    from leukogui.pages.models.page import ModelsPage
    from trainer.cases.store import CaseStore
    from trainer.protocol.events import ProgressEvent
    from trainer.protocol.outcome import Outcome


class ModelPageController(QObject):
    """Connects the page of the models, which is built when it is first shown.

    Args:
        show_evaluation: shows the window that measures models, with one chosen.
        case_controller: opens the case of a run.
        helper: worker for small requests.
        runner: worker that gives each request a process of its own.
    """

    _runs_read = Signal(object)  # id of a model -> list of RunRow

    def __init__(
        self,
        parts: WindowParts,
        case_controller: CaseController,
        model_list: ModelList,
        helper: QtWorker,
        runner: QtWorker,
        show_evaluation: Callable[[str], None],
    ) -> None:
        super().__init__(parts.parent)
        self._parts = parts
        self._case_controller, self._model_list = case_controller, model_list
        self._helper, self._runner = helper, runner
        self._show_evaluation = show_evaluation
        self._runs: dict[str, list[RunRow]] = {}
        self._test: Job | None = None
        self._runs_read.connect(self._set_runs)
        model_list.loaded.connect(self._fill)

    @cached_property
    def page(self) -> ModelsPage:
        """The page; built when it is first wanted, so that the window is up sooner."""
        from leukogui.pages.models.page import ModelsPage

        page = ModelsPage(self._parts.parent)
        self._parts.pages.add_page("models", page)
        page.act_requested.connect(self._request_act)
        page.test_requested.connect(self._toggle_test)
        page.evaluate_requested.connect(self._request_evaluation)
        page.run_requested.connect(lambda row: self._case_controller.open_folder(row.root))
        return page

    @cached_property
    def acts(self) -> ModelActController:
        """What is done with a model."""
        from leukogui.controllers.models.model_acts import ModelActController

        return ModelActController(self._parts, self._helper, self._model_list)

    @property
    def is_built(self) -> bool:
        """Whether the page was shown once."""
        return "page" in self.__dict__

    def show_page(self) -> None:
        """Bring the page to the front; it needs no open case."""
        self._parts.pages.show_page(self.page)
        self._model_list.load()

    def _fill(self) -> None:
        if not self.is_built:
            return
        self._show_models()

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import read_runs_by_model

            self._runs_read.emit(read_runs_by_model(store) if store is not None else {})

        self._parts.session.submit_to_store(task)

    def _set_runs(self, runs: dict[str, list[RunRow]]) -> None:
        if runs != self._runs:
            self._runs = runs
            self._show_models()

    def _show_models(self) -> None:
        from leukogui.pages.models.table import ShownModel
        from trainer.models.package.lineage import build_lineage

        models, trail = self._model_list, self._model_list.trail
        if trail is None:
            return
        shown = [
            ShownModel(each, models.sizes.get(each.name, 0), len(self._runs.get(each.name, ())))
            for each in models.entries
        ]
        self.page.show_runs(self._runs)
        self.page.show_models(shown, build_lineage(models.entries), trail)

    def _request_act(self, action: str) -> None:
        current = self.page.current
        entry = current.entry if current is not None else None
        self.acts.ask(action, entry, current.runs if current is not None else 0)

    def ask_to_promote(self, model: str) -> None:
        """Ask whether a model shall serve."""
        self.acts.ask("promote", self._model_list.entry(model), len(self._runs.get(model, ())))

    def _request_evaluation(self) -> None:
        if self.page.current is not None:
            self._show_evaluation(self.page.current.entry.name)

    # The self-test

    def _toggle_test(self) -> None:
        if self._test is not None:
            self._test.cancel()
            return
        from trainer.protocol.requests import DevicesRequest

        current = self.page.current
        if current is None:
            return
        how = run_options_of(self._parts.settings)
        request = DevicesRequest(
            model=current.entry.name, device=how.device, precision=how.precision, self_test=True
        )
        self.page.set_testing(True)
        self.page.show_verdict("")
        self._test = self._runner.run(request)
        self._test.progressed.connect(self._on_progress)
        self._test.ended.connect(self._on_tested)

    def _on_progress(self, progress: ProgressEvent) -> None:
        if progress.total:
            self.page.progress.setRange(0, progress.total)
            self.page.progress.setValue(progress.done)

    def _on_tested(self, outcome: Outcome) -> None:
        self._test = None
        self.page.set_testing(False)
        if outcome.kind == "done":
            self.page.show_verdict(self._describe_test(outcome.result))
        elif outcome.kind != "cancelled":
            self.page.show_verdict(translate_message(outcome.text))

    def _describe_test(self, found: Mapping[str, Any]) -> str:
        where = self.tr("{device}, {precision}:")
        device = where.format(device=found["title"], precision=found["precision"])
        return f"{device} {describe_self_test(found)}"
