"""The differentials: of what persons reviewed, and of what the model accepted; what to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.summary.case_summary import CaseSummary, ReviewedShares
from leukogui.summary.differential_table import DifferentialTable
from leukogui.summary.labels import build_column, heading, text_label, warning_label
from leukogui.summary.text import (
    abbreviate_names,
    describe_corrected,
    describe_uncalibrated_source,
)
from leukogui.theme.metrics import GRID
from leukogui.theme.theme import Theme
from trainer.models.class_colours import Mark

Marks = Mapping[str, Mark]


class ShareTables(QWidget):
    """A differential: what it is of, the white cells, and below those beside them."""

    def __init__(self, title: str, percent: DifferentialTable, per_100: DifferentialTable) -> None:
        super().__init__()
        self.percent, self.per_100 = percent, per_100
        self._text = text_label()
        self._beside = QWidget()
        below = build_column(heading(self.tr("Beside the white cells")), per_100)
        below.setContentsMargins(0, GRID, 0, 0)
        self._beside.setLayout(below)
        column = build_column(heading(title), self._text, percent, self._beside)
        column.setContentsMargins(0, 0, 0, 2 * GRID)
        self.setLayout(column)

    def show_shares(self, text: str, figures: CaseSummary | ReviewedShares, marks: Marks) -> None:
        """Show these, of what the text says."""
        self._text.setText(text)
        self.percent.show_rows(figures.percent, marks)
        self.per_100.show_rows(figures.per_100, marks)
        self._beside.setVisible(bool(figures.per_100))


class DifferentialSection(QWidget):
    """Shows the differentials of a case with their warnings."""

    chosen = Signal(str)  # key of a share

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.accepted = ShareTables(
            self.tr("Of what the model accepted"),
            DifferentialTable(
                self.tr("Percent of the white cells that the model accepted"),
                self.tr("% of accepted"),
                theme,
            ),
            DifferentialTable(
                self.tr("Per 100 white cells that the model accepted"),
                self.tr("per 100 white"),
                theme,
            ),
        )
        self.reviewed = ShareTables(
            self.tr("Of what persons reviewed"),
            DifferentialTable(
                self.tr("Percent of the reviewed white cells"), self.tr("% of reviewed"), theme
            ),
            DifferentialTable(
                self.tr("Per 100 reviewed white cells"), self.tr("per 100 white"), theme
            ),
        )
        self._corrected, self._calibrated = text_label("quiet"), text_label("quiet")
        self._changed = warning_label("")
        self._warnings, self._notes = QVBoxLayout(), QVBoxLayout()
        self._build()
        for part in (self.reviewed, self.accepted):
            for table in (part.percent, part.per_100):
                table.chosen.connect(self.chosen)

    def show_summary(self, figures: CaseSummary, marks: Marks) -> None:
        """Show these: what persons reviewed first, where they reviewed white cells."""
        accepted = self.tr("{n} white cells of the model's classes were accepted: the 100 %.")
        self.accepted.show_shares(accepted.format(n=format_number(figures.white)), figures, marks)
        found = figures.reviewed
        words = self.tr("{n} of {m} cells were reviewed, {white} of them white cells: the 100 %.")
        self.reviewed.show_shares(
            words.format(
                n=format_number(found.cells),
                m=format_number(found.all_cells),
                white=format_number(found.white),
            ),
            found,
            marks,
        )
        self.reviewed.setVisible(bool(found.white))
        _show_texts(self._corrected, [describe_corrected(figures.corrected)])
        _fill(self._warnings, _translate(figures.warnings, figures.classes))
        _show_texts(self._calibrated, [describe_uncalibrated_source(figures.raw)])
        _fill(self._notes, _translate(figures.notes, figures.classes))
        if figures.changed is not None:  # what was found stays until the next comparison
            self._show_changed(figures.changed)

    def clear(self) -> None:
        """Forget which images changed: other figures follow."""
        self._changed.hide()

    def warnings(self) -> list[str]:
        """Return the warnings that are written below the figures."""
        return _texts_of(self._warnings)

    def notes(self) -> list[str]:
        """Return what is written of the shares and of the source."""
        return _texts_of(self._notes)

    def _show_changed(self, changed: tuple[str, ...]) -> None:
        text = self.tr("{n} images changed or vanished since they were judged: {names}").format(
            n=len(changed), names=abbreviate_names(changed)
        )
        self._changed.setText(text)
        self._changed.setVisible(bool(changed))

    def _build(self) -> None:
        column = build_column(heading(self.tr("Differential")), self.reviewed, self.accepted)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._corrected)
        for texts in (self._warnings, self._notes):
            texts.setSpacing(GRID)
        column.addLayout(self._warnings)
        column.addWidget(self._calibrated)
        column.addLayout(self._notes)
        column.addWidget(self._changed)
        column.addStretch()
        self.setLayout(column)


def _translate(sentences: Sequence[str], classes: Sequence[str]) -> list[str]:
    """Sentences of the worker; one that begins with a class, "myeloblast: ...", with its title."""
    texts = []
    for text in map(translate_message, sentences):
        name, mark, rest = text.partition(": ")
        texts.append(f"{class_title(name)}{mark}{rest}" if name in classes else text)
    return texts


def _show_texts(label: QLabel, texts: Sequence[str]) -> None:
    label.setText("\n".join(texts))
    label.setVisible(any(texts))


def _fill(column: QVBoxLayout, texts: Sequence[str]) -> None:
    """A label for each text; those that are the same stay."""
    if list(texts) == _texts_of(column):
        return
    while (item := column.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.deleteLater()
    for text in texts:
        column.addWidget(warning_label(text))


def _texts_of(column: QVBoxLayout) -> list[str]:
    items = (column.itemAt(at) for at in range(column.count()))
    labels = (item.widget() for item in items if item is not None)
    return [label.text() for label in labels if isinstance(label, QLabel)]
