"""What becomes of an adapted model: it is accepted, thrown away, or taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog

from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.language.worker_messages import translate_message
from leukogui.settings.table import MODEL
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome


@dataclass(frozen=True)
class Candidate:
    """An adapted model that nobody has accepted yet.

    Attributes:
        root: folder of the case whose cells it learned from.
        began: when it was started, UTC.
        before: title of the model that it was adapted from.
        again: that model had been adapted itself.
        adapted: result of the job `adapt`.
        warnings: of that job, in words.
        changes: result of the job `changes`; None where it is not known what changes.
        problem: why it is not known.
    """

    root: Path
    began: datetime
    before: str
    again: bool
    adapted: dict[str, Any]
    warnings: tuple[str, ...] = ()
    changes: dict[str, Any] | None = None
    problem: str = ""

    @property
    def id(self) -> str:
        """Of the new model."""
        return str(self.adapted["model"])

    @property
    def is_worse(self) -> bool:
        """Whether it was judged worse than the model that it began at, or than the one before."""
        further = self.adapted["judged"].get("further", {})
        return "worse" in (self.adapted["judgement"], further.get("judgement"))

    @property
    def folder(self) -> Path:
        """Where its package lies until it is accepted."""
        return Path(self.adapted["folder"])


class CandidateController(QObject):
    """Registers a candidate and lets it serve, or deletes it; and lets the one before serve again.

    Args:
        helper: worker for small requests.
        reload: reads the list of models again.
    """

    accepted = Signal(object)  # Candidate: it serves now
    undone = Signal(str)  # what the worker said of it
    failed = Signal(str, str)  # message and hint: nothing has changed

    def __init__(self, parts: WindowParts, helper: QtWorker, reload: Callable[[], None]) -> None:
        super().__init__(parts.parent)
        self._parts, self._helper, self._reload = parts, helper, reload
        self._model_before = ""
        self.question: QInputDialog | None = None

    def accept(self, candidate: Candidate) -> None:
        """Register a candidate, then let it serve; one that is worse needs a reason."""
        if candidate.is_worse:
            why = self.tr("{model} is worse than the model before. Why should it serve?")
            self._ask(candidate, why.format(model=candidate.id), self._register)
        else:
            self._register(candidate, "")

    def discard(self, candidate: Candidate) -> None:
        """Delete a candidate; it was never among the models."""
        shutil.rmtree(candidate.folder, ignore_errors=True)

    def undo(self) -> None:
        """Let the model serve again that served before."""
        self._run(self._on_undone, action="rollback")

    def _register(self, candidate: Candidate, reason: str) -> None:
        def on_imported(outcome: Outcome) -> None:
            if outcome.kind != "done":
                self.failed.emit(outcome.message, outcome.hint)
                return
            self.discard(candidate)
            self._promote(candidate, reason)

        self._run(on_imported, action="import", model=str(candidate.folder))

    def _promote(self, candidate: Candidate, reason: str) -> None:
        def on_promoted(outcome: Outcome) -> None:
            if outcome.kind == "done":
                self._on_promoted(candidate)
            elif outcome.kind == "failed" and not reason:
                # Something speaks against it, which the message says.
                self._ask(candidate, translate_message(outcome.message), self._promote)
            else:
                self.failed.emit(outcome.message, outcome.hint)

        self._run(on_promoted, action="promote", model=candidate.id, reason=reason)

    def _on_promoted(self, candidate: Candidate) -> None:
        self._model_before = self._parts.settings.value(MODEL)
        self._parts.chooser.chosen.emit("")  # whatever serves
        self._reload()
        self.accepted.emit(candidate)

    def _on_undone(self, outcome: Outcome) -> None:
        if outcome.kind != "done":
            self.failed.emit(outcome.message, outcome.hint)
            return
        self._parts.chooser.chosen.emit(self._model_before)
        self._reload()
        self.undone.emit(translate_message(str(outcome.result["text"])))

    def _ask(self, candidate: Candidate, why: str, go_on: Callable[[Candidate, str], None]) -> None:
        """Let a person give the reason, which the trail of the models keeps."""
        question = QInputDialog(self._parts.parent)
        question.setWindowTitle(self.tr("Reason"))
        question.setLabelText(why)

        def on_text(text: str) -> None:
            if text.strip():
                go_on(candidate, text.strip())
            else:
                self._give_up()

        question.textValueSelected.connect(on_text)
        question.rejected.connect(self._give_up)
        question.finished.connect(question.deleteLater)
        self.question = question
        question.open()

    def _give_up(self) -> None:
        self.failed.emit(self.tr("The model before still serves."), "")

    def _run(self, on_ended: Callable[[Outcome], None], **values: str) -> None:
        from trainer.protocol.requests import ModelsRequest

        person = reviewer_name(self._parts.settings)
        request = ModelsRequest.model_validate({**values, "person": person})
        self._helper.run(request).ended.connect(on_ended)
