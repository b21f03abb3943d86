"""The button that shows which source the images are of, and whether the model knows it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from leukogui.case.source_text import describe_calibration, describe_diameter
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.elided_text import ElidedButton
from trainer.domain import SourceProfile


class SourceButton(ElidedButton):
    """Shows the source by name; its scale, and what is not known of it, are in its tip."""

    shortest_width = 5 * GRID
    elide_mode = Qt.TextElideMode.ElideRight

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tone", "quiet")
        self.show_source(SourceProfile(), None)

    def show_source(self, profile: SourceProfile, sources: Sequence[str] | None) -> None:
        """Show what is saved with the case.

        Args:
            sources: names of those that the chosen model is calibrated for; None: no model.
        """
        name = profile.name
        lacking = describe_calibration(name, sources) if sources is not None else ""
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
        lines.append(self.tr("Red cell: {size}").format(size=describe_diameter(profile)))
        lines += [lacking] if lacking else []
        self.setToolTip(plain_tooltip("\n".join(lines)))
        self.setAccessibleName(". ".join(lines))
