"""The part of a card that says whether a model's heat maps may be believed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trainer.models.package.evidence import CellCount, Metric
from trainer.models.package.thresholds import CardModel

MapGateName = Literal["spliced_halves", "own_map", "shift", "turn", "across_classes"]


class MapGate(CardModel):
    """One gate: its lower 95 % bound must lie above the threshold.

    Attributes:
        name: "spliced_halves", share of the heat for a class in that half of a view that is of a
            cell of the class; "own_map", insertion less deletion by the map of the cell, less that
            by the map of another cell with the same answer; "shift" and "turn", correlation of the
            map with that of the moved view, moved back, less that of the map left alone;
            "across_classes", correlation of the masks of cells of two answers, less that of maps.
        value: mean.
        low, high: 95 % bounds.
        n: cells, or pairs of cells.
    """

    name: MapGateName
    value: float
    low: float
    high: float
    threshold: float
    n: CellCount

    @property
    def passed(self) -> bool:
        """Whether the maps pass."""
        return self.low > self.threshold


class MapGates(CardModel):
    """What was measured of a model's heat maps, on cells that it was not trained on.

    Attributes:
        gates: all that were measured.
        leads: insertion less deletion of the cell's own map over "gaussian", a blot in the middle
            drawn without looking, and "mask", the cell's own.
        cells: how many.
        source: where they are from, in words.
    """

    gates: Annotated[tuple[MapGate, ...], Field(min_length=1)]
    leads: dict[str, Metric] = Field(default_factory=dict)
    cells: CellCount
    source: str = ""

    @property
    def failures(self) -> tuple[MapGate, ...]:
        """Return the gates that the maps do not pass."""
        return tuple(gate for gate in self.gates if not gate.passed)

    @property
    def passed(self) -> bool:
        """Whether the maps pass all gates."""
        return not self.failures


MAP_GATE_TITLES: dict[MapGateName, str] = {
    "spliced_halves": "heat for a class in the half that is of a cell of this class",
    "own_map": "own map over the map of another cell of the same answer",
    "shift": "follows a cell that is moved",
    "turn": "follows a cell that is turned",
    "across_classes": "differs from class to class more than the masks do",
}


MAP_LEAD_TITLES = {
    "gaussian": "own map over a blot in the middle",
    "mask": "own map over the mask",
}


def describe_failures(gates: MapGates) -> str:
    """Write in words which gates the maps do not pass; empty where they pass all."""
    return "; ".join(
        f"{MAP_GATE_TITLES[gate.name]}: {gate.value:.2f} ({gate.low:.2f} to {gate.high:.2f}), "
        f"must be above {gate.threshold:g}"
        for gate in gates.failures
    )
