"""A model against the serving one: a sentence, figures by class, the cells that change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from leukogui.backend.evaluation_files import EvaluatedCell, ReadJudgement
from leukogui.gallery.text import class_title
from leukogui.language.worker_messages import translate_message
from leukogui.pages.adaptation.changes import ChangedCell, ChangeGallery
from leukogui.pages.adaptation.class_table import ClassTable
from leukogui.pages.evaluation.text import describe_given, difference_text, judgement_sentence
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID, font
from leukogui.theme.theme import Theme
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.domain import CellId


def changed_cell(before: EvaluatedCell, after: EvaluatedCell) -> ChangedCell:
    """A cell with what two models gave it, for the gallery."""
    given, now = (
        describe_given(each.predicted, each.probability, each.decision) for each in (before, after)
    )
    key = ThumbnailKey(before.path, before.box)
    return ChangedCell(CellId(str(before.path)), key, given, now, class_title(before.label))


class JudgementPanel(QWidget):
    """Shows one judgement of several; the judged model can be let to serve."""

    promotion_requested = Signal(str)  # id of the candidate
    maps_requested = Signal(object, object)  # EvaluatedCell, ReadJudgement

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("The model that is judged"))
        self.sentence, self.figures, self.notes = plain_label(), plain_label(), plain_label("quiet")
        self.sentence.setFont(font(bold=True))
        self.classes = ClassTable()
        self.promote = QPushButton(self.tr("Let it serve…"))
        self.promote.setAutoDefault(False)
        self.promote.clicked.connect(self._request_promotion)
        self.count = QLabel()
        self.gallery = ChangeGallery(theme, thumbnails, client="judgement")
        self._found: list[tuple[str, str, ReadJudgement]] = []
        self.choice.currentIndexChanged.connect(self._show)
        self.gallery.chosen.connect(self._request_maps)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        for widget in (self.choice, self.sentence, self.figures, self.notes, self.classes):
            column.addWidget(widget)
        column.addWidget(self.promote, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.count)
        column.addWidget(self.gallery, 1)
        column.addStretch()

    def show_judgements(self, found: Sequence[tuple[str, str, ReadJudgement]]) -> None:
        """Show these: name of the candidate, of the model that it is judged against, and how."""
        self._found = list(found)
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([candidate for candidate, _, _ in found])
        self.choice.blockSignals(False)
        self.choice.setVisible(len(found) > 1)
        self._show()

    def _show(self) -> None:
        at = self.choice.currentIndex()
        if not 0 <= at < len(self._found):
            self.sentence.setText(self.tr("Measure another model beside the serving one."))
            for widget in (*self._parts(), self.gallery):
                widget.hide()
            return
        candidate, against, judged = self._found[at]
        record = judged.record
        self.sentence.setText(judgement_sentence(record, candidate, against))
        self.figures.setText(difference_text(record))
        self.notes.setText("\n".join(translate_message(note) for note in record["notes"]))
        self.classes.show_classes(record["by_class"], {})
        one = self.tr("1 cell gets another class or another decision:")
        text = self.tr("{n} cells get another class or another decision:")
        self.count.setText(one if record["changed"] == 1 else text.format(n=record["changed"]))
        self.gallery.show_cells([changed_cell(each.before, each.after) for each in judged.changed])
        for widget in self._parts():
            widget.show()
        self.gallery.setVisible(bool(judged.changed))

    def _parts(self) -> tuple[QWidget, ...]:
        return self.figures, self.notes, self.classes, self.promote, self.count

    def _request_maps(self, cell: CellId) -> None:
        at = self.choice.currentIndex()
        if 0 <= at < len(self._found):
            judged = self._found[at][2]
            chosen = (each.before for each in judged.changed if str(each.before.path) == cell.image)
            self.maps_requested.emit(next(chosen), judged)

    def _request_promotion(self) -> None:
        at = self.choice.currentIndex()
        if 0 <= at < len(self._found):
            self.promotion_requested.emit(self._found[at][2].record["candidate"]["id"])
