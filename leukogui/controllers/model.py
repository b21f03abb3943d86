"""The model that runs are made with: chosen, imported, or lacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from leukogui.backend.model_list import ModelList
from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.settings.table import MODEL
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome


class ModelController(QObject):
    """Connects the chooser of models and the action that imports one.

    Args:
        helper: worker for small requests.
    """

    def __init__(self, parts: WindowParts, helper: QtWorker, model_list: ModelList) -> None:
        super().__init__(parts.parent)
        self._parts, self._helper, self._model_list = parts, helper, model_list
        self._models_read = False
        self._dialog: QFileDialog | None = None
        parts.actions.on("import_model", self.choose_model_file)
        parts.chooser.chosen.connect(self._on_model)
        parts.session.opened.connect(self._warn_if_no_model)
        model_list.loaded.connect(self._on_models)
        model_list.failed.connect(parts.notifications.show_error)

    def choose_model_file(self) -> None:
        """Let a person choose a model package to import."""
        dialog = QFileDialog(self._parts.parent, self.tr("Import a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Model packages (*.zip)"))
        dialog.fileSelected.connect(self.import_model)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def import_model(self, path: str) -> None:
        """Have the worker check a package and add it to the models."""
        from trainer.protocol.requests import ModelsRequest

        person = reviewer_name(self._parts.settings)
        job = self._helper.run(ModelsRequest(action="import", model=path, person=person))
        job.ended.connect(self._on_imported)

    def _on_imported(self, outcome: Outcome) -> None:
        notifications = self._parts.notifications
        if outcome.kind == "done":
            self._model_list.load()
            notifications.show(self.tr("The model was imported."))
        elif outcome.message:
            notifications.show(outcome.message, outcome.hint, stays=True)

    def _on_model(self, model: str) -> None:
        self._parts.settings.set(MODEL, model)
        self._parts.chooser.choose(model)

    def _on_models(self) -> None:
        self._models_read = True
        self._leave_missing_model()
        self._warn_if_no_model()

    def _leave_missing_model(self) -> None:
        """Use the serving model where the chosen one was archived or deleted, and say so."""
        chosen, cards = self._parts.settings.value(MODEL), self._model_list.cards
        if not chosen or not cards or any(card.id == chosen for card in cards):
            return
        self._on_model("")
        text = self.tr("The chosen model {name} is not there any more: the serving one is used.")
        self._parts.notifications.show(text.format(name=chosen))

    def _warn_if_no_model(self) -> None:
        """Show what is to be done about cells that nothing can classify."""
        has_case = self._parts.session.root is not None
        if not has_case or not self._models_read or self._model_list.cards:
            return
        self._parts.notifications.show(
            self.tr("There is no model yet to classify the cells."),
            action=(self.tr("Import a model…"), self._parts.actions["import_model"].trigger),
        )
