"""Cells that were annotated in another program, taken into the case that is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from leukogui.backend.worker import Job, QtWorker
from leukogui.controllers.field_cells import FieldCellController
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from trainer.protocol.events import WarningEvent
    from trainer.protocol.outcome import Outcome


class CellImportController(QObject):
    """Connects the action that imports cells.

    Args:
        field_cells: shows what is new, and has it classified.
        helper: worker for small requests.
    """

    def __init__(
        self, parts: WindowParts, field_cells: FieldCellController, helper: QtWorker
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._field_cells, self._helper = parts, field_cells, helper
        self._dialog: QFileDialog | None = None
        self._job: Job | None = None
        self._warnings: list[str] = []
        parts.actions.on("import_cells", self.choose_files)
        parts.session.opened.connect(self._show_possible)
        self._show_possible()

    def choose_files(self) -> None:
        """Let a person choose files of annotations."""
        dialog = QFileDialog(self._parts.parent, self.tr("Import annotated cells"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        kinds = "*.json *.geojson *.xml *.txt"
        dialog.setNameFilter(
            self.tr("COCO, QuPath, Pascal VOC, YOLO ({kinds})").format(kinds=kinds)
        )
        dialog.filesSelected.connect(self.import_cells)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def import_cells(self, files: list[str], *, merge_labels: bool = False) -> None:
        """Have the worker take the cells of files into the case.

        Args:
            merge_labels: take labels as one that differ only in their spelling.
        """
        from trainer.protocol.requests import ImportCellsRequest

        root = self._parts.session.root
        if root is None or self._job is not None or not files:
            return
        self._warnings = []
        request = ImportCellsRequest(
            folder=str(root), files=tuple(files), merge_labels=merge_labels
        )
        self._job = self._helper.run(request)
        self._job.warned.connect(self._on_warned)
        self._job.ended.connect(lambda outcome: self._on_imported(root, files, outcome))
        self._show_possible()

    def _on_warned(self, event: WarningEvent) -> None:
        self._warnings.append(f"{event.message} {event.hint}".strip())

    def _on_imported(self, root: Path, files: list[str], outcome: Outcome) -> None:
        self._job = None
        self._show_possible()
        show = self._parts.notifications.show
        if outcome.kind == "done":
            result: Any = outcome.result
            text = self.tr("{n} cells were added, {m} were there already; {k} reviewed.")
            counts = {"n": result["drawn"], "m": result["known"], "k": result["reviewed"]}
            left_out = " ".join(self._warnings)
            show(text.format_map(counts), left_out, stays=bool(left_out))
            if root == self._parts.session.root:
                self._field_cells.show_new(result["changed"])
        elif outcome.remedy == "merge_labels":
            self._offer_merge(root, files, outcome.message)
        elif outcome.message:
            show(outcome.message, outcome.hint, stays=True)

    def _offer_merge(self, root: Path, files: list[str], message: str) -> None:
        """Show which labels differ only in their spelling, with a button that takes them as one."""

        def merge() -> None:
            self._parts.notifications.dismiss(message)
            if root == self._parts.session.root:
                self.import_cells(files, merge_labels=True)

        hint = self.tr("Write each class in one way, or take these labels as one.")
        action = (self.tr("Take as one"), merge)
        self._parts.notifications.show(message, hint, stays=True, action=action)

    def _show_possible(self) -> None:
        possible = self._parts.session.root is not None and self._job is None
        self._parts.actions.enable(import_cells=possible)
