"""Puts the window together from its parts, and takes it apart again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import RunQueue
from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.controllers.ablation import AblationController
from leukogui.controllers.appearance import AppearanceController
from leukogui.controllers.case import CaseController
from leukogui.controllers.case_list import CaseListController
from leukogui.controllers.cell_import import CellImportController
from leukogui.controllers.correction import CorrectionController
from leukogui.controllers.crash_reports import CrashReportController
from leukogui.controllers.device import DeviceController
from leukogui.controllers.export import ExportController
from leukogui.controllers.field_cells import FieldCellController
from leukogui.controllers.filters import FilterController
from leukogui.controllers.heat_map import HeatMapController
from leukogui.controllers.model import ModelController
from leukogui.controllers.place import PlaceController
from leukogui.controllers.review_classes import ReviewClassController
from leukogui.controllers.run import RunController
from leukogui.controllers.settings import ProgramFolders, SettingsController
from leukogui.controllers.shortcuts import ShortcutController
from leukogui.controllers.sign_off import SignOffController
from leukogui.controllers.similar_cells import SimilarCellsController
from leukogui.controllers.source import SourceController
from leukogui.controllers.store_recovery import StoreRecoveryController
from leukogui.controllers.summary import SummaryController
from leukogui.controllers.unread_files import UnreadFilesController
from leukogui.controllers.viewer import ViewerController
from leukogui.session.case_session import CaseSession
from leukogui.session.reviews import ReviewSession
from leukogui.settings.store import FILE_NAME, Settings
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.main_window import MainWindow
from leukogui.window.parts import WindowParts
from trainer.cases.review_classes import review_classes_file
from trainer.locations import store_file

if TYPE_CHECKING:
    from leukogui.controllers.adaptation.adaptation import AdaptationController
    from leukogui.controllers.audit_trail import AuditTrailController
    from leukogui.controllers.label_queue import LabelQueueController
    from leukogui.controllers.models.evaluation import EvaluationController
    from leukogui.controllers.models.model_page import ModelPageController
    from leukogui.controllers.readers.agreement import AgreementController
    from leukogui.controllers.references import ReferenceController
    from leukogui.controllers.teach.training import TrainingController
    from leukogui.pages.cases.page import CasesPage
    from leukogui.pages.teach.page import TeachPage
    from leukogui.summary.page import SummaryPage

_FEW_REVIEWS = 2  # of one class alone nothing can be learned


class App(QObject):
    """The window with everything behind it.

    Args:
        data: the user's data folder.
        cache: folder of what can be computed again.
        logs: folder of logs.
        resources: folder of what ships with the program.
        command: how workers are started; None: as always.
        training_command: how the process of background trainings is started; None: as always.
    """

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        *,
        data: Path,
        cache: Path,
        logs: Path,
        resources: Path,
        command: Sequence[str] | None = None,
        training_command: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self._training_root, self._training_command = data / "trainings", training_command
        self._evaluation_root = data / "evaluations"
        self.theme, self.settings = theme, settings
        self._candidates = cache / "candidates"
        self.session = CaseSession(store_file(data), self)
        self.reviews = ReviewSession(self.session, partial(reviewer_name, settings))
        self.thumbnails = ThumbnailLoader(cache / "thumbnails", self)
        self.runner = QtWorker(self, persistent=False, command=command)
        self.helper = QtWorker(self, persistent=True, command=command)
        self.queue = RunQueue(self.runner, self)
        self.model_list = ModelList(data / "models", resources / "models", self)
        self.window = MainWindow(
            self.session,
            self.thumbnails,
            self.queue,
            self.model_list,
            settings,
            theme,
            may_close=self._may_close,
        )
        parts = self._window_parts()
        self._build_case_controllers(parts, data, logs)
        folders = ProgramFolders(data, data / "models", cache, logs)
        self._build_page_controllers(parts, cache / "viewer", folders)
        self._is_down = False
        self.window.close_requested.connect(self.shut_down)

    def _window_parts(self) -> WindowParts:
        return self.window.parts(self.session, self.queue, self.settings)

    def _build_case_controllers(self, parts: WindowParts, data: Path, logs: Path) -> None:
        """Connect what opens a case and runs a model on it, in this order."""
        window, helper, model_list = self.window, self.helper, self.model_list
        actions, notifications = parts.actions, parts.notifications
        self.case_controller = CaseController(parts, window.welcome, window.bar, helper, data, logs)
        self.source_controller = SourceController(parts, window.bar.source, helper, model_list)
        self.unread_files_controller = UnreadFilesController(parts, window.status)
        self.model_controller = ModelController(parts, helper, model_list)
        self.run_controller = RunController(
            parts, window.bar.device, model_list, self.source_controller, data / "results"
        )
        self.run_controller.close_requested.connect(window.close)
        self.crash_report_controller = CrashReportController(actions, notifications, logs, window)
        self.store_recovery_controller = StoreRecoveryController(
            self.session, self.queue, notifications, window
        )
        self.device_controller = DeviceController(parts, window.bar.device, self.runner, model_list)

    def _build_page_controllers(
        self, parts: WindowParts, viewer_cache: Path, folders: ProgramFolders
    ) -> None:
        """Connect the pages, and what changes how they look, in this order."""
        window, theme = self.window, self.theme
        self.appearance_controller = AppearanceController(parts)
        self.filter_controller = FilterController(parts, theme)
        self.shortcut_controller = ShortcutController(
            parts.actions, window.keys, self.settings, self
        )
        self.similar_cells_controller = SimilarCellsController(
            parts, theme, self.helper, self.thumbnails
        )
        self.ablation_controller = AblationController(parts, theme, self.helper)
        self.viewer_controller = ViewerController(
            parts, theme, self.thumbnails, self.helper, viewer_cache
        )
        viewer_panel = self.viewer_controller.viewer.side_panel.prediction_panel
        self.heat_map_controller = HeatMapController(
            parts, self.model_list, (window.review.inspector.prediction_panel, viewer_panel)
        )
        self.field_cell_controller = FieldCellController(
            parts,
            self.viewer_controller.viewer,
            self.run_controller,
            self.helper,
            self.model_list,
            self.reviews,
        )
        self.review_class_controller = ReviewClassController(
            parts,
            review_classes_file(folders.data),
            self.model_list,
            self.shortcut_controller,
            window.keys,
        )
        self.correction_controller = CorrectionController(
            parts, self.reviews, self.review_class_controller, self.viewer_controller.viewer
        )
        self.cell_import_controller = CellImportController(
            parts, self.field_cell_controller, self.helper
        )
        self.export_controller = ExportController(parts, self.runner)
        self.summary_controller = SummaryController(
            parts,
            self._build_summary_page,
            self.run_controller,
            self.export_controller,
            self.helper,
        )
        self.sign_off_controller = SignOffController(parts, window.bar, self.helper)
        self.export_controller.cell_requested.connect(self.sign_off_controller.show_cell)
        self.case_list_controller = CaseListController(
            parts,
            self._build_cases_page,
            self.case_controller,
            self.sign_off_controller,
            self.helper,
        )
        self.sign_off_controller.changed.connect(self.correction_controller.refresh)
        self.place_controller = PlaceController(parts, self.sign_off_controller)
        self.session.changed.connect(self._watch_reviews)
        for action_id, do in _ON_DEMAND.items():
            parts.actions.on(action_id, partial(do, self))
        parts.actions.on_toggled("compare", self._show_references)
        self.settings_controller = SettingsController(parts, theme, self.thumbnails, folders)

    @cached_property
    def adaptation_controller(self) -> AdaptationController:
        """Adapts a model by reviewed cells; made when it is first used, or some are reviewed."""
        from leukogui.controllers.adaptation.adaptation import AdaptationController
        from leukogui.controllers.adaptation.candidate import CandidateController

        self.session.changed.disconnect(self._watch_reviews)
        parts = self._window_parts()
        return AdaptationController(
            parts,
            self.theme,
            self.thumbnails,
            self.runner,
            CandidateController(parts, self.helper, self.model_list.load),
            self.sign_off_controller,
            self.run_controller,
            self._candidates,
        )

    @cached_property
    def label_queue_controller(self) -> LabelQueueController:
        """Leads through the cells to label first; made when it is first used."""
        from leukogui.controllers.label_queue import LabelQueueController

        return LabelQueueController(self._window_parts(), self.helper, self.correction_controller)

    def _watch_reviews(self) -> None:
        """Bring in what offers an adaptation once it may have something to offer."""
        model = self.session.model
        if model is not None and len(model.reviews) >= _FEW_REVIEWS:
            self.adaptation_controller.refresh()

    @cached_property
    def agreement_controller(self) -> AgreementController:
        """Compares readers and models; made when it is first used."""
        from leukogui.controllers.readers.agreement import AgreementController

        parts, sign_off = self._window_parts(), self.sign_off_controller
        return AgreementController(parts, sign_off, self.helper, self.reviews)

    @cached_property
    def reference_controller(self) -> ReferenceController:
        """Shows the lab's reference cells beside others; made when it is first used."""
        from leukogui.controllers.references import ReferenceController

        return ReferenceController(
            self._window_parts(),
            self.viewer_controller.viewer,
            self.thumbnails,
            self.helper,
            self.correction_controller,
            self.review_class_controller,
        )

    def _show_references(self, on: bool) -> None:
        self.reference_controller.show_panel(on)

    @cached_property
    def audit_trail_controller(self) -> AuditTrailController:
        """Shows the audit trail; made when it is first used."""
        from leukogui.controllers.audit_trail import AuditTrailController

        controller = AuditTrailController(
            self._window_parts(), self.sign_off_controller, self.helper
        )
        self.reviews.stored.connect(controller.reread)
        return controller

    @cached_property
    def training_controller(self) -> TrainingController:
        """Shows the trainings in the background; made when it is first used."""
        from leukogui.backend.trainings import Trainings
        from leukogui.controllers.teach.retrain import RetrainController
        from leukogui.controllers.teach.training import TrainingController

        parts = self._window_parts()
        trainings = Trainings(self._training_root, self.window, self._training_command)
        retrain = RetrainController(parts, trainings, self.runner, self.model_list)
        return TrainingController(
            parts, trainings, self._build_teach_page, self.model_list, retrain
        )

    def look_at_trainings(self) -> None:
        """Know of those that go on or were interrupted, if there ever was one."""
        if self._training_root.is_dir():
            self.training_controller.trainings.look()

    @cached_property
    def model_page_controller(self) -> ModelPageController:
        """Connects the page of the models; made when it is first used."""
        from leukogui.controllers.models.model_page import ModelPageController

        return ModelPageController(
            self._window_parts(),
            self.case_controller,
            self.model_list,
            self.helper,
            self.runner,
            self._show_evaluation,
        )

    @cached_property
    def evaluation_controller(self) -> EvaluationController:
        """Measures models on labelled cells; made when it is first used."""
        from leukogui.controllers.models.evaluation import EvaluationController

        controller = EvaluationController(
            self._window_parts(),
            self.theme,
            self.thumbnails,
            (self.runner, self.helper),
            self.model_list,
            self._evaluation_root,
        )
        controller.promotion_requested.connect(self.model_page_controller.ask_to_promote)
        return controller

    def _show_evaluation(self, model: str) -> None:
        self.evaluation_controller.show_window(model)

    def _build_cases_page(self) -> CasesPage:
        from leukogui.pages.cases.page import CasesPage

        return CasesPage(self.window)

    def _build_teach_page(self) -> TeachPage:
        from leukogui.pages.teach.page import TeachPage

        return TeachPage(self.theme, self.window)

    def _build_summary_page(self) -> SummaryPage:
        from leukogui.summary.page import SummaryPage

        return SummaryPage(self.theme, self.window.icons, self.window)

    def _may_close(self) -> bool:
        """Whether no run keeps the window open, which is there before the controller of runs."""
        if not self.run_controller.may_close():
            return False
        if "training_controller" not in self.__dict__:
            return True
        return self.training_controller.may_close(self.window.close)

    def leave(self) -> None:
        """Close without a question, as the system wants it; what runs can go on later."""
        if "training_controller" in self.__dict__:
            self.training_controller.leave()
        self.run_controller.leave()

    def shut_down(self) -> None:
        """End every process and thread; the window is of no use afterwards."""
        if self._is_down:
            return
        self._is_down = True
        self.place_controller.leave()
        self.device_controller.close()
        self.similar_cells_controller.finder.close()
        self.ablation_controller.runner.close()
        self.filter_controller.close()
        self.summary_controller.loader.choose(None)  # no request any more
        self.viewer_controller.close()
        self.runner.close()
        self.helper.close()
        self.export_controller.shut_down()
        self.session.shut_down()
        self.thumbnails.close()
        self.model_list.close()
        self.crash_report_controller.close()
        if "training_controller" in self.__dict__:
            self.training_controller.close()
        self.window.review.inspector.close_reader()
        self.settings.save()


# The controllers of these are made when they are first used.
_ON_DEMAND: dict[str, Callable[[App], object]] = {
    "adapt": lambda app: app.adaptation_controller.show_window(),
    "label_next": lambda app: app.label_queue_controller.go_on(),
    "models": lambda app: app.model_page_controller.show_page(),
    "agreement": lambda app: app.agreement_controller.show_window(),
    "audit_trail": lambda app: app.audit_trail_controller.show_window(),
    "teach": lambda app: app.training_controller.show_page(),
    "add_reference": lambda app: app.reference_controller.add(),
    "next_reference": lambda app: app.reference_controller.step(),
}


def open_settings(data: Path) -> Settings:
    """The settings of a data folder."""
    return Settings(data / FILE_NAME)
