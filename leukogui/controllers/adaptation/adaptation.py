"""Adapts the chosen model by the reviewed cells of the open case, while review goes on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from leukogui.backend.adaptation_request import adapt_command, build_adapt_request
from leukogui.backend.worker import Job, QtWorker
from leukogui.controllers.adaptation.adaptation_offer import AdaptationOffer
from leukogui.controllers.adaptation.candidate import Candidate, CandidateController
from leukogui.controllers.run import RunController
from leukogui.controllers.sign_off import SignOffController
from leukogui.language.worker_messages import capitalized, translate_message
from leukogui.panels.adaptation_line import AdaptationLine
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.parts import WindowParts
from trainer.domain import CellId

if TYPE_CHECKING:
    from leukogui.pages.adaptation.window import AdaptationWindow
    from trainer.protocol.adaptation_requests import AdaptRequest
    from trainer.protocol.events import ProgressEvent, WarningEvent
    from trainer.protocol.outcome import Outcome

_SETTLE_MILLISECONDS = 300


class AdaptationController(QObject):
    """Offers an adaptation after enough reviewed cells, runs it, and shows what would change.

    Args:
        runner: worker for long work.
        candidates: what becomes of the adapted model.
        folder: where its package lies until a person has accepted it.
    """

    def __init__(
        self,
        parts: WindowParts,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        runner: QtWorker,
        candidates: CandidateController,
        sign_off: SignOffController,
        run_controller: RunController,
        folder: Path,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session = parts, parts.session
        self._theme, self._thumbnails = theme, thumbnails
        self._runner, self.candidates = runner, candidates
        self._sign_off, self._run_controller, self._folder = sign_off, run_controller, folder
        self.window: AdaptationWindow | None = None
        self.candidate: Candidate | None = None
        self._job: Job | None = None
        self._request: AdaptRequest | None = None
        self._warnings: list[str] = []
        self.line = AdaptationLine()
        self.offer = AdaptationOffer(parts, self.line)
        parts.review.add_line(self.line)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self.refresh)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        for signal in (
            *(self._session.opened, self._session.changed, self._parts.chooser.shown),
            self._parts.settings.changed,
        ):
            signal.connect(self._settle.start)
        self.offer.locked_found.connect(lambda _: self._settle.start())
        self.line.show_requested.connect(self.show_window)
        self.line.cancel_requested.connect(self.cancel)
        self.candidates.accepted.connect(self._on_accepted)
        self.candidates.undone.connect(self._on_undone)
        self.candidates.failed.connect(self._on_candidate_failed)

    # What is offered

    def refresh(self) -> None:
        """Count the reviewed cells again, and offer an adaptation where they are enough."""
        if self.candidate is not None:
            self.line.setVisible(self.candidate.root == self._session.root)
        if self._job is not None or self.candidate is not None:
            return
        self.offer.refresh()
        if self.window is not None and self.window.is_planning:
            self._show_plan(self.window)

    # The window

    def show_window(self) -> None:
        """Show what would be learned, how far it is, or what came of it."""
        window = self._open_window()
        if self.candidate is not None:
            self._show_candidate(self.candidate)
        elif self._job is None:
            self._show_plan(window)
        window.show()
        window.activateWindow()

    def _open_window(self) -> AdaptationWindow:
        from leukogui.pages.adaptation.window import AdaptationWindow

        if self.window is None:
            window = AdaptationWindow(self._theme, self._thumbnails, self._parts.parent)
            window.start_requested.connect(self.start)
            window.cancel_requested.connect(self.cancel)
            window.accept_requested.connect(self.accept)
            window.discard_requested.connect(self.discard)
            window.undo_requested.connect(self.candidates.undo)
            window.run_requested.connect(self._run_again)
            window.copy_requested.connect(self.copy_command)
            window.filter_requested.connect(self._filter_changed)
            window.cell_chosen.connect(self._show_cell)
            self.window = window
        return self.window

    def _show_plan(self, window: AdaptationWindow) -> None:
        card = self._parts.chooser.card
        if card is None or self._session.root is None:
            window.show_message(
                self.tr("Nothing to adapt"), self.tr("Open a case and choose a model first.")
            )
            return
        window.show_plan(card.title or card.id, self.offer.plan(), self._titles())

    def _titles(self) -> dict[str, str]:
        model = self._session.model
        return dict(model.titles) if model is not None else {}

    # The run

    def start(self) -> None:
        """Adapt the chosen model by all reviewed cells of the open case, in the background."""
        request, root, card = self._build_request(), self._session.root, self._parts.chooser.card
        if request is None or root is None or card is None or self._job is not None:
            return
        shutil.rmtree(self._folder, ignore_errors=True)  # of a program that ended before
        blank = Candidate(
            root, datetime.now(UTC), card.title or card.id, card.adaptation is not None, {}
        )
        self._warnings = []
        self._request = request
        self._job = self._runner.run(request)
        self._job.progressed.connect(self._on_progress)
        self._job.warned.connect(self._on_warned)
        self._job.ended.connect(lambda outcome: self._on_adapted(blank, outcome))
        self._show_running(self.tr("Starting…"), 0, None)

    def cancel(self) -> None:
        """Stop the adaptation; nothing of it stays."""
        if self._job is not None:
            self._job.cancel()

    def copy_command(self) -> None:
        """Put the command line that does the same on the clipboard."""
        tried = self._job is not None or self.candidate is not None
        request = self._request if tried else self._build_request()
        if request is not None:
            QGuiApplication.clipboard().setText(adapt_command(request))
            self._parts.notifications.show(self.tr("The command is on the clipboard."))

    def _build_request(self) -> AdaptRequest | None:
        root, card = self._session.root, self._parts.chooser.card
        if root is None or card is None or self.window is None:
            return None
        plan = self.window.plan
        out = self._folder / "adapted"
        return build_adapt_request(root, card.id, out, plan.new_classes, plan.left_out)

    def _on_progress(self, progress: ProgressEvent) -> None:
        self._show_running(capitalized(progress.stage), progress.done, progress.total)

    def _on_warned(self, warning: WarningEvent) -> None:
        self._warnings.append(translate_message(warning.message))

    def _show_running(self, stage: str, done: int, total: int | None) -> None:
        self.line.show_running(self.tr("Adapting: {stage}").format(stage=stage))
        if self.window is not None:
            self.window.show_running(stage, done, total)

    def _on_adapted(self, blank: Candidate, outcome: Outcome) -> None:
        from trainer.protocol.adaptation_requests import ChangesRequest

        if outcome.kind != "done":
            self._job = None
            self._on_failed(outcome)
            return
        candidate = replace(blank, adapted=dict(outcome.result), warnings=tuple(self._warnings))
        request = ChangesRequest(folder=str(blank.root), model=str(candidate.folder))
        self._job = self._runner.run(request)
        self._job.ended.connect(lambda ended: self._on_compared(candidate, ended))
        self._show_running(self.tr("Comparing the cells"), 0, None)

    def _on_compared(self, candidate: Candidate, outcome: Outcome) -> None:
        self._job = None
        if outcome.kind == "cancelled":
            self.candidates.discard(candidate)
            self._on_failed(outcome)
            return
        if outcome.kind == "done":
            candidate = replace(candidate, changes=dict(outcome.result))
        else:
            candidate = replace(candidate, problem=translate_message(outcome.text))
        self.candidate = candidate
        self._show_candidate(candidate)
        if self.window is None or not self.window.isVisible():
            look = (self.tr("Look at it"), self.show_window)
            self._parts.notifications.show(self.line.text.text(), action=look)

    def _on_failed(self, outcome: Outcome) -> None:
        self.line.hide()
        stopped = outcome.kind in ("cancelled", "terminated")
        title = self.tr("The adaptation was stopped.") if stopped else self.tr("It did not work")
        if self.window is not None:
            self.window.show_message(title, translate_message(outcome.text))
        if not stopped and (self.window is None or not self.window.isVisible()):
            self._parts.notifications.show(outcome.message, outcome.hint, stays=True)
        self.refresh()

    # What came of it

    def _show_candidate(self, candidate: Candidate) -> None:
        from leukogui.pages.adaptation.changes import build_changed_cells
        from leukogui.pages.adaptation.text import describe_changed, describe_class_judgement

        verdict = describe_class_judgement(candidate.adapted["judgement"])
        words = [self.tr("The adapted model: {verdict}").format(verdict=verdict)]
        if candidate.changes is not None:
            words.append(describe_changed(candidate.changes))
        self.line.show_ended("; ".join(words))
        self.line.setVisible(candidate.root == self._session.root)
        window, titles = self._open_window(), self._titles()
        window.outcome.show_outcome(candidate.adapted, titles, self._notes_on(candidate))
        if candidate.root != self._session.root:
            text = self.tr("Open {folder} to see which cells would change.")
            window.outcome.show_no_changes(text.format(folder=candidate.root))
        elif candidate.changes is None:
            window.outcome.show_no_changes(candidate.problem)
        else:
            model = self._session.model
            box_of = model.box if model is not None else lambda _: None
            every = candidate.changes["changes"]
            cells = build_changed_cells(every, candidate.root, box_of, titles)
            window.outcome.show_changes(candidate.changes, cells)
        window.show_outcome(candidate.id)

    def _notes_on(self, candidate: Candidate) -> list[str]:
        from leukogui.pages.adaptation.text import describe_further

        further = [describe_further(candidate.adapted["judged"], candidate.before)]
        return [*(further if candidate.again else ()), *candidate.warnings]

    def _show_cell(self, cell: CellId) -> None:
        if self.candidate is not None and self.candidate.root == self._session.root:
            self._sign_off.show_cell(cell)

    def _filter_changed(self) -> None:
        """Show the changed cells alone in the gallery."""
        if self.window is None or self.candidate is None:
            return
        if self.candidate.root == self._session.root:
            cells = frozenset(each.cell for each in self.window.outcome.gallery.cells.rows)
            self._parts.review.show_cells(cells)
            self._parts.pages.show_page(self._parts.review)

    def accept(self) -> None:
        """Register the adapted model, and let it serve."""
        if self.candidate is not None and self.window is not None:
            self.window.show_accepting()
            self.candidates.accept(self.candidate)

    def discard(self) -> None:
        """Throw the adapted model away; its cells are not offered again by themselves."""
        candidate, self.candidate = self.candidate, None
        if candidate is None:
            return
        self.candidates.discard(candidate)
        self.offer.remember(candidate.root, candidate.began)
        if self.window is not None:
            self.window.close()
        self.refresh()

    def _on_accepted(self, candidate: Candidate) -> None:
        self.candidate = None
        self.offer.remember(candidate.root, candidate.began)
        if self.window is not None:
            self.window.show_accepted(candidate.id, candidate.before)
            can_run = candidate.root == self._session.root
            self.window.button("run").setEnabled(can_run and self._can_run())
        self.refresh()

    def _can_run(self) -> bool:
        return not self._parts.actions.is_forbidden("run")

    def _run_again(self) -> None:
        if self.window is not None:
            self.window.close()
        self._run_controller.run()

    def _on_undone(self, text: str) -> None:
        if self.window is not None:
            self.window.show_message(self.tr("Taken back"), text)

    def _on_candidate_failed(self, message: str, hint: str) -> None:
        self._parts.notifications.show(message, hint, stays=bool(hint))
        if self.candidate is not None:
            self._show_candidate(self.candidate)
