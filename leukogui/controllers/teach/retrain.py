"""The retrain wizard and the work behind it: table of cells, audit, forecast, start."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from leukogui.backend.model_list import ModelList
from leukogui.backend.trainings import Trainings
from leukogui.backend.worker import Job, QtWorker
from leukogui.language.number_format import format_number
from leukogui.threads.errors import report_error
from leukogui.threads.repeated_task import RepeatedTask
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.backend.audit_result import AuditResult
    from leukogui.pages.teach.audit_page import AuditPage
    from leukogui.pages.teach.choice import RetrainChoice
    from leukogui.pages.teach.forecast_page import ForecastPage
    from leukogui.pages.teach.wizard import RetrainWizard
    from trainer.cases.store import CaseStore
    from trainer.cases.tables.case_list import CaseListRow
    from trainer.protocol.events import WarningEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.validation import Request

AUDIT = "audit"
"""Folder in that of a training."""


class RetrainController(QObject):
    """Runs the wizard; one at a time.

    Args:
        trainings: gets the training that comes of it.
        worker: for audit and forecast, a process for each.
        model_list: knows the serving model.
    """

    _listed = Signal(object)  # list of CaseListRow
    _audited = Signal(object, object)  # the wizard that wanted it, AuditResult or None

    def __init__(
        self, parts: WindowParts, trainings: Trainings, worker: QtWorker, model_list: ModelList
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._trainings = parts, trainings
        self._worker, self._model_list = worker, model_list
        self.wizard: RetrainWizard | None = None
        self._job: Job | None = None
        self._warnings: list[str] = []
        self._audit_files: tuple[Path, Path, Path | None] | None = None
        self._audit_reader = RepeatedTask("audit", self._read_audit)
        self._listed.connect(self._show_cases)
        self._audited.connect(self._show_audit)

    def open(self) -> None:
        """Show the wizard; the one that is open already, if there is one."""
        if self.wizard is not None:
            self.wizard.raise_()
            self.wizard.activateWindow()
            return
        from leukogui.pages.teach.choice import RetrainChoice
        from leukogui.pages.teach.wizard import RetrainWizard
        from trainer.protocol.background import new_folder
        from trainer.protocol.training_requests import BACKBONE_NAMES

        serving = self._model_list.card("")
        choice = RetrainChoice(new_folder(self._trainings.root), serving)
        wizard = RetrainWizard(choice, BACKBONE_NAMES, self._parts.parent)
        wizard.forecast.taken = frozenset(card.id for card in self._model_list.cards)
        wizard.audit.requested.connect(self._start_audit)
        wizard.audit.left.connect(self._stop_job)
        wizard.forecast.requested.connect(self._start_forecast)
        wizard.forecast.left.connect(self._stop_job)
        wizard.forecast.command_requested.connect(self._copy_command)
        wizard.accepted.connect(self._start_training)
        wizard.rejected.connect(self._discard)
        self.wizard = wizard
        self._list_cases()
        wizard.show()

    def close(self) -> None:
        """Discard what was begun, and wait for the thread."""
        if self.wizard is not None:
            self.wizard.reject()
        self._audit_reader.close()

    # Cells

    def _list_cases(self) -> None:
        def task(store: CaseStore | None) -> None:
            self._listed.emit(store.case_list.rows() if store is not None else [])

        self._parts.session.submit_to_store(task)

    def _show_cases(self, rows: list[CaseListRow]) -> None:
        if self.wizard is not None:
            found = [(each.case.root, each.case.name, each.reviewed) for each in rows]
            reviewed = [each for each in found if each[2]]
            self.wizard.cells.show_cases(reviewed, self._parts.session.root)

    # Audit

    def _start_audit(self) -> None:
        from trainer.protocol.training_requests import ReviewedCellsRequest

        choice = self._choice
        if choice.path is not None:
            self._audit()
            return
        folders = tuple(map(str, choice.cases))
        request = ReviewedCellsRequest(folders=folders, out=str(choice.data))
        self._run(request, self._open_wizard.audit, self._audit_listed)

    def _audit_listed(self, listed: Mapping[str, Any]) -> None:
        """Audit the cells of cases; how many are kept for judging is shown first."""
        if listed["locked"]:
            text = self.tr("Kept for judging models: {n} reviewed cells of locked patients.")
            self._parts.notifications.show(text.format(n=format_number(listed["locked"])))
        self._audit()

    def _audit(self) -> None:
        from trainer.protocol.training_requests import AuditRequest

        out = self._choice.folder / AUDIT
        request = AuditRequest(data=str(self._choice.data), out=str(out))
        self._run(request, self._open_wizard.audit, self._look_for_label_errors)

    def _look_for_label_errors(self, audited: Mapping[str, Any]) -> None:
        """By the serving model; without one, or with too few cells, the audit stands alone."""
        from trainer.protocol.training_requests import DoubtsRequest

        audit, report = Path(audited["audit"]), Path(audited["report"])

        def show(doubts: Mapping[str, Any] | None) -> None:
            table = Path(doubts["file"]) if doubts is not None else None
            self._audit_files = audit, report, table
            self._audit_reader.start()

        serving = self._choice.serving
        if serving is None:
            show(None)
            return
        out = str(self._choice.folder / AUDIT)
        request = DoubtsRequest(data=str(self._choice.data), out=out, model=serving.id)
        self._run(request, self._open_wizard.audit, show, fail=lambda _: show(None))

    def _read_audit(self) -> None:
        from leukogui.backend.audit_result import read_audit

        wizard, files = self.wizard, self._audit_files
        if wizard is None or files is None:
            return
        found = None
        try:
            found = read_audit(wizard.choice.data, *files)
        except OSError:
            pass  # shown as a failure
        except Exception:  # noqa: BLE001 - reported
            report_error()
        self._audited.emit(wizard, found)

    def _show_audit(self, wizard: RetrainWizard, found: AuditResult | None) -> None:
        if wizard is not self.wizard:
            return
        if found is None:
            wizard.audit.show_failure(self.tr("What the audit wrote cannot be read."))
            return
        wizard.audit.show_result(found)
        wizard.start.show_classes(found.classes)

    # Forecast and start

    def _start_forecast(self) -> None:
        wizard, choice = self._open_wizard, self._choice
        if choice.start == "adapt":
            counts = wizard.audit.result.classes if wizard.audit.result is not None else {}
            wizard.forecast.show_adaptation(counts)
            return
        self._run(
            choice.forecast_request(),
            wizard.forecast,
            lambda found: wizard.forecast.show_forecast(found, self._warnings),
        )

    def _copy_command(self) -> None:
        from leukogui.backend.training_command import training_command_line

        QGuiApplication.clipboard().setText(training_command_line(self._choice.request()))
        self._parts.notifications.show(self.tr("The command is on the clipboard."))

    def _start_training(self) -> None:
        choice = self._choice
        self._trainings.add(choice.request(), choice.name, choice.folder)
        self._close_wizard()

    def _discard(self) -> None:
        folder = self._choice.folder
        self._stop_job()
        self._close_wizard()
        self._audit_reader.close()
        shutil.rmtree(folder, ignore_errors=True)

    def _close_wizard(self) -> None:
        wizard, self.wizard = self._open_wizard, None
        wizard.deleteLater()

    # Jobs

    def _run(
        self,
        request: Request,
        page: AuditPage | ForecastPage,
        then: Callable[[Mapping[str, Any]], object],
        fail: Callable[[str], object] | None = None,
    ) -> None:
        """Run a request for a page; what comes of it counts unless it was stopped meanwhile."""
        self._stop_job()
        job = self._job = self._worker.run(request)
        self._warnings = []
        job.progressed.connect(lambda progress: self._pass_on(job, page.show_progress, progress))
        job.warned.connect(lambda each: self._warnings.append(_text_of(each)))

        def on_ended(outcome: Outcome) -> None:
            if job is not self._job:
                return
            self._job = None
            if outcome.kind == "done":
                then(outcome.result)
            else:
                (fail or page.show_failure)(outcome.text)

        job.ended.connect(on_ended)

    def _pass_on(self, job: Job, show: Callable[[Any], object], item: object) -> None:
        if job is self._job:
            show(item)

    def _stop_job(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    @property
    def _open_wizard(self) -> RetrainWizard:
        assert self.wizard is not None
        return self.wizard

    @property
    def _choice(self) -> RetrainChoice:
        return self._open_wizard.choice


def _text_of(warning: WarningEvent) -> str:
    return f"{warning.message} {warning.hint}".strip()
