"""Format figures and their intervals, alike in all reports and on the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from trainer.domain import Interval


def format_number(value: float | None) -> str:
    """Format a figure with three decimals; empty for None."""
    return "" if value is None else f"{value:.3f}"


def format_bounds(low: float, high: float, *, decimals: int = 3) -> str:
    """Format the bounds of an interval: "0.880-0.940"."""
    return f"{low:.{decimals}f}-{high:.{decimals}f}"


def format_estimate(value: float, low: float, high: float) -> str:
    """Format a figure with its interval: "0.912 (0.880-0.940)"."""
    return f"{value:.3f} ({format_bounds(low, high)})"


def format_difference(value: float, low: float, high: float) -> str:
    """Format a signed difference with its interval: "+0.012 (-0.001 to +0.025)"."""
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"


def format_metric(figure: Interval | int | None, *, stacked: bool = False) -> str:
    """Format a metric with its interval, or a count; empty for None.

    Args:
        stacked: put the interval on a line of its own instead of in brackets.
    """
    if figure is None:
        return ""
    if isinstance(figure, int):
        return f"{figure:,}"
    if not math.isfinite(figure.value):
        return "not defined"
    if stacked:
        return f"{format_number(figure.value)}\n{format_bounds(figure.low, figure.high)}"
    return format_estimate(figure.value, figure.low, figure.high)


def format_share(share: Mapping[str, Any]) -> tuple[str, str]:
    """Format a figure of the differential and its interval: ("12.3", "10.1-15.0").

    Args:
        share: `value`, `low` and `high` as in summary.json; both texts are empty where the
            value is undefined, and a missing `high` is "no bound".
    """
    if share["value"] is None:
        return "", ""
    high = "no bound" if share["high"] is None else f"{share['high']:.1f}"
    return f"{share['value']:.1f}", f"{share['low']:.1f}-{high}"


def format_count(count: int, thing: str) -> str:
    """Format a number of things: "1 image", "12 images"."""
    return f"1 {thing}" if count == 1 else f"{count} {thing}s"
