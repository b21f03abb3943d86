"""What came of an adaptation: its judgement, the cells that change, what more would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from leukogui.pages.adaptation.changes import ChangedCell, ChangeGallery
from leukogui.pages.adaptation.class_table import ClassTable
from leukogui.pages.adaptation.curve import CurvePlot
from leukogui.pages.adaptation.text import describe_counts, describe_curve, describe_judgement
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID, font
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader


class OutcomePanel(QWidget):
    """Sentence, figures by class, gallery of changes, curve."""

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.judgement = plain_label()
        self.judgement.setFont(font(bold=True))
        self.classes = ClassTable()
        self.counts = plain_label()
        self.gallery = ChangeGallery(theme, thumbnails)
        self.curve = CurvePlot(theme)
        self.curve_text = plain_label("quiet")
        self.notes = plain_label("quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for widget in (self.judgement, self.notes, self.classes, self.counts):
            column.addWidget(widget)
        column.addWidget(self.gallery, 1)
        column.addWidget(self.curve)
        column.addWidget(self.curve_text)

    def show_outcome(
        self, adapted: Mapping[str, Any], titles: Mapping[str, str], notes: Sequence[str]
    ) -> None:
        """Show the result of the job `adapt`.

        Args:
            titles: names of the review classes, by their id.
            notes: warnings of the job, in words.
        """
        judged = adapted["judged"]
        self.judgement.setText(describe_judgement(judged, adapted["began_at"], titles))
        self.classes.setVisible(bool(judged))
        self.classes.show_classes(judged.get("by_class", {}), titles)
        cells = sum(sum(labels.values()) for labels in adapted["cells"].values())
        self.curve.show_curve(adapted["curve"], cells)
        self.curve_text.setText(describe_curve(adapted["curve"], cells))
        joined = [
            self.tr("{source} is a source of the new model's card.").format(source=name)
            for name in adapted["joined"]
        ]
        self.notes.setText("\n".join([*notes, *joined]))
        self.notes.setVisible(bool(self.notes.text()))

    def show_changes(self, found: Mapping[str, Any], cells: Sequence[ChangedCell]) -> None:
        """Show the result of the job `changes`."""
        self.counts.setText(describe_counts(found))
        self.gallery.show_cells(cells)
        self.gallery.setVisible(bool(cells))

    def show_no_changes(self, why: str) -> None:
        """Show in words why it is not known what changes."""
        self.counts.setText(why)
        self.gallery.show_cells(())
        self.gallery.setVisible(False)
