"""How long the scale bar is, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from leukogui.language.number_format import format_number
from trainer.domain import FROM_PIXEL_SIZE, RED_CELL_MICROMETRES

_LENGTHS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class PixelScale:
    """Micrometres per image pixel, and why.

    Attributes:
        micrometres: of a pixel's side.
        stated: given by the file or a person; else it is estimated from the red cells.
        why: for a tool tip.
    """

    micrometres: float
    stated: bool
    why: str


def bar_length(micrometres: float, longest: float) -> float | None:
    """The longest round length that is not longer than `longest` pixels.

    Args:
        micrometres: of the side of one pixel of the screen.
        longest: in pixels of the screen.

    Returns:
        Micrometres; None where even the shortest is too long.
    """
    fitting = [length for length in _LENGTHS if length <= longest * micrometres]
    return fitting[-1] if fitting else None


def format_length(length: float, *, stated: bool) -> str:
    """The bar's label: "10 µm", or "≈ 10 µm" where it is estimated."""
    said = f"{format_number(length, 'g')} µm"
    return said if stated else f"≈ {said}"


def scale_of_file(micrometres: float, origin: str) -> PixelScale:
    """The scale that a file states."""
    text = _tr("The file states {um} µm per pixel ({origin}).")
    return PixelScale(
        micrometres, True, text.format(um=format_number(micrometres, ".3g"), origin=origin)
    )


def scale_of_run(settings: Mapping[str, Any], width: int, height: int) -> PixelScale | None:
    """An estimate from the red cells of the image's source, as the run measured them.

    Args:
        settings: of the run.
        width, height: of the image in pixels: a case may hold images of several sizes.
    """
    profile = _profile_of_size(settings, width, height)
    diameter = profile.get("red_cell_diameter")
    known = profile.get("origin") != "assumed"  # a guess from the image's size is no scale
    if not known or not isinstance(diameter, int | float) or diameter <= 0:
        return None
    if profile.get("origin") == FROM_PIXEL_SIZE:
        text = _tr("The source profile of the case says {um} µm per pixel.")
        micrometres = RED_CELL_MICROMETRES / diameter
        return PixelScale(micrometres, True, text.format(um=format_number(micrometres, ".3g")))
    if profile.get("origin") == "entered":
        text = _tr("Estimated: a red cell of {px} px, as entered, is taken as {um} µm wide.")
    else:
        text = _tr("Estimated: red cells here are {px} px wide on average, taken as {um} µm.")
    why = text.format(
        px=format_number(diameter, ".3g"), um=format_number(RED_CELL_MICROMETRES, "g")
    )
    return PixelScale(RED_CELL_MICROMETRES / diameter, False, why)


def _profile_of_size(settings: Mapping[str, Any], width: int, height: int) -> Mapping[str, Any]:
    for size, profile in settings.get("profiles_by_size") or ():
        if tuple(size) == (width, height) and profile.get("red_cell_diameter"):
            return dict(profile)
    return dict(settings.get("profile") or {})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Viewer", text)
