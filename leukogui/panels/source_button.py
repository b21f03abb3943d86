"""The button that says which source the images are of, and whether the model knows it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from leukogui.case.source_text import calibration_words, diameter_words
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tip
from leukogui.widgets.elided_text import ElidingButton
from trainer.domain import SourceProfile


class SourceButton(ElidingButton):
    """Shows the source by name; its scale, and what is not known of it, are in its tip."""

    least = 5 * GRID
    elided = Qt.TextElideMode.ElideRight

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tone", "quiet")
        self.show_source(SourceProfile(), None)

    def show_source(self, profile: SourceProfile, sources: Sequence[str] | None) -> None:
        """Show what is kept with the case.

        Args:
            sources: names of those that the chosen model is calibrated for; None: no model.
        """
        name = profile.name
        lacking = calibration_words(name, sources) if sources is not None else ""
        if not name:
            text = self.tr("Source: not said")
        elif lacking:
            text = self.tr("{name}: not calibrated").format(name=name)
        else:
            text = self.tr("Source: {name}").format(name=name)
        self.setText(text.replace("&", "&&"))
        lines = [self.tr("Source: {name}").format(name=name or self.tr("not said"))]
        if profile.stain:
            lines.append(self.tr("Stain: {name}").format(name=profile.stain))
        lines.append(self.tr("Red cell: {size}").format(size=diameter_words(profile)))
        lines += [lacking] if lacking else []
        self.setToolTip(plain_tip("\n".join(lines)))
        self.setAccessibleName(". ".join(lines))
