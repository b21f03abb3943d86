"""The badge that always says what computes: what a run is made on, else what would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from leukogui.language.worker_messages import begun
from leukogui.theme.metrics import GRID
from leukogui.widgets.elided_text import ElidingButton

if TYPE_CHECKING:
    from trainer.domain import ExecutionInfo


class DeviceBadge(ElidingButton):
    """Shows a device and a precision; the reason is in its tip, more behind a click."""

    least = 13 * GRID

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._served: ExecutionInfo | None = None
        self._planned: ExecutionInfo | None = None
        self._has_model = False
        self._show()

    def show_served(self, served: ExecutionInfo | None) -> None:
        """A run was, or is being, computed on this; None: there is no run."""
        self._served = served
        self._show()

    def show_planned(self, planned: ExecutionInfo | None, *, has_model: bool = True) -> None:
        """A run would be computed on this; None: it is not known yet, or no model is chosen."""
        self._planned, self._has_model = planned, has_model
        self._show()

    def _show(self) -> None:
        shown = self._served or self._planned
        self.setVisible(self._has_model or shown is not None)
        if shown is None:
            self.setText(self.tr("Device"))
            self._explain(self.tr("What computes is not known yet."))
            return
        self.setText(f"{shown.device.upper()} · {shown.precision}".replace("&", "&&"))
        words = (
            self.tr("Computed on {device}, arithmetic {precision}.")
            if self._served is not None
            else self.tr("A run would be computed on {device}, arithmetic {precision}.")
        ).format(device=shown.device, precision=shown.precision)
        reason = f"\n{begun(shown.reason)}." if shown.reason else ""
        self._explain(words + reason)

    def _explain(self, words: str) -> None:
        self.setToolTip(words)
        self.setAccessibleName(words)
