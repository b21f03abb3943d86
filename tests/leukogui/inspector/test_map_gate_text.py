"""What a person reads of the gates of heat maps."""

from __future__ import annotations

from leukogui.inspector.map_gate_text import describe_map_gates
from trainer.models.package.map_gates import MapGate, MapGates

GATES = MapGates(
    gates=(
        MapGate(name="shift", value=0.2, low=0.1, high=0.3, threshold=0, n=40),
        MapGate(name="turn", value=-0.08, low=-0.1, high=0.1, threshold=0, n=40),
    ),
    cells=40,
)


def test_only_what_fails_is_named() -> None:
    assert describe_map_gates(GATES.model_copy(update={"gates": GATES.gates[:1]})) == ""
    text = describe_map_gates(GATES)
    assert "they do not follow a cell that is turned (-0.08)" in text
    assert "moved" not in text
    assert "not checked" in describe_map_gates(None)
