"""The page of all cases: opened, found again after their folder moved, and described."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.controllers.case import CaseController
from leukogui.controllers.sign_off import SignOffController
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.pages.cases.page import CasesPage
    from leukogui.pages.sign_off.details_dialog import DetailsDialog
    from trainer.cases.records import Case
    from trainer.cases.store import CaseStore
    from trainer.cases.tables.case_list import CaseListRow
    from trainer.protocol.outcome import Outcome

OF_CASE = ("details", "audit_trail", "agreement")
"""Actions that need an open case, whose windows are loaded when they are first shown."""


class CaseListController(QObject):
    """Connects the page of cases, and the dialog of the open one's details.

    Args:
        build_page: called when the page is first wanted.
        case_controller: opens folders.
        sign_off: knows the open case's state.
        helper: worker for small requests.
    """

    _listed = Signal(object)  # list of ShownCase
    _described = Signal(object, object)  # root, list of ShownCase
    _moved = Signal(object, object)  # root, Case

    def __init__(
        self,
        parts: WindowParts,
        build_page: Callable[[], CasesPage],
        case_controller: CaseController,
        sign_off: SignOffController,
        helper: QtWorker,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session = parts, parts.session
        self._build_page, self._case_controller = build_page, case_controller
        self._sign_off, self._helper = sign_off, helper
        self.dialog: DetailsDialog | None = None
        self._picker: QFileDialog | None = None
        parts.actions.on("cases", self.show_page)
        parts.actions.on("details", self.request_details)
        parts.session.opened.connect(self._on_case)
        sign_off.changed.connect(self.reread)
        self._listed.connect(self._show_cases)
        self._described.connect(self._show_details)
        self._moved.connect(self._on_moved)
        self._on_case()

    @cached_property
    def page(self) -> CasesPage:
        """The page; built when it is first wanted, so that the window is up sooner."""
        page = self._build_page()
        self._parts.pages.add_page("cases", page)
        page.open_requested.connect(lambda row: self._case_controller.open_folder(row.case.root))
        page.locate_requested.connect(self.choose_folder_of)
        page.folder_requested.connect(self._case_controller.choose_folder)
        return page

    @property
    def is_shown(self) -> bool:
        """Whether the page is in front."""
        return "page" in self.__dict__ and self._parts.pages.currentWidget() is self.page

    def show_page(self) -> None:
        """Bring the page to the front; it needs no open case."""
        self._parts.pages.show_page(self.page)
        self.reread()

    def reread(self) -> None:
        """Read the list again, if it is shown."""
        if not self.is_shown:
            return

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import read_cases

            self._listed.emit(read_cases(store) if store is not None else [])

        self._session.submit_to_store(task)

    def _show_cases(self, cases: list[tuple[CaseListRow, bool]]) -> None:
        self.page.show_cases(cases)

    def choose_folder_of(self, row: CaseListRow) -> None:
        """Let a person say where the folder of a case is now."""
        title = self.tr("Where is the folder of {name} now?").format(name=row.case.name)
        picker = QFileDialog(self._parts.parent, title, str(_nearest_parent(row.case.root)))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.fileSelected.connect(lambda folder: self.locate(row.case, Path(folder)))
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def locate(self, case: Case, folder: Path) -> None:
        """Have a case lie in a folder, if its images are there; then open it."""
        from trainer.protocol.case_requests import CaseRequest

        request = CaseRequest(folder=str(case.root), action="move", to=str(folder))

        def on_ended(outcome: Outcome) -> None:
            if outcome.kind == "done":
                text = self.tr("{name} lies in {folder} now.")
                shown = text.format(name=case.name, folder=folder)
                self._parts.notifications.show(shown)
                self._case_controller.open_folder(folder)
            elif outcome.message:
                self._parts.notifications.show(outcome.message, outcome.hint, stays=True)

        self._helper.run(request).ended.connect(on_ended)

    def request_details(self) -> None:
        """Read the details of the open case and those of the others, then show the dialog."""
        root = self._session.root
        if root is None:
            return

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import read_cases

            self._described.emit(root, read_cases(store) if store is not None else [])

        self._session.submit_to_store(task)

    def _show_details(self, root: Path, cases: list[tuple[CaseListRow, bool]]) -> None:
        from leukogui.pages.sign_off.details_dialog import DetailsDialog
        from trainer.cases.tables.details import CaseDetails

        if root != self._session.root:
            return
        record = self._sign_off.record
        own = record.row if record is not None else None
        others = [
            (row.case.id, f"{row.case.name} {row.details.sample}".strip())
            for row, _ in cases
            if own is None or row.case.id != own.case.id
        ]
        dialog = DetailsDialog(self._parts.parent)
        is_signed = record is not None and record.is_signed
        details = own.details if own else CaseDetails()
        dialog.show_details(details, others, root, is_signed=is_signed)
        dialog.save_requested.connect(partial(self._save_details, root))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def _save_details(self, root: Path, values: dict[str, Any], moved: dict[str, Path]) -> None:
        from trainer.protocol.case_requests import CaseRequest

        who = {"reviewer": reviewer_name(self._parts.settings)}
        given = {"folder": str(root), "action": "details", **who, **values}
        request = CaseRequest.model_validate(given)
        self._helper.run(request).ended.connect(partial(self._on_saved, root, moved))

    def _on_saved(self, root: Path, moved: dict[str, Path], outcome: Outcome) -> None:
        """Have the folders lie in their places, one after the other; then show what is so now."""
        from trainer.protocol.case_requests import CaseRequest

        if outcome.message:
            self._parts.notifications.show(outcome.message, outcome.hint, stays=True)
        if moved and outcome.kind == "done":
            (name, place), *left = moved.items()
            request = CaseRequest(
                folder=str(root),
                action="move",
                further=name,
                to=str(place),
                reviewer=reviewer_name(self._parts.settings),
            )
            self._helper.run(request).ended.connect(partial(self._on_saved, root, dict(left)))
            return
        self._sign_off.reread()
        self._session.reread_folders()

    def _on_case(self) -> None:
        root = self._session.root
        self._parts.actions.enable(**dict.fromkeys(OF_CASE, root is not None))
        if root is None:
            return

        def task(store: CaseStore | None) -> None:
            from leukogui.case.record_queries import find_moved

            if store is not None and (case := find_moved(store, root)) is not None:
                self._moved.emit(root, case)

        self._session.submit_to_store(task)

    def _on_moved(self, root: Path, case: Case) -> None:
        """The open folder is that of a known case, which lay elsewhere."""
        from trainer.protocol.case_requests import CaseRequest

        def on_ended(outcome: Outcome) -> None:
            if outcome.kind == "done" and root == self._session.root:
                text = self.tr("This is the case {name}, which lay in {folder} before.")
                shown = text.format(name=case.name, folder=case.root)
                self._parts.notifications.show(shown)
                self._session.reread()

        if root == self._session.root:
            request = CaseRequest(folder=str(case.root), action="move", to=str(root))
            self._helper.run(request).ended.connect(on_ended)


def _nearest_parent(folder: Path) -> Path:
    """The nearest folder above that is still there."""
    return next((each for each in folder.parents if each.is_dir()), Path.home())
