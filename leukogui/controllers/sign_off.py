"""Signs the open case, reopens it, and keeps the window from changing a signed one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.settings.table import COUNT_EDGE_CELLS, REVIEWER, SIGN_REQUIREMENT
from leukogui.window.command_bar import CommandBar
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.case.record_queries import CaseRecord, SignOffQuestion
    from leukogui.pages.sign_off.dialog import ReopenDialog, SignOffDialog
    from trainer.cases.store import CaseStore
    from trainer.domain import CellId
    from trainer.errors import UserError
    from trainer.protocol.outcome import Outcome

WRITING_ACTIONS = (
    *("run", "run_selection", "retry", "resume", "import_cells", "source", "undo", "redo"),
    *("add_folder", "add_cell", "remove_cell", "accept", "unknown", "clear_review"),
)
"""What a signed case does not take; the store refuses it as well."""


READING_ACTIONS = (
    *("run", "run_selection", "retry", "resume", "import_cells", "source", "sign_off", "reopen"),
    *("add_cell", "remove_cell", "add_reference", "audit_trail", "agreement", "export", "summary"),
    *("adapt", "label_next", "sort_disagreement", "sort_suspected", "details"),
)
"""What would show a blind reader the labels of others, or is no labelling."""


class SignOffController(QObject):
    """Connects the actions that sign and reopen, and the badge of a signed case.

    Args:
        bar: it shows the badge.
        helper: worker for small requests.
    """

    changed = Signal()  # `record` is another one
    _read = Signal(object, object)  # root, CaseRecord or None
    _counted = Signal(object, object)  # root, SignOffQuestion

    def __init__(self, parts: WindowParts, bar: CommandBar, helper: QtWorker) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._bar = parts, parts.session, bar
        self._helper = helper
        self.record: CaseRecord | None = None
        self.dialog: SignOffDialog | ReopenDialog | None = None
        parts.actions.on("sign_off", self.request_sign_off)
        parts.actions.on("reopen", self.show_reopen_dialog)
        bar.signed.clicked.connect(self.show_reopen_dialog)
        parts.session.opened.connect(self._on_case)
        parts.session.cells_reread.connect(self.reread)
        parts.session.run_changed.connect(self.reread)
        parts.session.failed.connect(self._on_failed)
        self._read.connect(self._on_read)
        self._counted.connect(self._show_dialog)
        self._show_state()

    def reread(self) -> None:
        """Read again whether the case is signed: another window may have done it."""
        root = self._session.root
        if root is None:
            return

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import read_record

            self._read.emit(root, read_record(store, root) if store is not None else None)

        self._session.submit_to_store(task)

    def request_sign_off(self) -> None:
        """Count what the case rests on, then let a person sign it."""
        root = self._session.root
        if root is None:
            return
        requirement = self._parts.settings.value(SIGN_REQUIREMENT)
        count_edge_cells = self._parts.settings.value(COUNT_EDGE_CELLS)

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import read_question

            if store is not None:
                question = read_question(
                    store, root, requirement, count_edge_cells=count_edge_cells
                )
                self._counted.emit(root, question)

        self._session.submit_to_store(task)

    def show_reopen_dialog(self) -> None:
        """Let a person reopen the case, with a reason."""
        from leukogui.pages.sign_off.dialog import ReopenDialog
        from leukogui.pages.sign_off.text import describe_sign_off

        record = self.record
        if record is None or record.sign_off is None or not record.is_signed:
            return
        dialog = ReopenDialog(self._parts.parent)
        dialog.show_signed(describe_sign_off(record.sign_off), self._person())
        dialog.reopen_requested.connect(lambda name, reason: self._act("reopen", name, reason))
        self._open(dialog)

    def _show_dialog(self, root: Path, question: SignOffQuestion) -> None:
        from leukogui.pages.sign_off.dialog import SignOffDialog

        if root != self._session.root:
            return
        dialog = SignOffDialog(self._parts.parent)
        dialog.show_question(question, self._person())
        dialog.cell_requested.connect(self.show_cell)
        dialog.sign_requested.connect(lambda name, remark: self._act("sign", name, remark))
        self._open(dialog)

    def show_cell(self, cell: CellId) -> None:
        """Show a cell in the gallery, whatever is filtered."""
        review = self._parts.review
        if not review.cells.positions_of({cell}):
            review.clear_filters()
        places = review.cells.positions_of({cell})
        self._parts.pages.show_page(review)
        if places:
            review.gallery.setCurrentIndex(review.cells.index(places[0]))

    def _open(self, dialog: SignOffDialog | ReopenDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def _person(self) -> str:
        return reviewer_name(self._parts.settings)

    def _act(self, action: str, name: str, reason: str) -> None:
        from trainer.protocol.case_requests import CaseRequest

        root, settings = self._session.root, self._parts.settings
        if root is None:
            return
        settings.set(REVIEWER, name)
        request = CaseRequest.model_validate(
            {
                "folder": str(root),
                "action": action,
                "reviewer": name,
                "reason": reason,
                "requirement": settings.value(SIGN_REQUIREMENT),
                "count_edge_cells": settings.value(COUNT_EDGE_CELLS),
            }
        )
        self._parts.actions.enable(sign_off=False, reopen=False)
        self._helper.run(request).ended.connect(self._on_acted)

    def _on_acted(self, outcome: Outcome) -> None:
        if outcome.message:
            self._parts.notifications.show(outcome.message, outcome.hint, stays=True)
        self._show_state()
        self.reread()

    def _on_failed(self, error: UserError) -> None:
        """A write was refused: another window may have signed the case in the meantime."""
        from trainer.cases.database.errors import SignedCaseError

        if isinstance(error, SignedCaseError):
            self.reread()

    def _on_case(self) -> None:
        self.record = None
        self._show_state()

    def _on_read(self, root: Path, record: CaseRecord | None) -> None:
        if root == self._session.root and record != self.record:
            self.record = record
            self._show_state()

    def _show_state(self) -> None:
        record = self.record
        signed = record is not None and record.is_signed
        actions = self._parts.actions
        reading = self._session.reading
        if reading is not None:  # which a signed case takes as well
            actions.forbid(*READING_ACTIONS, *(("accept",) if reading.hides_model else ()))
        else:
            actions.forbid(*(WRITING_ACTIONS if signed else ()))
        actions.enable(sign_off=record is not None and not signed, reopen=signed)
        act = record.sign_off if record is not None and signed else None
        if act is None:
            self._bar.signed.show_signed("", "")
        else:
            from leukogui.pages.sign_off.text import describe_sign_off

            self._bar.signed.show_signed(act.reviewer, describe_sign_off(act))
        self.changed.emit()
