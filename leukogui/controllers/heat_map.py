"""The heat map: on and off, and held back where a model's maps did not pass their gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from leukogui.backend.model_list import ModelList
from leukogui.inspector.prediction_panel import PredictionPanel
from leukogui.settings.table import SHOW_HEAT
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from trainer.models.package.card import Card


class HeatMapController(QObject):
    """Connects the action that shows the heat map.

    Of a model whose maps did not pass, the map is off until a person asks for it; that is not
    kept for other models.

    Args:
        panels: show why.
    """

    def __init__(
        self, parts: WindowParts, model_list: ModelList, panels: Sequence[PredictionPanel]
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._model_list, self._panels = parts, model_list, panels
        self._card: Card | None = None
        self._is_held = False
        parts.actions.on_toggled("heat", self._on_toggled)
        parts.review.outputs_changed.connect(self._on_outputs)

    def _on_outputs(self) -> None:
        run = self._parts.session.run
        card = self._model_list.card(run.model) if run is not None else None
        if card is None or card == self._card:
            return
        from leukogui.inspector.map_gate_text import describe_map_gates

        self._card = card
        gates = card.map_gates
        self._is_held = gates is not None and not gates.passed
        shown = self._parts.settings.value(SHOW_HEAT) and not self._is_held
        self._parts.actions["heat"].setChecked(shown)
        for panel in self._panels:
            panel.show_map_note(describe_map_gates(gates))

    def _on_toggled(self, on: bool) -> None:
        if not self._is_held:
            self._parts.settings.set(SHOW_HEAT, on)
