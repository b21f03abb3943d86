"""What a person does with a model: asked, done by the worker, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from leukogui.backend.command_line import format_command, models_arguments
from leukogui.backend.model_list import ModelList
from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.language.worker_messages import translate_message
from leukogui.pages.models.dialog import ActDialog, ActQuestion
from leukogui.pages.models.text import describe_run_count, entry_title, judgement_word
from leukogui.settings.table import MODEL
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from trainer.models.package.registry import ModelEntry
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import ModelsRequest


class ModelActController(QObject):
    """Asks before each act on a model, has the worker do it, and shows how it went.

    Args:
        helper: worker for small requests.
    """

    done = Signal(str)  # the action

    def __init__(self, parts: WindowParts, helper: QtWorker, model_list: ModelList) -> None:
        super().__init__(parts.parent)
        self._parts, self._helper, self._model_list = parts, helper, model_list
        self.dialog: ActDialog | None = None
        self._picker: QFileDialog | None = None

    def ask(self, action: str, entry: ModelEntry | None, runs: int) -> None:
        """Ask about an act on a model.

        Args:
            runs: how many were made with it.
        """
        if action == "import":
            self._parts.actions["import_model"].trigger()
        elif action == "rollback":
            self.act("rollback", "")
        elif entry is not None and action == "export":
            self._choose_file(entry)
        elif entry is not None and action == "restore":
            self.act("restore", entry.name)
        elif entry is not None:
            self._show(action, entry.name, self._question(action, entry, runs))

    def act(self, action: str, model: str, **values: str) -> None:
        """Have the worker do it."""
        request = self._request(action, model, **values)
        job = self._helper.run(request)
        job.ended.connect(lambda outcome: self._on_ended(action, model, outcome))

    def _request(self, action: str, model: str, **values: str) -> ModelsRequest:
        from trainer.protocol.requests import ModelsRequest

        person = reviewer_name(self._parts.settings)
        given = {"action": action, "model": model, "person": person}
        return ModelsRequest.model_validate(given | values)

    def _show(self, action: str, model: str, question: ActQuestion) -> None:
        dialog = ActDialog(question, self._parts.parent)

        def values(name: str, reason: str) -> dict[str, str]:
            return {"reason": reason} | ({"title": name} if action == "rename" else {})

        dialog.confirmed.connect(
            lambda name, reason: self.act(action, model, **values(name, reason))
        )
        dialog.copy_requested.connect(
            lambda name, reason: self._copy(self._request(action, model, **values(name, reason)))
        )
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def _copy(self, request: ModelsRequest) -> None:
        QGuiApplication.clipboard().setText(format_command(models_arguments(request)))
        self._parts.notifications.show(self.tr("The command is in the clipboard."))

    # The questions

    def _question(self, action: str, entry: ModelEntry, runs: int) -> ActQuestion:
        return {
            "promote": self._question_of_promotion,
            "rename": self._question_of_name,
            "archive": self._question_of_archive,
            "delete": self._question_of_deletion,
        }[action](entry, runs)

    def _question_of_promotion(self, entry: ModelEntry, _runs: int) -> ActQuestion:
        serving = self._model_list.entry(self._model_list.serving)
        text = self.tr(
            "{name} is used from now on where no other model is chosen. What was classified before "
            "stays as it is. One click on “Roll back” undoes it."
        ).format(name=entry_title(entry))
        concerns = self._concerns(entry)
        warning = "\n".join(translate_message(each) for each in concerns)
        if serving is not None and not concerns:
            warning = self._describe_judgement(entry, serving)
        return ActQuestion(
            self.tr("Let a model serve"),
            text,
            self.tr("Let it serve"),
            warning,
            with_reason=True,
            needs_reason=bool(concerns),
        )

    def _concerns(self, entry: ModelEntry) -> tuple[str, ...]:
        from trainer.models.package.promotion import promotion_concerns

        serving = self._model_list.entry(self._model_list.serving)
        trail = self._model_list.trail
        if entry.card is None or serving is None or trail is None:
            return ()
        return promotion_concerns(entry.card, serving.card, trail)

    def _describe_judgement(self, entry: ModelEntry, serving: ModelEntry) -> str:
        trail = self._model_list.trail
        judged = trail.judgement(entry.name, serving.name) if trail is not None else None
        if judged is None:
            text = self.tr("It was not judged against {serving} on the same cells yet.")
            return text.format(serving=entry_title(serving))
        text = self.tr("Judged against {serving} on the same {n} cells: {judgement}.")
        return text.format(
            serving=entry_title(serving),
            n=judged.details.get("cells", 0),
            judgement=judgement_word(str(judged.details.get("judgement", ""))),
        )

    def _question_of_name(self, entry: ModelEntry, _runs: int) -> ActQuestion:
        text = self.tr(
            "The name under which the lab knows the model {id}. Its id stays, by which runs and "
            "reports refer to it. An empty name brings back that of its card."
        ).format(id=entry.name)
        return ActQuestion(
            self.tr("Rename a model"), text, self.tr("Rename"), name=entry_title(entry)
        )

    def _question_of_archive(self, entry: ModelEntry, runs: int) -> ActQuestion:
        text = self.tr(
            "{name} can no longer be chosen, but stays on the disk and can be taken out of the "
            "archive at any time."
        ).format(name=entry_title(entry))
        text = f"{text} {describe_run_count(runs)}" if runs else text
        return ActQuestion(self.tr("Archive a model"), text, self.tr("Archive"), with_reason=True)

    def _question_of_deletion(self, entry: ModelEntry, runs: int) -> ActQuestion:
        text = self.tr(
            "The files of {name} are deleted for good. Export it first if it may be wanted again."
        ).format(name=entry_title(entry))
        warning = ""
        if runs:
            stays = self.tr("Their results stay, but cannot be made again.")
            warning = f"{describe_run_count(runs)} {stays}"
        return ActQuestion(
            self.tr("Delete a model"), text, self.tr("Delete"), warning, with_reason=True
        )

    def _choose_file(self, entry: ModelEntry) -> None:
        picker = QFileDialog(self._parts.parent, self.tr("Export a model"), f"{entry.name}.zip")
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setDefaultSuffix("zip")
        picker.setNameFilter(self.tr("Model packages (*.zip)"))
        picker.fileSelected.connect(lambda file: self.act("export", entry.name, path=file))
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    # What became of it

    def _on_ended(self, action: str, model: str, outcome: Outcome) -> None:
        notifications = self._parts.notifications
        if outcome.kind != "done":
            if outcome.message:
                message, hint = translate_message(outcome.message), translate_message(outcome.hint)
                notifications.show(message, hint, stays=True)
            return
        if action in ("promote", "rollback"):
            # What a person chose before must not hide what serves from now on.
            self._parts.settings.set(MODEL, "")
            self._parts.chooser.choose("")
        self._model_list.load()
        text, run = self._describe_done(action, model, outcome), self._parts.session.run
        serves = {"promote": model, "rollback": outcome.result.get("serving")}.get(action)
        if serves and run is not None and run.model != serves:
            again = (self.tr("Classify the case again"), self._parts.actions["run"].trigger)
            hint = self.tr("The decisions of the open case are still those of the model before.")
            notifications.show(text, hint, stays=True, action=again)
        else:
            notifications.show(text)
        self.done.emit(action)

    def _describe_done(self, action: str, model: str, outcome: Outcome) -> str:
        entry = self._model_list.entry(model)
        name = entry_title(entry) if entry is not None else model
        texts = {
            "promote": self.tr("{name} serves from now on."),
            "rename": self.tr("The model was renamed."),
            "archive": self.tr("{name} is in the archive."),
            "restore": self.tr("{name} can be chosen again."),
            "delete": self.tr("{name} was deleted."),
            "export": self.tr("{name} was exported."),
        }
        if action == "rollback":
            serves = str(outcome.result.get("serving", ""))
            known = self._model_list.entry(serves)
            text = self.tr("{name} serves again.")
            return text.format(name=entry_title(known) if known is not None else serves)
        return texts[action].format(name=name)
