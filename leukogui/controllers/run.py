"""What runs a model: on the case, on a selection, on folders that wait; stop, go on.

What lets a run that did not come to its end go on after the program was started again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from leukogui.backend.command_line import command_line
from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import PrecisionMode, RunSpec, build_run_spec, run_options_of
from leukogui.backend.saved_run import run_spec_from_json, run_spec_to_json
from leukogui.backend.worker import QtWorker
from leukogui.controllers.source import SourceController
from leukogui.settings.table import ASK_BEFORE_CLOSING, MODEL, UNFINISHED_RUN
from leukogui.window.main_window import MainWindow
from trainer.domain import ExecutionInfo, Precision

if TYPE_CHECKING:
    from trainer.protocol.messages import WarningEvent
    from trainer.protocol.outcome import Outcome


class ResumeController(QObject):
    """Keeps the run that goes on, until it is done; however the program ends."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.queue.began.connect(self._keep)
        window.queue.ended.connect(self._on_ended)
        window.session.opened.connect(self._offer_resume)
        kept = run_spec_from_json(window.settings.value(UNFINISHED_RUN))
        if kept is not None:
            window.queue.restore_stopped(kept)

    def _keep(self, order: RunSpec) -> None:
        self._window.settings.set(UNFINISHED_RUN, run_spec_to_json(order))

    def _on_ended(self, _: RunSpec, outcome: Outcome) -> None:
        if outcome.kind == "done":
            stopped = self._window.queue.stopped
            self._window.settings.set(UNFINISHED_RUN, run_spec_to_json(stopped))

    def _offer_resume(self) -> None:
        queue, root = self._window.queue, self._window.session.root
        if root is None or queue.current is not None or queue.stopped is None:
            return
        if queue.stopped.root == root:
            self._window.notifications.show(
                self.tr("The last run of this folder did not come to its end."),
                action=(self.tr("Go on"), queue.resume),
            )


class RunController(QObject):
    """Connects the actions that run something.

    Args:
        helper: worker that answers small requests.
        sourcing: knows the source profile that runs are made with.
        results: folder for the result files of all runs, one folder each.
    """

    def __init__(
        self,
        window: MainWindow,
        helper: QtWorker,
        model_list: ModelList,
        source_controller: SourceController,
        results: Path,
    ) -> None:
        super().__init__(window)
        self._window, self._helper, self._model_list, self._results_folder = (
            window,
            helper,
            model_list,
            results,
        )
        self._source_controller = source_controller
        self._execution: ExecutionInfo | None = None
        self._closing = self._models_read = False
        self._question: QMessageBox | None = None
        self._dialog: QFileDialog | None = None
        self._connect()
        window.may_close = self.may_close
        self._show_possible()

    def _connect(self) -> None:
        window, commands = self._window, self._window.commands
        commands.on("run", self.run)
        commands.on("run_selection", self.run_selection)
        commands.on("queue_folder", self.choose_folder)
        commands.on("resume", window.queue.resume)
        commands.on("cancel", window.queue.cancel)
        commands.on("import_model", self.choose_model_file)
        commands.on("copy_command", self.copy_command)
        window.chooser.chosen.connect(self._on_model)
        window.chooser.shown.connect(self._show_possible)
        window.queue.changed.connect(self._show_possible)
        window.queue.began.connect(self._on_began)
        window.queue.execution_changed.connect(self._on_execution_changed)
        window.queue.warned.connect(self._on_warned)
        window.queue.ended.connect(self._on_ended)
        window.session.opened.connect(self._on_case)
        window.session.listed.connect(self._show_possible)
        window.session.run_changed.connect(self._on_run)
        window.review.gallery.selectionModel().selectionChanged.connect(self._show_possible)
        self._model_list.loaded.connect(self._on_models)
        self._source_controller.changed.connect(self._show_possible)

    def run(self) -> None:
        """Judge every image of the case."""
        self._add(())

    def run_selection(self) -> None:
        """Judge the selected images."""
        names = tuple(self._window.review.gallery.selected_names())
        if names:
            self._add(names)

    def run_again(self, names: tuple[str, ...], model: str, precision: str) -> None:
        """Judge images of the case anew as a run before did, so that both count together."""
        root = self._window.session.root
        if root is not None:
            fineness: PrecisionMode = "exact" if precision == Precision.F32 else "fast"
            how = replace(run_options_of(self._window.settings), precision=fineness)
            order = build_run_spec(root, self._results_folder, model, names, how)
            self._enqueue(self._with_source(order))

    def queue_folder_path(self, folder: str) -> None:
        """Judge another folder when its turn comes."""
        order = self._build_spec(Path(folder))
        self._window.queue.add(order)
        if self._window.queue.current is not order:
            self._window.notifications.show(
                self.tr("{folder} waits its turn.").format(folder=folder)
            )

    def choose_folder(self) -> None:
        """Let a person choose a folder for the queue."""
        dialog = QFileDialog(self._window, self.tr("Add a folder to the queue"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.queue_folder_path)
        self._open(dialog)

    def choose_model_file(self) -> None:
        """Let a person choose a model package to import."""
        dialog = QFileDialog(self._window, self.tr("Import a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Model packages (*.zip)"))
        dialog.fileSelected.connect(self.import_model)
        self._open(dialog)

    def import_model(self, path: str) -> None:
        """Have the worker check a package and put it on the shelf."""
        from trainer.protocol.messages import ModelsRequest

        job = self._helper.run(ModelsRequest(action="import", model=path))
        job.ended.connect(self._on_imported)

    def copy_command(self) -> None:
        """Put the command line that does the same on the clipboard."""
        root = self._window.session.root
        if root is None:
            return
        request = self._build_spec(root).request()
        QGuiApplication.clipboard().setText(command_line(request))
        self._window.notifications.show(self.tr("The command is on the clipboard."))

    def may_close(self) -> bool:
        """Whether nothing runs; else ask once, and close when the run has stopped."""
        if self._window.queue.current is None:
            return True
        if not self._window.settings.value(ASK_BEFORE_CLOSING):
            self.leave()
            return self._window.queue.current is None
        if not self._closing and self._question is None:
            self._ask_to_stop()
        return False

    def leave(self) -> None:
        """Stop what runs, ask nothing, and close when it has stopped."""
        self._closing = True
        self._window.queue.cancel_all()
        if self._window.queue.current is None:
            self._window.close()

    def _ask_to_stop(self) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("A run is going on"))
        box.setText(self.tr("Stop the run and close?"))
        box.setInformativeText(
            self.tr("What was classified so far is kept; you can go on with the run later.")
        )
        stop = box.addButton(self.tr("Stop and close"), QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(self.tr("Keep running"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        stop.clicked.connect(self.leave)
        box.finished.connect(self._on_question_closed)
        self._question = box
        box.open()

    def _on_question_closed(self) -> None:
        if self._question is not None:
            self._question.deleteLater()
            self._question = None

    def _open(self, dialog: QFileDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _add(self, names: tuple[str, ...]) -> None:
        root = self._window.session.root
        if root is None or self._window.chooser.card is None:
            return
        self._enqueue(self._build_spec(root, names))

    def _enqueue(self, spec: RunSpec) -> None:
        self._window.queue.add(spec)
        if self._window.queue.current is not spec:
            self._window.notifications.show(self.tr("It waits its turn."))

    def _build_spec(self, root: Path, names: tuple[str, ...] = ()) -> RunSpec:
        how = run_options_of(self._window.settings)
        return self._with_source(
            build_run_spec(root, self._results_folder, self._model_id(), names, how)
        )

    def _with_source(self, spec: RunSpec) -> RunSpec:
        """With what is known of the case's source; of another folder the worker knows it."""
        profile = self._source_controller.profile_of(spec.root)
        diameter = profile.stated_diameter
        return replace(spec, source=profile.name, red_cell_diameter=diameter)

    def _model_id(self) -> str:
        card = self._window.chooser.card
        return card.id if card is not None else ""

    # What comes back

    def _on_began(self, spec: RunSpec) -> None:
        if spec.root == self._window.session.root:
            self._execution = None
            self._window.session.follow_run(True)

    def _on_execution_changed(self, spec: RunSpec, served: ExecutionInfo) -> None:
        """It goes on for hours and may be read at any time: the badge says it."""
        if spec.root == self._window.session.root:
            self._execution = served
            self._show_device()

    def _on_warned(self, warning: WarningEvent) -> None:
        order = self._window.queue.current
        remedy = self._source_controller.remedy_for(
            warning, order.root if order is not None else None
        )
        self._window.notifications.show(warning.message, warning.hint, action=remedy)

    def _on_ended(self, spec: RunSpec, outcome: Outcome) -> None:
        if spec.root == self._window.session.root:
            self._window.session.follow_run(False)
        if self._closing:
            self._window.close()
            return
        self._notify_end(spec, outcome)

    def _notify_end(self, spec: RunSpec, outcome: Outcome) -> None:
        notices = self._window.notifications
        resume = (self.tr("Go on"), self._window.queue.resume)
        match outcome.kind:
            case "done":
                notices.show(self.tr("{folder} is done.").format(folder=spec.root.name))
            case "cancelled" | "terminated":
                text = self.tr("The run was stopped. What was done is kept.")
                notices.show(text, action=resume)
            case "crashed":
                logs = (self.tr("Open the log folder"), self._window.commands["open_logs"].trigger)
                notices.show(outcome.message, outcome.hint, stays=True, action=logs)
            case "failed":
                notices.show(outcome.message, outcome.hint, stays=True, action=resume)

    def _on_imported(self, outcome: Outcome) -> None:
        if outcome.kind == "done":
            self._model_list.load()
            self._window.notifications.show(self.tr("The model was imported."))
        elif outcome.message:
            self._window.notifications.show(outcome.message, outcome.hint, stays=True)

    def _on_model(self, model: str) -> None:
        self._window.settings.set(MODEL, model)
        self._window.chooser.choose(model)
        self._show_possible()

    def _on_models(self) -> None:
        self._models_read = True
        self._warn_if_no_model()
        self._on_run()
        self._show_possible()

    def _warn_if_no_model(self) -> None:
        """Cells that nothing can classify: say what is to be done."""
        if self._window.session.root is None or not self._models_read or self._model_list.cards:
            return
        self._window.notifications.show(
            self.tr("There is no model yet to classify the cells."),
            action=(self.tr("Import a model…"), self._window.commands["import_model"].trigger),
        )

    def _on_case(self) -> None:
        self._warn_if_no_model()
        root, queue = self._window.session.root, self._window.queue
        self._execution = None
        if root is not None and queue.current is not None and queue.current.root == root:
            self._execution = queue.execution
            self._window.session.follow_run(True)
        self._on_run()
        self._show_possible()

    def _on_run(self) -> None:
        """Another run is shown: its model's classes, and what it was computed on."""
        run = self._window.session.run
        card = self._model_list.card(run.model) if run is not None else None
        if card is not None:
            self._window.review.set_outputs(card.classes, card.outputs)
        self._show_device()

    def _show_device(self) -> None:
        """What serves now or served last; of earlier runs the store knows no reason."""
        run = self._window.session.run
        stored = ExecutionInfo(run.device, run.precision) if run is not None else None
        self._window.bar.show_device(self._execution or stored)

    def _show_possible(self) -> None:
        window, queue = self._window, self._window.queue
        model = window.session.model
        ready = model is not None and len(model) > 0 and window.chooser.card is not None
        ready = ready and not self._source_controller.is_saving
        selected = window.review.gallery.selectionModel().hasSelection()
        window.commands.enable(
            run=ready,
            run_selection=ready and selected,
            queue_folder=window.chooser.card is not None,
            cancel=queue.current is not None and not queue.is_stopping,
            resume=queue.stopped is not None and queue.current is None,
            copy_command=window.session.root is not None,
        )
