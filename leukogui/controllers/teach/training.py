"""The page of trainings: what a person wants of them, and what is to be known when one ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QMessageBox

from leukogui.backend.model_list import ModelList
from leukogui.backend.trainings import Trainings
from leukogui.controllers.teach.retrain import RetrainController
from leukogui.settings.table import ACTIVE_TRAININGS, TRAINING_AT_CLOSE
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.backend.training_reader import ShownTraining
    from leukogui.pages.teach.page import TeachPage
    from leukogui.widgets.text_window import TextWindow
    from trainer.errors import UserError
    from trainer.protocol.background import Order

_LOG_BYTES = 200_000


class TrainingController(QObject):
    """Connects the page of trainings.

    Args:
        trainings: in the background.
        build_page: called when the page is first wanted.
        model_list: is read again when a training has made a model.
        retrain: the wizard that makes a new one.
    """

    def __init__(
        self,
        parts: WindowParts,
        trainings: Trainings,
        build_page: Callable[[], TeachPage],
        model_list: ModelList,
        retrain: RetrainController,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self.trainings = parts, trainings
        self._build_page, self._model_list = build_page, model_list
        self.retrain = retrain
        self._greeted = self._decided = False
        self._wanted = ""  # id of a training to be shown as soon as it is there
        self._question: QMessageBox | None = None
        self.log_window: TextWindow | None = None
        trainings.changed.connect(self._show)
        trainings.ended.connect(self._notify_end)
        trainings.failed.connect(self._notify_failure)

    @cached_property
    def page(self) -> TeachPage:
        """The page; built when it is first wanted."""
        page = self._build_page()
        self._parts.pages.add_page("teach", page)
        page.new_requested.connect(self.retrain.open)
        panel = page.panel
        panel.ordered.connect(self._order)
        panel.go_on_requested.connect(lambda: self._do(self.trainings.go_on))
        panel.delete_requested.connect(lambda: self._do(self.trainings.delete))
        panel.log_requested.connect(lambda: self._do(self._show_log))
        panel.command_requested.connect(lambda: self._do(self._copy_command))
        panel.training_requested.connect(lambda: self._do(self._train_with_recipe))
        panel.models_requested.connect(self._parts.actions["models"].trigger)
        page.show_trainings(self.trainings.all)
        return page

    def show_page(self) -> None:
        """Bring the page to the front; it needs no open case."""
        self._parts.pages.show_page(self.page)
        self.trainings.look()

    def close(self) -> None:
        """Wait for the threads; a training that runs goes on."""
        self.retrain.close()
        self.trainings.close()

    def leave(self) -> None:
        """Let the window close without a question: a training pauses unless it always goes on."""
        self._decided = True
        running = self.trainings.running
        if running is not None and self._parts.settings.value(TRAINING_AT_CLOSE) != "go_on":
            self.trainings.order(running, "pause")

    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the window may close; else a person is asked first.

        Args:
            close: called when the person has decided and wants the window closed.
        """
        running = self.trainings.running
        choice = self._parts.settings.value(TRAINING_AT_CLOSE)
        if running is None or choice == "go_on" or self._decided:
            return True
        if choice == "pause":
            self.trainings.order(running, "pause")
            return True
        if self._question is None:
            self._ask_at_close(running, close)
        return False

    def _ask_at_close(self, running: ShownTraining, close: Callable[[], object]) -> None:
        box = QMessageBox(self._parts.parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("A model is being taught"))
        box.setText(self.tr("Shall {name} go on learning?").format(name=running.title))
        box.setInformativeText(
            self.tr("It can go on without the window, or pause and go on later from where it is.")
        )
        remember = QCheckBox(self.tr("Do so always (it can be changed in the settings)"))
        box.setCheckBox(remember)
        accept = QMessageBox.ButtonRole.AcceptRole
        go_on = box.addButton(self.tr("Go on without the window"), accept)
        pause = box.addButton(self.tr("Pause it"), accept)
        stay = box.addButton(self.tr("Keep the window open"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)

        def decide(choice: str) -> None:
            if remember.isChecked():
                self._parts.settings.set(TRAINING_AT_CLOSE, choice)
            if choice == "pause":
                self.trainings.order(running, "pause")
            self._decided = True
            close()

        go_on.clicked.connect(lambda *_: decide("go_on"))
        pause.clicked.connect(lambda *_: decide("pause"))
        box.finished.connect(self._on_question_closed)
        self._question = box
        box.open()

    def _on_question_closed(self) -> None:
        if self._question is not None:
            self._question.deleteLater()
            self._question = None

    # What a person wants

    def _do(self, do: Callable[[ShownTraining], object]) -> None:
        if (current := self.page.current) is not None:
            do(current)

    def _train_with_recipe(self, tuning: ShownTraining) -> None:
        from leukogui.pages.teach.choice import free_name
        from trainer.protocol.background import new_folder

        taken = {card.id for card in self._model_list.cards}
        taken |= {each.title for each in self.trainings.all if not each.is_tuning}
        name = tuning.title if tuning.title not in taken else free_name(tuning.title, taken)
        folder = new_folder(self.trainings.root, name)
        self._wanted = folder.name
        self.trainings.train_with_recipe(tuning, folder, name)
        self.show_page()

    def _order(self, order: Order) -> None:
        current = self.page.current
        if current is None:
            return
        if order != "cancel" or not current.curve:
            self.trainings.order(current, order)
            return
        box = QMessageBox(self._parts.parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Cancel the training"))
        box.setText(self.tr("Cancel it without a model?"))
        cancel = box.addButton(self.tr("Cancel it"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Let it go on"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        cancel.clicked.connect(lambda *_: self.trainings.order(current, "cancel"))
        box.finished.connect(self._on_question_closed)
        self._question = box
        box.open()

    def _show_log(self, training: ShownTraining) -> None:
        from leukogui.widgets.text_window import TextWindow

        text = _end_of(training.log) or self.tr("There is no log.")
        files = "\n".join(str(each) for each in (training.log, training.report) if each)
        title = self.tr("Log of {name}").format(name=training.title)
        self.log_window = TextWindow(title, f"{files}\n\n{text}", self._parts.parent)
        self.log_window.show()

    def _copy_command(self, training: ShownTraining) -> None:
        from leukogui.backend.training_command import training_command_line

        if training.request is not None:
            QGuiApplication.clipboard().setText(training_command_line(training.request))
            self._parts.notifications.show(self.tr("The command is on the clipboard."))

    # What comes back

    def _show(self) -> None:
        if "page" in self.__dict__:
            self.page.show_trainings(self.trainings.all)
            if self.trainings.find(self._wanted) is not None:
                self.page.choose(self._wanted)
                self._wanted = ""
        if not self._greeted:
            self._greeted = True
            self._notify_ended_before()
            self._offer_interrupted()
        active = tuple(each.id for each in self.trainings.all if each.is_active)
        self._parts.settings.set(ACTIVE_TRAININGS, active)

    def _notify_ended_before(self) -> None:
        """Of those that came to their end while the window was closed."""
        for training_id in self._parts.settings.value(ACTIVE_TRAININGS):
            training = self.trainings.find(training_id)
            if training is not None and training.state in ("done", "failed"):
                self._notify_end(training)

    def _offer_interrupted(self) -> None:
        """Of the newest that was broken off, by a kill or with the computer."""
        broken_off = [each for each in self.trainings.all if each.state == "interrupted"]
        if not broken_off:
            return
        text = self.tr("The training of {name} was interrupted.").format(name=broken_off[0].title)
        go_on = (self.tr("Go on"), lambda: self.trainings.go_on(broken_off[0]))
        self._parts.notifications.show(text, stays=True, action=go_on)

    def _notify_end(self, training: ShownTraining) -> None:
        show, name = self._parts.notifications.show, training.title
        look = (self.tr("Show it"), lambda: self._show_training(training))
        if training.recipe is not None and training.state == "done":
            text = self.tr("The recipe for {name} is found.").format(name=name)
            train = (self.tr("Train with it"), lambda: self._train_with_recipe(training))
            show(text, self._describe_result(training), stays=True, action=train)
        elif training.state == "done":
            self._model_list.load()
            text = self.tr("{name} has learned.").format(name=name)
            show(text, self._describe_result(training), stays=True, action=look)
        elif training.state == "failed":
            text = self.tr("The training of {name} failed.").format(name=name)
            show(text, training.failure, stays=True, action=look)
        elif training.state == "interrupted":
            text = self.tr("The training of {name} was interrupted.").format(name=name)
            go_on = (self.tr("Go on"), lambda: self.trainings.go_on(training))
            show(text, stays=True, action=go_on)
        elif training.state == "paused":
            show(self.tr("{name} is paused.").format(name=name), action=look)

    def _describe_result(self, training: ShownTraining) -> str:
        from leukogui.pages.teach.text import describe_result

        return describe_result(training)

    def _show_training(self, training: ShownTraining) -> None:
        self.show_page()
        self.page.choose(training.id)

    def _notify_failure(self, error: UserError) -> None:
        self._parts.notifications.show_error(error)


def _end_of(path: Path) -> str:
    """The last part of a text file; empty where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _LOG_BYTES, 0))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
