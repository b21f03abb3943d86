"""Begins and ends a blind reading of the open case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.case.account import reviewer_name
from leukogui.panels.reading_line import ReadingLine
from leukogui.session.reading import BlindReading
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.pages.agreement.reading_dialog import ReadingDialog
    from trainer.cases.store import CaseStore
    from trainer.cases.tables.readings import ReadingSeries


class ReadingController(QObject):
    """Lets a person read the case blind, shows how far they are, and leads back."""

    ended = Signal(object)  # BlindReading: the case is open for review again
    _found = Signal(object, object)  # root, ReadingSeries of the case

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts.parent)
        self._parts, self._session = parts, parts.session
        self.line = ReadingLine()
        self.dialog: ReadingDialog | None = None
        parts.review.add_line(self.line)
        self.line.end_requested.connect(self.end)
        self._found.connect(self._show_dialog)
        parts.session.opened.connect(self._show_progress)
        parts.session.changed.connect(self._show_progress)

    def request_start(self) -> None:
        """Ask who is to read the case."""
        root = self._session.root

        def task(store: CaseStore | None) -> None:
            self._found.emit(root, _read_series(store, root) if store is not None else [])

        self._session.submit_to_store(task)

    def start(self, reader: str, series: int, hides_model: bool) -> None:
        """Open the case for a blind reading."""
        self._session.open_again(BlindReading(reader, series, hides_model))
        self._parts.parent.activateWindow()
        self._parts.review.gallery.setFocus()

    def end(self) -> None:
        """Open the case for review again; `ended` is emitted."""
        reading = self._session.reading
        if reading is not None:
            self._session.open_again(None)
            # Behind the labels that are still on their way to the store.
            self._session.submit_to_store(lambda _: self.ended.emit(reading))

    def _show_dialog(self, root: Path | None, series: list[ReadingSeries]) -> None:
        from leukogui.pages.agreement.reading_dialog import ReadingDialog

        if root is None or root != self._session.root:
            return
        dialog = ReadingDialog(series, self._parts.parent)
        dialog.set_reader(reviewer_name(self._parts.settings))
        dialog.start_requested.connect(self.start)
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def _show_progress(self) -> None:
        reading, model = self._session.reading, self._session.model
        if reading is None or model is None:
            self.line.hide()
            return
        counts = model.counts()
        cells = counts.total - counts.failed
        self.line.show_progress(reading.reader, reading.series, counts.reviewed, cells)


def _read_series(store: CaseStore, root: Path | None) -> list[ReadingSeries]:
    case = store.cases.find(root) if root is not None else None
    return store.readings.list_series(case.id) if case is not None else []
