"""The window of the audit trail: read from the store, checked and exported by a worker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from leukogui.backend.worker import QtWorker
from leukogui.controllers.sign_off import SignOffController
from leukogui.language.worker_messages import translate_message
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.pages.audit_trail.window import AuditTrailWindow
    from trainer.cases.store import CaseStore
    from trainer.cases.tables.acts import Act
    from trainer.domain import CellId
    from trainer.protocol.outcome import Outcome


class AuditTrailController(QObject):
    """Shows the audit trail of the open case in a window of its own.

    Args:
        sign_off: knows when the case was signed or reopened.
        helper: worker for small requests.
    """

    _read = Signal(object, object, object)  # root, CellId or None, list of Act

    def __init__(self, parts: WindowParts, sign_off: SignOffController, helper: QtWorker) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._helper = parts, parts.session, helper
        self.window: AuditTrailWindow | None = None
        self._picker: QFileDialog | None = None
        parts.review.gallery.current_changed.connect(self._on_cell)
        parts.session.opened.connect(self._close)
        parts.session.cells_reread.connect(self.reread)
        sign_off.changed.connect(self.reread)
        self._read.connect(self._show)

    def show_window(self) -> None:
        """Show what was done with the open case."""
        from leukogui.pages.audit_trail.window import AuditTrailWindow

        if self._session.root is None:
            return
        if self.window is None:
            window = AuditTrailWindow(self._parts.parent)
            window.scope_changed.connect(self.reread)
            window.check_requested.connect(self.check)
            window.export_requested.connect(self.choose_file)
            self.window = window
        self.window.show()
        self.window.activateWindow()
        self.reread()
        self.window.search.setFocus()

    def reread(self) -> None:
        """Read the acts again, if they are shown."""
        root = self._session.root
        if self.window is None or root is None or not self.window.isVisible():
            return
        cell = self._cell()

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import read_acts

            acts = read_acts(store, root, cell) if store is not None else []
            self._read.emit(root, cell, acts)

        self._session.submit_to_store(task)

    def check(self) -> None:
        """Have the worker compare the trail with the tables."""
        from trainer.protocol.case_requests import StoreRequest

        if self.window is not None:
            self.window.show_checking()
            self._helper.run(StoreRequest(action="verify")).ended.connect(self._on_checked)

    def choose_file(self) -> None:
        """Let a person choose where the acts are written to."""
        root = self._session.root
        if root is None:
            return
        name = self.tr("audit trail of {name}.csv").format(name=root.name)
        picker = QFileDialog(self.window, self.tr("Export as CSV"), name)
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setDefaultSuffix("csv")
        picker.fileSelected.connect(lambda file: self.export(Path(file)))
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def export(self, file: Path) -> None:
        """Have the worker write the acts that are shown, unfiltered, to a file."""
        from trainer.protocol.case_requests import CaseRequest

        root, cell = self._session.root, self._cell()
        if root is None:
            return
        image, letters = (cell.image, cell.letters) if cell is not None else ("", "")
        request = CaseRequest(
            folder=str(root), action="trail", out=str(file), image=image, cell=letters
        )

        def on_ended(outcome: Outcome) -> None:
            text = self.tr("The audit trail is in {file}.").format(file=file)
            done = outcome.kind == "done"
            self._parts.notifications.show(text if done else outcome.message, outcome.hint)

        self._helper.run(request).ended.connect(on_ended)

    def _cell(self) -> CellId | None:
        """The current cell, if its acts alone are wanted."""
        if self.window is None or not self.window.is_of_cell:
            return None
        return self._parts.review.gallery.current_cell()

    def _on_cell(self) -> None:
        if self.window is not None and self.window.is_of_cell:
            self.reread()

    def _show(self, root: Path, cell: CellId | None, acts: list[Act]) -> None:
        if self.window is not None and (root, cell) == (self._session.root, self._cell()):
            name = f"{cell.image} {cell.letters}".strip() if cell is not None else root.name
            model = self._session.model
            self.window.show_acts(acts, name, model.titles if model is not None else {})

    def _on_checked(self, outcome: Outcome) -> None:
        if self.window is None:
            return
        if outcome.kind != "done":
            self.window.show_failure(translate_message(outcome.text))
            return
        result: dict[str, Any] = dict(outcome.result)
        head = result["head"]
        self.window.show_result(result["problems"], head["seq"], head["hash"])

    def _close(self) -> None:
        if self.window is not None:
            self.window.close()
