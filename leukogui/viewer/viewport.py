"""Which part of an image is seen, and how large. Pure arithmetic.

Three systems of coordinates: pixels of the *image* (the original one, from its top left
corner); pixels of the *scaled image*, which is the whole image at the zoom; pixels of the
*widget*, the part of the screen that shows it. The last two are in device pixels, so that a
zoom of 1 is one image pixel for each pixel of the screen at any scaling, and they are whole
pixels apart, so that nothing is blurred."""

from __future__ import annotations

from dataclasses import dataclass, replace

Size = tuple[int, int]
"""Width and height."""
Point = tuple[float, float]
LARGEST_ZOOM = 32.0
_ZOOM_LEVELS = (
    *(1 / 64, 1 / 48, 1 / 32, 1 / 24, 1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3),
    *(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0),
)
_EPSILON = 1e-6


@dataclass(frozen=True)
class Viewport:
    """The image point in the middle of the widget, and device pixels per image pixel."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True)
class CellFrame:
    """A cell's own coordinates, in pixels of its image: where its middle is, and a unit."""

    x: float
    y: float
    unit: float


def fit_zoom(image: Size, widget_size: Size) -> float:
    """The zoom at which the whole image just fits."""
    return max(min(widget_size[0] / max(image[0], 1), widget_size[1] / max(image[1], 1)), _EPSILON)


def fit_viewport(image: Size, widget_size: Size) -> Viewport:
    """The whole image, as large as it fits."""
    return Viewport(image[0] / 2, image[1] / 2, fit_zoom(image, widget_size))


def scaled_size(image: Size, zoom: float) -> Size:
    """The whole image at a zoom, in device pixels."""
    return max(round(image[0] * zoom), 1), max(round(image[1] * zoom), 1)


def origin(viewport: Viewport, widget_size: Size) -> Size:
    """Where the scaled image's top left corner lies in the widget."""
    return round(widget_size[0] / 2 - viewport.x * viewport.zoom), round(
        widget_size[1] / 2 - viewport.y * viewport.zoom
    )


def to_image(viewport: Viewport, widget_size: Size, point: Point) -> Point:
    """The image point under a point of the widget."""
    left, top = origin(viewport, widget_size)
    return (point[0] - left) / viewport.zoom, (point[1] - top) / viewport.zoom


def to_widget(viewport: Viewport, widget_size: Size, point: Point) -> Point:
    """Where an image point lies in the widget."""
    left, top = origin(viewport, widget_size)
    return left + point[0] * viewport.zoom, top + point[1] * viewport.zoom


def clamped(viewport: Viewport, image: Size, widget_size: Size) -> Viewport:
    """The nearest viewport that leaves no side of the widget empty which the image could fill."""
    fit = fit_zoom(image, widget_size)
    zoom = min(max(viewport.zoom, min(fit, 1.0)), max(fit, LARGEST_ZOOM))
    x = _clamp_axis(viewport.x, image[0], widget_size[0] / zoom)
    y = _clamp_axis(viewport.y, image[1], widget_size[1] / zoom)
    return Viewport(x, y, zoom)


def _clamp_axis(middle: float, length: int, seen: float) -> float:
    if seen >= length:
        return length / 2
    return min(max(middle, seen / 2), length - seen / 2)


def zoom_viewport(
    viewport: Viewport, image: Size, widget_size: Size, zoom: float, at: Point | None = None
) -> Viewport:
    """Another zoom; the image point under `at` (of the widget) stays there if it can."""
    zoom = clamped(replace(viewport, zoom=zoom), image, widget_size).zoom
    at = (widget_size[0] / 2, widget_size[1] / 2) if at is None else at
    x, y = to_image(viewport, widget_size, at)
    moved = Viewport(
        x + (widget_size[0] / 2 - at[0]) / zoom, y + (widget_size[1] / 2 - at[1]) / zoom, zoom
    )
    return clamped(moved, image, widget_size)


def pan_viewport(
    viewport: Viewport, image: Size, widget_size: Size, right: float, down: float
) -> Viewport:
    """The picture moved by device pixels."""
    shifted = replace(
        viewport, x=viewport.x - right / viewport.zoom, y=viewport.y - down / viewport.zoom
    )
    return clamped(shifted, image, widget_size)


def next_zoom(zoom: float, step: int, fit: float) -> float:
    """The next round zoom, larger (+1) or smaller (-1); the one that fits is among them.

    Unless it is next to a round one, where a step could hardly be seen.
    """
    alone = all(abs(fit - rung) > 0.08 * rung for rung in _ZOOM_LEVELS)
    rungs = sorted({*_ZOOM_LEVELS, fit} if alone else _ZOOM_LEVELS)
    if step > 0:
        return next((rung for rung in rungs if rung > zoom * (1 + _EPSILON)), zoom)
    return next((rung for rung in reversed(rungs) if rung < zoom * (1 - _EPSILON)), zoom)


def exceeds_widget(image: Size, widget_size: Size, viewport: Viewport) -> bool:
    """Whether a part of the image lies outside of the widget."""
    wide, high = scaled_size(image, viewport.zoom)
    return wide > widget_size[0] + 1 or high > widget_size[1] + 1


def link_viewport(viewport: Viewport, own: CellFrame, other: CellFrame) -> Viewport:
    """The viewport of another cell that shows the same of it, in the cells' own coordinates."""
    ratio = other.unit / own.unit
    x = other.x + (viewport.x - own.x) * ratio
    y = other.y + (viewport.y - own.y) * ratio
    return Viewport(x, y, viewport.zoom / ratio)
