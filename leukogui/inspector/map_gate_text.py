"""What the gates of a model's heat maps found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from leukogui.language.number_format import format_number

if TYPE_CHECKING:
    from trainer.models.package.map_gates import MapGates

_FAILURES: dict[str, object] = {
    "spliced_halves": QT_TRANSLATE_NOOP(
        "MapGates", "of two half cells they find that of the class no better than chance allows"
    ),
    "own_map": QT_TRANSLATE_NOOP("MapGates", "the map of another cell explains a cell as well"),
    "shift": QT_TRANSLATE_NOOP("MapGates", "they do not follow a cell that is moved"),
    "turn": QT_TRANSLATE_NOOP("MapGates", "they do not follow a cell that is turned"),
    "across_classes": QT_TRANSLATE_NOOP(
        "MapGates", "they differ no more from class to class than the outlines of the cells"
    ),
}


def describe_map_gates(gates: MapGates | None) -> str:
    """Why the heat map is off, or that it was not checked; empty where it passed."""
    if gates is None:
        return _tr("Whether the heat maps of this model can be trusted was not checked.")
    if gates.passed:
        return ""
    reasons = "; ".join(
        f"{_tr(str(_FAILURES[gate.name]))} ({format_number(gate.value, '.2f')})"
        for gate in gates.failures
    )
    text = _tr(
        "The heat map is off, for those of this model did not pass their checks: {reasons}. "
        "It can be switched on all the same."
    )
    return text.format(reasons=reasons)


def _tr(text: str) -> str:
    return QCoreApplication.translate("MapGates", text)
