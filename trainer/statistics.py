"""Statistics that rooms of more than one floor need."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values for their number (Holm, Scand J Stat 6 (1979) 65-70).

    Args:
        p_values: M of them, from 0 to 1, in any order.

    Returns:
        The M adjusted values in the order given.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, row in enumerate(sorted(range(len(p_values)), key=lambda row: p_values[row])):
        highest = max(highest, min((len(p_values) - rank) * float(p_values[row]), 1.0))
        adjusted[row] = highest
    return tuple(adjusted)
