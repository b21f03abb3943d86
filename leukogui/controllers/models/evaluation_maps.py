"""Has the worker draw the heat maps of two models for one cell, and shows them side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from leukogui.backend.worker import Job, QtWorker
from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.pages.evaluation.maps import MapsDialog

if TYPE_CHECKING:
    from trainer.protocol.events import ResultEvent, WarningEvent
    from trainer.protocol.outcome import Outcome

_NOT_PASSED = " do not pass: "


class EvaluationMapController(QObject):
    """Shows where two models look at a cell.

    Args:
        helper: worker for small requests.
        folder: for the drawn maps, in the user's data.
    """

    image_requested = Signal(object)  # Path of the image, to be opened

    def __init__(self, helper: QtWorker, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._helper, self._folder, self._parent = helper, folder, parent
        self.dialog: MapsDialog | None = None
        self._jobs: list[Job] = []

    def show_maps(self, image: Path, models: tuple[str, str], titles: tuple[str, str]) -> None:
        """Draw and show the maps of two models, by their ids, for an image of one cell."""
        for job in self._jobs:
            job.cancel()
        dialog = MapsDialog(image, titles, self._parent)
        dialog.image_requested.connect(self.image_requested)
        self.dialog = dialog
        self._jobs = [self._draw(at, image, model) for at, model in enumerate(models)]
        dialog.show()

    def _draw(self, at: int, image: Path, model: str) -> Job:
        from trainer.protocol.requests import ExplainRequest

        request = ExplainRequest(
            images=(str(image),), out=str(self._folder / model), model=model, content="single"
        )
        job = self._helper.run(request)
        dialog = self.dialog
        job.resulted.connect(lambda event: self._on_result(dialog, at, event))
        job.warned.connect(lambda event: self._on_warning(dialog, model, event))
        job.ended.connect(lambda outcome: self._on_ended(dialog, at, outcome))
        return job

    def _on_result(self, dialog: MapsDialog | None, at: int, event: ResultEvent) -> None:
        found = event.data
        if dialog is None or "file" not in found:
            return
        share = format_number(100 * float(str(found["probability"])), ".0f")
        caption = self.tr("{name}, {share} %").format(
            name=class_title(str(found["class"])), share=share
        )
        dialog.show_map(at, Path(str(found["file"])), caption)

    def _on_warning(self, dialog: MapsDialog | None, model: str, event: WarningEvent) -> None:
        if dialog is None:
            return
        text = translate_message(event.message)
        if _NOT_PASSED in event.message:  # the gates in full are on the card
            text = self.tr("The heat maps of {model} do not pass their checks: see its card.")
        dialog.add_note(text.format(model=model) if "{model}" in text else text)

    def _on_ended(self, dialog: MapsDialog | None, at: int, outcome: Outcome) -> None:
        if dialog is not None and outcome.message:
            dialog.show_failure(at, translate_message(outcome.text))
