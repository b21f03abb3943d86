"""The badge of a signed case: by whom; how and when are in its tip."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.elided_text import ElidedButton


class SignedBadge(ElidedButton):
    """Shows who signed the case; a click leads to reopening it."""

    shortest_width = 9 * GRID

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVisible(False)

    def show_signed(self, name: str, description: str) -> None:
        """Show that a person signed; nothing for "".

        Args:
            description: how and when, in sentences.
        """
        text = self.tr("Signed: {name}").format(name=name)
        self.setText(text.replace("&", "&&"))
        self.setToolTip(plain_tooltip(description))
        self.setAccessibleName(description)
        self.setVisible(bool(name))
