"""Measures models on labelled cells one after another, then judges them, in the background."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from leukogui.backend.command_line import evaluate_arguments, format_command, judge_arguments
from leukogui.backend.evaluation_files import read_evaluated_model, read_judgement
from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import run_options_of
from leukogui.backend.worker import Job, QtWorker
from leukogui.controllers.models.evaluation_maps import EvaluationMapController
from leukogui.language.worker_messages import translate_message
from leukogui.pages.evaluation.table import ShownResult
from leukogui.pages.evaluation.window import EvaluationWindow
from leukogui.pages.models.text import entry_title
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.parts import WindowParts
from trainer.atomic_files import write_text
from trainer.errors import UserError

if TYPE_CHECKING:
    from leukogui.backend.evaluation_files import EvaluatedCell, ReadJudgement
    from trainer.cases.store import CaseStore
    from trainer.domain import CellId
    from trainer.protocol.events import ProgressEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.training_requests import (
        EvaluateRequest,
        JudgeRequest,
        ReviewedCellsRequest,
    )
    from trainer.protocol.validation import Request

REVIEWED_CELLS = "reviewed.csv"


class EvaluationController(QObject):
    """Connects the window of evaluations; requests go to the worker one after another.

    Args:
        workers: one that gives each request a process of its own, one for small requests.
        folder: for what is measured, in the user's data.
    """

    _cases_read = Signal(object)  # roots of the cases that have reviewed cells
    promotion_requested = Signal(str)  # id of a judged model that is to serve

    def __init__(
        self,
        parts: WindowParts,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        workers: tuple[QtWorker, QtWorker],
        model_list: ModelList,
        folder: Path,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._runner, self._model_list = parts, workers[0], model_list
        self._root, self._out = folder, folder
        self._waiting: list[Request] = []
        self._count = 0
        self._job: Job | None = None
        self._results: list[ShownResult] = []
        self._judgements: list[tuple[str, str, ReadJudgement]] = []
        self._picker: QFileDialog | None = None
        self.window = EvaluationWindow(theme, thumbnails, parts.parent)
        self.maps = EvaluationMapController(workers[1], folder.parent / "maps", self.window)
        self._connect()

    def show_window(self, model: str) -> None:
        """Show the window; a model is chosen beside the serving one."""
        shown = [
            (entry.name, entry_title(entry), entry.serving)
            for entry in self._model_list.entries
            if entry.card is not None and not entry.archived
        ]
        if self._job is None:
            self.window.setup.show_models(shown, [model])
        self.window.setup.show_case(self._parts.session.root)
        self.window.setup.show_earlier(self._earlier())
        self._parts.session.submit_to_store(self._read_cases)
        self.window.show()
        self.window.activateWindow()

    def _read_cases(self, store: CaseStore | None) -> None:
        """Find the cases with reviewed cells; on the thread of the store."""
        from leukogui.case.record_queries import read_cases

        rows = read_cases(store) if store is not None else []
        self._cases_read.emit([row.case.root for row, gone in rows if row.reviewed and not gone])

    def _earlier(self) -> list[Path]:
        """Folders of what was measured before, the newest first."""
        if not self._root.is_dir():
            return []
        return sorted((each for each in self._root.iterdir() if each.is_dir()), reverse=True)

    def show_earlier(self, folder: Path) -> None:
        """Show again what was measured before."""
        found = sorted(folder.iterdir())
        try:
            models = [read_evaluated_model(f) for f in found if (f / "metrics.json").is_file()]
            judged = [read_judgement(f) for f in found if (f / "judgement.json").is_file()]
        except (OSError, ValueError, KeyError):
            self.window.show_status(self.tr("What was measured then can no longer be read."))
            return
        self._results = [ShownResult(self._title(each.model), each) for each in models]
        self._judgements = [self._named(each) for each in judged]
        self.window.show_results(self._results)
        self.window.show_judgements(self._judgements)
        self.window.show_status(folder.name)

    def start(self) -> None:
        """Measure the chosen models, then judge the others against the serving one."""
        self._out = self._root / datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
        self._waiting = self._requests()
        self._count = len(self._waiting)
        self._results, self._judgements = [], []
        self.window.show_results(())
        self.window.show_judgements(())
        self.window.show_running(running=True)
        self._go_on()

    def stop(self) -> None:
        """Stop what goes on; what was measured stays."""
        self._waiting = []
        if self._job is not None:
            self._job.cancel()

    def copy(self) -> None:
        """Put the command lines that do the same into the clipboard."""
        words = [format_command(_arguments(each)) for each in self._requests()]
        QGuiApplication.clipboard().setText("\n".join(words))
        self.window.show_status(self.tr("The commands are in the clipboard."))

    def _requests(self) -> list[Request]:
        setup, models = self.window.setup, self.window.setup.chosen_models
        requests: list[Request] = []
        data = setup.data
        if setup.cases:
            requests.append(self._cells_request(setup.cases))
            data = str(self._out / REVIEWED_CELLS)
        requests += [self._evaluate_request(model, data) for model in models]
        serving = self._model_list.serving
        if serving in models:
            requests += [self._judge_request(each, serving) for each in models if each != serving]
        return requests

    def _cells_request(self, cases: Sequence[Path]) -> ReviewedCellsRequest:
        from trainer.protocol.training_requests import ReviewedCellsRequest

        folders = tuple(map(str, cases))
        cells: Literal["locked", "all"] = "locked" if self.window.setup.is_locked else "all"
        return ReviewedCellsRequest(
            folders=folders, out=str(self._out / REVIEWED_CELLS), cells=cells
        )

    def _evaluate_request(self, model: str, data: str) -> EvaluateRequest:
        from trainer.protocol.training_requests import EvaluateRequest

        return EvaluateRequest(
            data=data,
            model=model,
            out=str(self._out / model),
            thorough=self.window.setup.thorough.isChecked(),
            device=run_options_of(self._parts.settings).device,
        )

    def _judge_request(self, candidate: str, against: str) -> JudgeRequest:
        from trainer.protocol.training_requests import JudgeRequest

        return JudgeRequest(
            candidate=str(self._out / candidate),
            against=str(self._out / against),
            out=str(self._out / f"{candidate} against {against}"),
        )

    # One after another

    def _go_on(self) -> None:
        if not self._waiting:
            one = self.tr("Done: 1 model was measured.")
            several = self.tr("Done: {n} models were measured.")
            self._finish(one if len(self._results) == 1 else several)
            return
        request = self._waiting.pop(0)
        self._job = self._runner.run(request)
        self._job.progressed.connect(self._on_progress)
        self._job.ended.connect(lambda outcome: self._on_ended(request, outcome))
        self._show_stage("")

    def _show_stage(self, stage: str) -> None:
        at = self._count - len(self._waiting)
        text = self.tr("Step {n} of {m}: {stage}").format(n=at, m=self._count, stage=stage)
        self.window.show_status(text.rstrip(": "))

    def _on_progress(self, progress: ProgressEvent) -> None:
        self._show_stage(translate_message(progress.stage))
        self.window.show_progress(progress.done, progress.total)

    def _on_ended(self, request: Request, outcome: Outcome) -> None:
        self._job = None
        if outcome.kind != "done":
            self._waiting = []
            stopped = outcome.kind in ("cancelled", "terminated")
            words = self.tr("Stopped.") if stopped else translate_message(outcome.text)
            self._finish(words)
            return
        self._read(request)
        self._go_on()

    def _read(self, request: Request) -> None:
        if request.job == "evaluate":
            model = read_evaluated_model(Path(request.out))
            self._results.append(ShownResult(self._title(model.model), model))
            self.window.show_results(self._results)
        elif request.job == "judge":
            self._judgements.append(self._named(read_judgement(Path(request.out))))
            self.window.show_judgements(self._judgements)

    def _finish(self, text: str) -> None:
        self.window.show_running(running=False)
        self.window.setup.show_earlier(self._earlier())
        self.window.show_status(text.format(n=len(self._results)))
        if self._judgements:
            self._model_list.load()  # the trail has them now
        if not self.window.isVisible():
            look = (self.tr("Look at it"), self.window.show)
            self._parts.notifications.show(self.tr("Models were measured."), action=look)

    def _named(self, judged: ReadJudgement) -> tuple[str, str, ReadJudgement]:
        record = judged.record
        return self._title(record["candidate"]["id"]), self._title(record["against"]["id"]), judged

    def _title(self, model: str) -> str:
        entry = self._model_list.entry(model)
        return entry_title(entry) if entry is not None else model

    # What a person does

    def _connect(self) -> None:
        window, setup = self.window, self.window.setup
        window.start_requested.connect(self.start)
        window.stop_requested.connect(self.stop)
        window.copy_requested.connect(self.copy)
        window.export_requested.connect(self._choose_export)
        window.report_requested.connect(lambda shown: _open(shown.model.report))
        window.cell_requested.connect(self._open_cell)
        window.maps_requested.connect(self._show_maps)
        self.maps.image_requested.connect(_open)
        window.promotion_requested.connect(self.promotion_requested)
        setup.earlier_requested.connect(self.show_earlier)
        self._cases_read.connect(setup.show_cases)
        setup.folder_requested.connect(lambda: self._choose_data(is_folder=True))
        setup.table_requested.connect(lambda: self._choose_data(is_folder=False))

    def _choose_data(self, *, is_folder: bool) -> None:
        picker = QFileDialog(self.window, self.tr("Labelled cells"))
        mode = QFileDialog.FileMode
        picker.setFileMode(mode.Directory if is_folder else mode.ExistingFile)
        if not is_folder:
            picker.setNameFilter(self.tr("Tables of cells (*.csv)"))
        picker.fileSelected.connect(self.window.setup.choose_data)
        self._open_picker(picker)

    def _choose_export(self) -> None:
        picker = QFileDialog(self.window, self.tr("Export as CSV"), self.tr("models.csv"))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setDefaultSuffix("csv")
        picker.fileSelected.connect(lambda file: self.export(Path(file)))
        self._open_picker(picker)

    def _open_picker(self, picker: QFileDialog) -> None:
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def export(self, file: Path) -> None:
        """Write the table of all models to a file."""
        try:
            write_text(file, self.window.results.to_csv())
        except UserError as error:
            self.window.show_status(translate_message(f"{error.message} {error.hint}".strip()))
            return
        self.window.show_status(self.tr("The table is in {file}.").format(file=file))

    def _show_maps(self, cell: EvaluatedCell, judged: ReadJudgement) -> None:
        """Show where both models look; of a cell of a field the image is opened."""
        if cell.box is not None:
            _open(cell.path)
            return
        ids = judged.record["against"]["id"], judged.record["candidate"]["id"]
        self.maps.show_maps(cell.path, ids, (self._title(ids[0]), self._title(ids[1])))

    def _open_cell(self, cell: CellId) -> None:
        _open(Path(cell.image))


def _open(file: Path) -> None:
    """Have the system open a file, with the program that the person uses for such files."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))


def _arguments(request: Request) -> list[str]:
    if request.job == "evaluate":
        return evaluate_arguments(request)
    if request.job == "judge":
        return judge_arguments(request)
    if request.job == "reviewed-cells":
        which = [] if request.cells == "to learn" else [f"--{request.cells}"]
        return ["reviewed-cells", *request.folders, "--out", request.out, *which]
    return [request.job]
