"""The window that compares readers and models; the worker compares them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from leukogui.backend.worker import QtWorker
from leukogui.controllers.readers.reading import ReadingController
from leukogui.controllers.sign_off import SignOffController
from leukogui.language.worker_messages import translate_message
from leukogui.session.reading import BlindReading
from leukogui.session.reviews import ReviewSession
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.pages.agreement.window import AgreementWindow
    from trainer.protocol.case_requests import AgreementRequest
    from trainer.protocol.outcome import Outcome

_MILLISECONDS_TO_COMPARE = 1000


class AgreementController(QObject):
    """Compares readers and models over the open case, in a window of its own.

    Args:
        sign_off: shows a cell in the gallery.
        helper: worker for small requests.
        reviews: take what is adjudicated.
    """

    def __init__(
        self,
        parts: WindowParts,
        sign_off: SignOffController,
        helper: QtWorker,
        reviews: ReviewSession,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session = parts, parts.session
        self._sign_off, self._helper = sign_off, helper
        self.window: AgreementWindow | None = None
        self._picker: QFileDialog | None = None
        self._asked = 0
        self._wanted = ("", "")  # pair to choose when the sources are known
        self._reviews = reviews
        self.reading = ReadingController(parts)
        self.reading.ended.connect(self._show_reading)
        # Who adjudicates presses keys faster than readers are compared.
        self._again = QTimer(self, singleShot=True, interval=_MILLISECONDS_TO_COMPARE)
        self._again.timeout.connect(self._compare_again)
        reviews.stored.connect(self._again.start)
        parts.session.opened.connect(self._on_case)

    def show_window(self) -> None:
        """Show whose labels the open case has."""
        from leukogui.pages.agreement.window import AgreementWindow

        if self._session.root is None:
            return
        if self.window is None:
            window = AgreementWindow(self._parts.parent)
            window.pair_chosen.connect(self.compare)
            window.read_requested.connect(self.choose_reading)
            window.cell_chosen.connect(self._sign_off.show_cell)
            window.reading_requested.connect(self.reading.request_start)
            window.adjudication_requested.connect(self.adjudicate)
            self.window = window
        self.window.show()
        self.window.activateWindow()
        self._run()

    def compare(self, first: str, second: str) -> None:
        """Have the worker compare two sources of labels."""
        if self.window is not None:
            self.window.show_waiting()
            self._run(first=first, second=second)

    def adjudicate(self) -> None:
        """Show the cells on which the two differ; a class given to one now decides between them."""
        from trainer.cases.reader_labels import adjudication_note

        if self.window is None or not self.window.cells.rows:
            return
        cells = frozenset(each.cell for each in self.window.cells.rows)
        self._reviews.adjudicate(cells, adjudication_note(*self.window.pair))
        self._parts.review.show_cells(cells)
        self._parts.pages.show_page(self._parts.review)
        self._parts.parent.activateWindow()
        self._parts.review.gallery.setFocus()
        self._parts.notifications.show(
            self.tr("Give each of these cells its class: it is kept as adjudicated by you.")
        )

    def _show_reading(self, reading: BlindReading) -> None:
        """Compare a blind reading that has ended with the reviews, or else with the model."""
        self._wanted = ("", f"{reading.reader}:{reading.series}")
        self.show_window()

    def _compare_again(self) -> None:
        if self.window is not None and self.window.isVisible() and self.window.cells.rows:
            first, second = self.window.pair
            self._run(first=first, second=second)

    def choose_reading(self) -> None:
        """Let a person choose a CSV file of labels, and say whose they are."""
        picker = QFileDialog(self.window, self.tr("A blind reading: a CSV of file and label"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilter("CSV (*.csv)")
        picker.fileSelected.connect(self._ask_reader)
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def take_reading(self, file: Path, reader: str, series: int) -> None:
        """Have the worker store a blind reading, then show whose labels there are now."""
        self._run(read=str(file), reader=reader, series=series)

    def _ask_reader(self, file: str) -> None:
        asked = QInputDialog(self.window)
        asked.setWindowTitle(self.tr("Whose reading is it?"))
        asked.setLabelText(
            self.tr("Name of the reader; behind a colon the number of a repeated reading:")
        )
        asked.setTextEchoMode(QLineEdit.EchoMode.Normal)
        asked.textValueSelected.connect(lambda text: self._take_named(Path(file), text))
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def _take_named(self, file: Path, text: str) -> None:
        name, _, number = text.rpartition(":")
        if name and number.strip().isdecimal():
            self.take_reading(file, name.strip(), max(int(number), 1))
        elif text.strip():
            self.take_reading(file, text.strip(), 1)

    def _run(self, **values: Any) -> None:
        from trainer.protocol.case_requests import AgreementRequest

        root = self._session.root
        if root is None:
            return
        self._asked += 1
        asked = self._asked
        request = AgreementRequest.model_validate({"folder": str(root), **values})

        def on_ended(outcome: Outcome) -> None:
            # Of another choice in the meantime, or of another case: nobody waits for it.
            if asked == self._asked:
                self._show(request, outcome)

        self._helper.run(request).ended.connect(on_ended)

    def _show(self, request: AgreementRequest, outcome: Outcome) -> None:
        if self.window is None:
            return
        if outcome.kind != "done":
            self.window.show_failure(translate_message(outcome.text))
        elif request.first:
            model = self._session.model
            titles = model.titles if model is not None else {}
            self.window.show_agreement(dict(outcome.result), titles)
        else:
            sources: Any = outcome.result["sources"]
            self.window.show_sources(sources, self._pair_of(sources))
            self._wanted = ("", "")

    def _pair_of(self, sources: list[str]) -> tuple[str, str]:
        """The reviews of a person, or else the first source, with the reading that has ended."""
        _, reading = self._wanted
        if reading not in sources:
            return "", ""
        others = [each for each in sources if each != reading]
        persons = [each for each in others if not each.startswith("model:")]
        return next(iter((*persons, *others)), ""), reading

    def _on_case(self) -> None:
        self._asked += 1
        if self.window is not None:
            self.window.close()
