"""The style of a drawn field: stain, slide, focus and camera, and what may be planted in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Style:
    """The style of a drawing.

    Attributes:
        background: colour of the empty slide, RGB 0-255.
        chromatin, basic, acid, azurophil, haemoglobin: optical density in R, G, B at amount 1
            of the dye on nuclei, on RNA-rich cytoplasm (blue), on acidophil granules (orange
            red), on azurophil granules (violet), and of a red cell's rim.
        red_cell: diameter of a red cell, as a share of the image's side.
        crowding: red cells per unit of free area, 0-1 (1 is a dense field).
        pallor: how pale the red cells' centres are, 0-1.
        crenated: share of spiky red cells, 0-1.
        focus: blur (sigma) in red-cell diameters.
        sharpening: strength of the camera's unsharp mask, 0-1.
        shading: depth of uneven illumination, 0-0.3.
        noise: standard deviation of camera noise, in grey levels.
        jpeg: quality of a JPEG round trip, or None for none.
        frame_colour: colour of a frame planted around the image, RGB 0-255, or None.
        frame_width: of that frame, as a share of the side.
    """

    background: Colour = (252.0, 231.0, 207.0)
    chromatin: Colour = (1.3, 2.05, 0.47)
    basic: Colour = (0.50, 0.45, 0.11)
    acid: Colour = (0.30, 0.84, 0.50)
    azurophil: Colour = (0.75, 1.5, 0.42)
    haemoglobin: Colour = (0.23, 0.35, 0.22)
    red_cell: float = 0.20
    crowding: float = 0.5
    pallor: float = 0.7
    crenated: float = 0.0
    focus: float = 0.010
    sharpening: float = 0.2
    shading: float = 0.04
    noise: float = 1.5
    jpeg: int | None = None
    frame_colour: Colour | None = None
    frame_width: float = 0.04


WARM = Style()
COOL = Style(
    background=(246.0, 243.0, 242.0),
    chromatin=(1.12, 4.5, 0.33),
    basic=(0.45, 0.47, 0.08),
    acid=(0.15, 0.66, 0.48),
    azurophil=(0.55, 1.2, 0.20),
    haemoglobin=(0.22, 0.41, 0.23),
    red_cell=0.23,
    focus=0.014,
    sharpening=0.4,
)


def random_style(rng: np.random.Generator) -> Style:
    """Draw a style somewhere between a warm and a cool lab, with stain, slide and camera."""
    mix = float(np.clip(rng.normal(rng.integers(2), 0.18), -0.1, 1.1))
    strength = float(rng.uniform(0.92, 1.15))

    def dye(name: str) -> Colour:
        blended = _blend(getattr(WARM, name), getattr(COOL, name), mix)
        return _jitter(blended, strength, 0.06, rng)

    light = float(rng.uniform(0.94, 1.0))
    return Style(
        background=_jitter(_blend(WARM.background, COOL.background, mix), light, 0.005, rng),
        chromatin=dye("chromatin"),
        basic=dye("basic"),
        acid=dye("acid"),
        azurophil=dye("azurophil"),
        haemoglobin=dye("haemoglobin"),
        red_cell=float(rng.uniform(0.18, 0.235)),
        crowding=float(rng.uniform(0.2, 0.85)),
        pallor=float(rng.uniform(0.25, 1.0)),
        crenated=float(rng.choice([0.0, 0.0, 0.0, 0.0, 0.1, 0.7])),
        focus=float(rng.uniform(0.007, 0.020)),
        sharpening=float(rng.uniform(0.0, 0.6)),
        shading=float(rng.uniform(0.0, 0.08)),
        noise=float(rng.uniform(0.7, 2.5)),
    )


def vary(style: Style, rng: np.random.Generator) -> Style:
    """Another field of the same lab: the same stain within a little, other focus and crowding."""
    strength = float(rng.normal(1.0, 0.05))
    return replace(
        style,
        background=_jitter(style.background, 1.0, 0.006, rng),
        chromatin=_jitter(style.chromatin, strength, 0.02, rng),
        basic=_jitter(style.basic, strength, 0.03, rng),
        acid=_jitter(style.acid, strength, 0.03, rng),
        azurophil=_jitter(style.azurophil, strength, 0.03, rng),
        haemoglobin=_jitter(style.haemoglobin, 1.0, 0.04, rng),
        crowding=float(rng.uniform(0.2, 0.8)),
        pallor=float(rng.uniform(0.4, 1.0)),
        crenated=float(rng.choice([0.0, 0.0, 0.0, 0.0, 0.5])),
        focus=style.focus * float(rng.uniform(0.8, 1.6)),
        shading=style.shading * float(rng.uniform(0.3, 1.7)),
    )


def _blend(first: Colour, second: Colour, mix: float) -> Colour:
    a, b = np.asarray(first), np.asarray(second)
    return _to_colour(a + (b - a) * mix)


def _jitter(colour: Colour, factor: float, spread: float, rng: np.random.Generator) -> Colour:
    values = np.asarray(colour) * factor * rng.normal(1.0, spread, 3)
    return _to_colour(np.clip(values, 0.0, 253.0))


def _to_colour(values: np.ndarray) -> Colour:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
