"""Texts on a source: its scale, and whether the model is calibrated for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from leukogui.case.results import Counts
from leukogui.language.number_format import format_number
from trainer.domain import FROM_PIXEL_SIZE, RED_CELL_MICROMETRES, SourceProfile, is_calibrated_for


def describe_diameter(profile: SourceProfile) -> str:
    """Describe the size of a red cell and its origin: "43.2 px, measured on 31 red cells"."""
    diameter = profile.red_cell_diameter
    if diameter is None:
        return _tr("measured at the next run")
    texts = {
        "entered": _tr("{px} px, as entered"),
        FROM_PIXEL_SIZE: _tr("{px} px, from {um} µm a pixel"),
        "measured": _tr("{px} px, measured on {n} red cells"),
    }
    text = texts.get(profile.origin, _tr("{px} px, assumed: too few red cells stand alone"))
    micrometres = RED_CELL_MICROMETRES / diameter
    cells = format_number(profile.measured_cells)
    return text.format(
        px=format_number(diameter, ".1f"), um=format_number(micrometres, ".4g"), n=cells
    )


def describe_calibration(source: str, sources: Sequence[str]) -> str:
    """Describe that a model is not calibrated for a source; empty where it is.

    Args:
        source: name of the lab or scanner; empty where not known.
        sources: names of the sources in the model's card.
    """
    if is_calibrated_for(source, sources):
        return ""
    text = (
        _tr("Not calibrated for {source}: the model's probabilities hold for {names} only.")
        if source
        else _tr("The source is not said: the model's probabilities hold for {names} only.")
    )
    names = ", ".join(sources) or _tr("no source")
    rest = _tr("Review a part of the cells before you rely on them.")
    return f"{text.format(source=source, names=names)} {rest}"


def describe_content(counts: Counts) -> str:
    """Describe what was found in the images: "12 images: 10 fields with 143 cells, 2 of one"."""
    images, fields = format_number(counts.images), format_number(counts.fields)
    single = counts.images - counts.fields
    cells = format_number(counts.total - single)
    if not counts.fields:
        return _tr("{n} images; none was found to be a field").format(n=images)
    parts = [_tr("{n} images: {m} fields with {c} cells").format(n=images, m=fields, c=cells)]
    if counts.empty:
        parts.append(_tr("{n} of them without a cell").format(n=format_number(counts.empty)))
    if single:
        parts.append(_tr("{n} of one cell each").format(n=format_number(single)))
    return ", ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Source", text)
