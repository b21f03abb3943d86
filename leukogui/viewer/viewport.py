"""Which part of an image is seen, and how large. Pure arithmetic.

Three systems of coordinates: pixels of the *image* (the original one, from its top left
corner); pixels of the *sheet*, which is the whole image at the zoom; pixels of the *port*,
the part of the screen that shows it. Sheet and port are in device pixels, so that a zoom of
1 is one image pixel for each pixel of the screen at any scaling, and they are whole pixels
apart, so that nothing is blurred."""

from __future__ import annotations

from dataclasses import dataclass, replace

Size = tuple[int, int]
"""Width and height."""
Point = tuple[float, float]
LARGEST_ZOOM = 32.0
_LADDER = (
    *(1 / 64, 1 / 48, 1 / 32, 1 / 24, 1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3),
    *(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0),
)
_HAIR = 1e-6


@dataclass(frozen=True)
class Sight:
    """The image point in the middle of the port, and device pixels per image pixel."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True)
class Frame:
    """A cell's own coordinates, in pixels of its image: where its middle is, and a unit."""

    x: float
    y: float
    unit: float


def fit_zoom(image: Size, port: Size) -> float:
    """The zoom at which the whole image just fits."""
    return max(min(port[0] / max(image[0], 1), port[1] / max(image[1], 1)), _HAIR)


def fitted(image: Size, port: Size) -> Sight:
    """The whole image, as large as it fits."""
    return Sight(image[0] / 2, image[1] / 2, fit_zoom(image, port))


def sheet_size(image: Size, zoom: float) -> Size:
    """The whole image at a zoom, in device pixels."""
    return max(round(image[0] * zoom), 1), max(round(image[1] * zoom), 1)


def origin(sight: Sight, port: Size) -> Size:
    """Where the sheet's top left corner lies in the port."""
    return round(port[0] / 2 - sight.x * sight.zoom), round(port[1] / 2 - sight.y * sight.zoom)


def to_image(sight: Sight, port: Size, point: Point) -> Point:
    """The image point under a point of the port."""
    left, top = origin(sight, port)
    return (point[0] - left) / sight.zoom, (point[1] - top) / sight.zoom


def to_port(sight: Sight, port: Size, point: Point) -> Point:
    """Where an image point lies in the port."""
    left, top = origin(sight, port)
    return left + point[0] * sight.zoom, top + point[1] * sight.zoom


def held(sight: Sight, image: Size, port: Size) -> Sight:
    """The nearest sight that leaves no side of the port empty which the image could fill."""
    fit = fit_zoom(image, port)
    zoom = min(max(sight.zoom, min(fit, 1.0)), max(fit, LARGEST_ZOOM))
    x = _held(sight.x, image[0], port[0] / zoom)
    y = _held(sight.y, image[1], port[1] / zoom)
    return Sight(x, y, zoom)


def _held(middle: float, length: int, seen: float) -> float:
    if seen >= length:
        return length / 2
    return min(max(middle, seen / 2), length - seen / 2)


def zoomed(sight: Sight, image: Size, port: Size, zoom: float, at: Point | None = None) -> Sight:
    """Another zoom; the image point under `at` (of the port) stays there if it can."""
    zoom = held(replace(sight, zoom=zoom), image, port).zoom
    at = (port[0] / 2, port[1] / 2) if at is None else at
    x, y = to_image(sight, port, at)
    moved = Sight(x + (port[0] / 2 - at[0]) / zoom, y + (port[1] / 2 - at[1]) / zoom, zoom)
    return held(moved, image, port)


def moved(sight: Sight, image: Size, port: Size, right: float, down: float) -> Sight:
    """The picture moved by device pixels."""
    shifted = replace(sight, x=sight.x - right / sight.zoom, y=sight.y - down / sight.zoom)
    return held(shifted, image, port)


def next_zoom(zoom: float, step: int, fit: float) -> float:
    """The next round zoom, larger (+1) or smaller (-1); the one that fits is among them.

    Unless it is next to a round one, where a step could hardly be seen.
    """
    alone = all(abs(fit - rung) > 0.08 * rung for rung in _LADDER)
    rungs = sorted({*_LADDER, fit} if alone else _LADDER)
    if step > 0:
        return next((rung for rung in rungs if rung > zoom * (1 + _HAIR)), zoom)
    return next((rung for rung in reversed(rungs) if rung < zoom * (1 - _HAIR)), zoom)


def is_larger_than(image: Size, port: Size, sight: Sight) -> bool:
    """Whether a part of the image lies outside of the port."""
    wide, high = sheet_size(image, sight.zoom)
    return wide > port[0] + 1 or high > port[1] + 1


def linked(sight: Sight, own: Frame, other: Frame) -> Sight:
    """The sight of another cell that shows the same of it, in the cells' own coordinates."""
    ratio = other.unit / own.unit
    x = other.x + (sight.x - own.x) * ratio
    y = other.y + (sight.y - own.y) * ratio
    return Sight(x, y, sight.zoom / ratio)
