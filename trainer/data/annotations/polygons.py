"""Polygons of (x, y) in pixels, not closed: the last point is joined to the first."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.domain import Box

Polygon = tuple[tuple[float, float], ...]

# Brushes of annotation tools leave slivers beside the cell; a second piece is more than that.
_SLIVERS = 0.1


def open_ring(points: Sequence[tuple[float, float]]) -> Polygon:
    """Leave out the last point of a ring where it repeats the first; returns the others."""
    ring = tuple((float(x), float(y)) for x, y in points)
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def area(polygon: Polygon) -> float:
    """Compute the area in square pixels, whatever the direction (shoelace formula)."""
    pairs = zip(polygon, (*polygon[1:], *polygon[:1]), strict=True)
    return abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs)) / 2


def bounding_box(polygon: Polygon) -> Box:
    """Find the smallest rectangle around one point or more."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def largest(polygons: Sequence[Polygon]) -> Polygon | None:
    """Pick the one polygon that is a cell, beside which the others are slivers.

    Returns:
        The largest; None where the others together have a tenth of the area or more, so that
        it is not known which is meant, or where no polygon has an area.
    """
    areas = [area(polygon) for polygon in polygons]
    whole = sum(areas)
    if whole <= 0 or max(areas) <= (1 - _SLIVERS) * whole:
        return None
    return polygons[areas.index(max(areas))]


def is_rectangle(polygon: Polygon) -> bool:
    """Whether a polygon is just an upright box."""
    box = bounding_box(polygon)
    sides = ({box.x, box.x + box.width}, {box.y, box.y + box.height})
    corners = set(polygon)
    return len(polygon) == len(corners) == 4 and all(
        x in sides[0] and y in sides[1] for x, y in corners
    )
