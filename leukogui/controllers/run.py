"""The runs of a model: on the case, on a selection, on folders that wait; stop and resume."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from leukogui.backend.command_line import command_line
from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import PrecisionMode, RunSpec, build_run_spec, run_options_of
from leukogui.backend.saved_run import run_spec_from_json, run_spec_to_json
from leukogui.controllers.source import SourceController
from leukogui.panels.badges import DeviceBadge
from leukogui.settings.table import ANY_SUFFIX_FOLDERS, ASK_BEFORE_CLOSING, UNFINISHED_RUN
from leukogui.window.parts import WindowParts
from trainer.domain import Box, ExecutionInfo, Precision

if TYPE_CHECKING:
    from trainer.protocol.events import WarningEvent
    from trainer.protocol.outcome import Outcome


class RunController(QObject):
    """Connects the actions that run something.

    The run that goes on is in the settings until it is done, however the program ends: it can
    be resumed after the next start.

    Args:
        badge: shows what computes.
        model_list: has the classes of each run's model.
        source_controller: has the source profile that runs are made with.
        results: folder for the result files of all runs, one folder each.
    """

    close_requested = Signal()  # the last run has stopped, and a person wanted to close

    def __init__(
        self,
        parts: WindowParts,
        badge: DeviceBadge,
        model_list: ModelList,
        source_controller: SourceController,
        results: Path,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._queue = parts, parts.session, parts.queue
        self._badge, self._model_list, self._results_folder = badge, model_list, results
        self._source_controller = source_controller
        self._execution: ExecutionInfo | None = None
        self._closing = False
        self._question: QMessageBox | None = None
        self._dialog: QFileDialog | None = None
        self._connect()
        self._restore_unfinished()
        self._show_possible()

    def _connect(self) -> None:
        parts, actions, queue = self._parts, self._parts.actions, self._queue
        actions.on("run", self.run)
        actions.on("run_selection", self.run_selection)
        actions.on("queue_folder", self.choose_folder)
        actions.on("resume", queue.resume)
        actions.on("cancel", queue.cancel)
        actions.on("copy_command", self.copy_command)
        parts.chooser.shown.connect(self._show_possible)
        queue.changed.connect(self._show_possible)
        queue.began.connect(self._on_began)
        queue.execution_changed.connect(self._on_execution_changed)
        queue.warned.connect(self._on_warned)
        queue.ended.connect(self._on_ended)
        parts.session.opened.connect(self._on_case)
        parts.session.listed.connect(self._show_possible)
        parts.session.run_changed.connect(self._on_run)
        parts.review.gallery.selectionModel().selectionChanged.connect(self._show_possible)
        self._model_list.loaded.connect(self._on_models)
        self._source_controller.changed.connect(self._show_possible)

    def run(self) -> None:
        """Classify every image of the case."""
        self._add(())

    def run_selection(self) -> None:
        """Classify the selected images."""
        names = tuple(self._parts.review.gallery.selected_names())
        if names:
            self._add(names)

    def run_part(self, name: str, part: Box) -> None:
        """Scan a part of a slide."""
        root = self._session.root
        if root is not None and self._parts.chooser.card is not None:
            region = (part.x, part.y, part.width, part.height)
            self._enqueue(replace(self._build_spec(root, (name,)), region=region))

    def run_again(
        self, names: tuple[str, ...], model: str, precision: str, *, quiet: bool = False
    ) -> None:
        """Classify images of the case anew as a run before did, so that both count together.

        Args:
            quiet: nobody requested it; only what goes wrong is shown.
        """
        root = self._session.root
        if root is not None:
            precision_mode: PrecisionMode = "exact" if precision == Precision.F32 else "fast"
            options = replace(run_options_of(self._parts.settings), precision=precision_mode)
            spec = build_run_spec(root, self._results_folder, model, names, options)
            self._enqueue(replace(self._with_source(spec), quiet=quiet))

    def queue_folder_path(self, folder: str) -> None:
        """Classify another folder when its turn comes."""
        text = self.tr("{folder} waits its turn.").format(folder=folder)
        self._enqueue(self._build_spec(Path(folder)), text)

    def choose_folder(self) -> None:
        """Let a person choose a folder for the queue."""
        dialog = QFileDialog(self._parts.parent, self.tr("Add a folder to the queue"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.queue_folder_path)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def copy_command(self) -> None:
        """Put the command line that does the same on the clipboard."""
        root = self._session.root
        if root is None:
            return
        request = self._build_spec(root).request()
        QGuiApplication.clipboard().setText(command_line(request))
        self._parts.notifications.show(self.tr("The command is on the clipboard."))

    def may_close(self) -> bool:
        """Whether nothing runs; else ask once, and close when the run has stopped."""
        if self._queue.current is None:
            return True
        if not self._parts.settings.value(ASK_BEFORE_CLOSING):
            self.leave()
            return self._queue.current is None
        if not self._closing and self._question is None:
            self._ask_to_stop()
        return False

    def leave(self) -> None:
        """Stop what runs without a question, and close when it has stopped."""
        self._closing = True
        self._queue.cancel_all()
        if self._queue.current is None:
            self.close_requested.emit()

    def _ask_to_stop(self) -> None:
        box = QMessageBox(self._parts.parent)
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

    def _add(self, names: tuple[str, ...]) -> None:
        root = self._session.root
        if root is None or self._parts.chooser.card is None:
            return
        self._enqueue(self._build_spec(root, names))

    def _enqueue(self, spec: RunSpec, if_it_waits: str = "") -> None:
        self._queue.add(spec)
        if self._queue.current is not spec and not spec.quiet:
            self._parts.notifications.show(if_it_waits or self.tr("It waits its turn."))

    def _build_spec(self, root: Path, names: tuple[str, ...] = ()) -> RunSpec:
        options = run_options_of(self._parts.settings)
        return self._with_source(
            build_run_spec(root, self._results_folder, self._model_id(), names, options)
        )

    def _with_source(self, spec: RunSpec) -> RunSpec:
        """With what is known of the case's source; of another folder the worker knows it.

        What was chosen for the folder's files counts for every folder.
        """
        profile = self._source_controller.profile_of(spec.root)
        diameter = profile.stated_diameter
        any_suffix = str(spec.root) in self._parts.settings.value(ANY_SUFFIX_FOLDERS)
        return replace(spec, source=profile.name, red_cell_diameter=diameter, any_suffix=any_suffix)

    def _model_id(self) -> str:
        card = self._parts.chooser.card
        return card.id if card is not None else ""

    # What comes back

    def _on_began(self, spec: RunSpec) -> None:
        if not spec.quiet:
            self._save_unfinished(spec)
        if spec.root == self._session.root:
            self._execution = None
            self._session.follow_run(True)

    def _on_execution_changed(self, spec: RunSpec, execution: ExecutionInfo) -> None:
        """It goes on for hours and may be read at any time: on the badge."""
        if spec.root == self._session.root:
            self._execution = execution
            self._show_device()

    def _on_warned(self, warning: WarningEvent) -> None:
        spec = self._queue.current
        if spec is not None and spec.quiet:
            return  # the run before has shown it
        if warning.about == "files" and spec is not None and spec.root == self._session.root:
            return  # the window counts them itself
        remedy = self._source_controller.remedy_for(
            warning, spec.root if spec is not None else None
        )
        self._parts.notifications.show(warning.message, warning.hint, action=remedy)

    def _on_ended(self, spec: RunSpec, outcome: Outcome) -> None:
        if outcome.kind == "done":
            self._save_unfinished(self._queue.stopped)
        if spec.root == self._session.root:
            self._session.follow_run(False)
        if self._closing:
            self.close_requested.emit()
            return
        self._notify_end(spec, outcome)

    def _notify_end(self, spec: RunSpec, outcome: Outcome) -> None:
        notifications = self._parts.notifications
        if spec.quiet:
            if outcome.kind in ("crashed", "failed"):
                notifications.show(outcome.message, outcome.hint)
            return
        resume = (self.tr("Go on"), self._queue.resume)
        match outcome.kind:
            case "done":
                notifications.show(self.tr("{folder} is done.").format(folder=spec.root.name))
            case "cancelled" | "terminated":
                text = self.tr("The run was stopped. What was done is kept.")
                notifications.show(text, action=resume)
            case "crashed":
                logs = (self.tr("Open the log folder"), self._parts.actions["open_logs"].trigger)
                notifications.show(outcome.message, outcome.hint, stays=True, action=logs)
            case "failed":
                notifications.show(outcome.message, outcome.hint, stays=True, action=resume)

    def _on_models(self) -> None:
        self._on_run()
        self._show_possible()

    def _on_case(self) -> None:
        root, queue = self._session.root, self._queue
        self._execution = None
        if root is not None and queue.current is not None and queue.current.root == root:
            self._execution = queue.execution
            self._session.follow_run(True)
        self._on_run()
        self._show_possible()
        self._offer_resume()

    def _on_run(self) -> None:
        """Another run is shown: its model's classes, and what it was computed on."""
        run = self._session.run
        card = self._model_list.card(run.model) if run is not None else None
        if card is not None:
            self._parts.review.set_outputs(card.classes, card.outputs)
        self._show_device()

    def _show_device(self) -> None:
        """What computes now or did last; of earlier runs the store has no reason."""
        run = self._session.run
        stored = ExecutionInfo(run.device, run.precision) if run is not None else None
        self._badge.show_execution(self._execution or stored)

    def _show_possible(self) -> None:
        model, queue = self._session.model, self._queue
        has_model = self._parts.chooser.card is not None
        ready = model is not None and len(model) > 0 and has_model
        ready = ready and not self._source_controller.is_saving
        selected = self._parts.review.gallery.selectionModel().hasSelection()
        self._parts.actions.enable(
            run=ready,
            run_selection=ready and selected,
            queue_folder=has_model,
            cancel=queue.current is not None and not queue.is_stopping,
            resume=queue.stopped is not None and queue.current is None,
            copy_command=model is not None,
        )

    # Runs that did not come to their end

    def _save_unfinished(self, spec: RunSpec | None) -> None:
        self._parts.settings.set(UNFINISHED_RUN, run_spec_to_json(spec))

    def _restore_unfinished(self) -> None:
        spec = run_spec_from_json(self._parts.settings.value(UNFINISHED_RUN))
        if spec is not None:
            self._queue.restore_stopped(spec)

    def _offer_resume(self) -> None:
        queue, root = self._queue, self._session.root
        if root is None or queue.current is not None or queue.stopped is None:
            return
        if queue.stopped.root == root:
            self._parts.notifications.show(
                self.tr("The last run of this folder did not come to its end."),
                action=(self.tr("Go on"), queue.resume),
            )
