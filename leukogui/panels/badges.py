"""The badges of the command bar: what computes, always, and who signed the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from leukogui.language.worker_messages import capitalized
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.elided_text import ElidedButton

if TYPE_CHECKING:
    from trainer.domain import ExecutionInfo


class DeviceBadge(ElidedButton):
    """Shows a device and a precision; the reason is in its tip, more behind a click."""

    shortest_width = 13 * GRID

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._execution: ExecutionInfo | None = None
        self._planned: ExecutionInfo | None = None
        self._has_model = False
        self._show()

    def show_execution(self, execution: ExecutionInfo | None) -> None:
        """A run was, or is being, computed on this; None: there is no run."""
        self._execution = execution
        self._show()

    def show_planned(self, planned: ExecutionInfo | None, *, has_model: bool = True) -> None:
        """A run would be computed on this; None: it is not known yet, or no model is chosen."""
        self._planned, self._has_model = planned, has_model
        self._show()

    def _show(self) -> None:
        shown = self._execution or self._planned
        self.setVisible(self._has_model or shown is not None)
        if shown is None:
            self.setText(self.tr("Device"))
            self._set_tooltip(self.tr("What computes is not known yet."))
            return
        self.setText(f"{shown.device.upper()} · {shown.precision}".replace("&", "&&"))
        words = (
            self.tr("Computed on {device}, arithmetic {precision}.")
            if self._execution is not None
            else self.tr("A run would be computed on {device}, arithmetic {precision}.")
        ).format(device=shown.device, precision=shown.precision)
        reason = f"\n{capitalized(shown.reason)}." if shown.reason else ""
        self._set_tooltip(words + reason)

    def _set_tooltip(self, words: str) -> None:
        self.setToolTip(words)
        self.setAccessibleName(words)


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
