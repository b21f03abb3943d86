"""Figures in words: in tables, to a screen reader, in the list of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication

from leukogui.case.source_text import describe_calibration, describe_diameter
from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number
from leukogui.summary.case_summary import CaseSummary, DifferentialRow, RunRow
from trainer.cases.records import profile_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("Summary", text)


def display_name(key: str) -> str:
    """A class, or what is apart, as a person reads it."""
    apart = {
        "accept": _tr("Accepted"),
        "review": _tr("To review"),
        "unknown": _tr("Unknown"),
        "failed": _tr("Failed"),
    }
    return apart.get(key) or class_title(key)


def format_value(share: DifferentialRow) -> str:
    """The figure, such as 12.3; empty where there is nothing to divide by."""
    return "" if share.value is None else format_number(share.value, ".1f")


def format_interval(share: DifferentialRow) -> str:
    """Its interval, such as 10.1 – 15.0."""
    if share.value is None or share.low is None:
        return ""
    high = _tr("no bound") if share.high is None else format_number(share.high, ".1f")
    return f"{format_number(share.low, '.1f')} – {high}"


def format_open_range(share: DifferentialRow) -> str:
    """What the figure can be by what the open cells are; empty where none is open."""
    if share.range is None:
        return ""
    low, high = share.range
    upper = _tr("no bound") if high is None else format_number(high, ".1f")
    return f"{format_number(low, '.1f')} – {upper}"


def describe_row(share: DifferentialRow, unit: str) -> str:
    """A line of a table, for a screen reader."""
    said = f"{display_name(share.key)}: {_tr('{n} cells').format(n=share.cells)}"
    if share.value is not None:
        between = _tr("95 % interval {between}").format(between=format_interval(share))
        said = f"{said}, {format_value(share)} {unit}, {between}"
    if share.range is not None:
        said += ", " + _tr("with the open cells {between}").format(between=format_open_range(share))
    return said


def describe_corrected(shares: Sequence[DifferentialRow]) -> str:
    """Shares corrected for the errors that a model is known to make; empty for none."""
    if not shares:
        return ""
    parts = [
        f"{display_name(each.key)} {format_value(each)} ({format_interval(each)})"
        for each in shares
    ]
    text = _tr(
        "Corrected for the errors on the sources of the model's card (Rogan and Gladen 1978, "
        "parametric bootstrap), in %: {shares}"
    )
    return text.format(shares=", ".join(parts))


def describe_histogram(figures: CaseSummary) -> str:
    """The histogram in words: what lies in each tenth, and the threshold."""
    parts = [
        _tr("Under {p} a cell goes to review.").format(p=format_number(figures.threshold, ".3g"))
    ]
    columns = list(zip(*figures.histogram.values(), strict=True))
    for low in range(0, len(columns), 2):
        cells = sum(sum(column) for column in columns[low : low + 2])
        if cells:
            ends = (format_number(end / len(columns), ".1f") for end in (low, low + 2))
            between = "–".join(ends)
            parts.append(_tr("{between}: {n} cells").format(between=between, n=cells))
    return " ".join(parts[:1]) + " " + ", ".join(parts[1:])


def describe_run(run: RunRow) -> str:
    """A run in one line."""
    states = {
        "running": _tr("going on"),
        "finished": _tr("finished"),
        "cancelled": _tr("stopped"),
        "failed": _tr("failed"),
    }
    images = _tr("{n} images").format(n=format_number(run.judged))
    state = states.get(run.state, run.state)
    parts = (
        _tr("Run {n}").format(n=run.id),
        format_time(run.started),
        run.model,
        f"{images}, {state}",
    )
    return "  ·  ".join(parts)


def format_time(stamp: str) -> str:
    """A time of the store, here and to the minute."""
    return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M")


def describe_provenance(figures: CaseSummary) -> list[tuple[str, str]]:
    """How it was made: a name and a value each."""
    raw = figures.raw
    model, profile = raw["model"], raw["source"].get("profile", {})
    thresholds = model["thresholds"]
    distance = thresholds["unknown_distance"]
    rows = [
        (_tr("Model"), f"{model['id']}, {model['backbone']}"),
        (_tr("SHA-256 of its card"), model["card_sha256"]),
        (_tr("Calibrated for"), ", ".join(model["calibrated_for"]) or _tr("no source")),
        (_tr("To review under"), format_number(thresholds["review_probability"], ".3g")),
        (_tr("Unknown from"), format_number(thresholds["unknown_probability"], ".3g")),
    ]
    if distance is not None:
        rows.append((_tr("Unknown beyond distance"), format_number(distance, "g")))
    rows += [
        (_tr("Device"), f"{raw['device']}, {raw['precision']}"),
        (_tr("Source"), profile.get("name") or _tr("not named")),
        (
            _tr("Calibrated for this source"),
            _tr("no") if describe_uncalibrated_source(raw) else _tr("yes"),
        ),
    ]
    if alert := raw.get("alert"):
        rows.append((_tr("Possible blasts"), _describe_alert(alert, raw["possible_blasts"])))
    if profile.get("stain"):
        rows.append((_tr("Stain"), profile["stain"]))
    if profile.get("red_cell_diameter") is not None:
        rows.append((_tr("Diameter of a red cell"), describe_diameter(profile_of(profile))))
    return rows


def _describe_alert(alert: Mapping[str, Any], count: int) -> str:
    """How possible blasts were looked for, and how many wait for review."""
    levels = {
        "careful": _tr("careful"),
        "balanced": _tr("balanced"),
        "off": _tr("not looked for"),
        "mixed": _tr("not the same in all runs"),
    }
    level = levels[alert["level"]]
    if alert["level"] == "off":
        return level
    if not alert["applies"]:
        return _tr("not looked for in images of the model's own source")
    return _tr("{level}: {n} to review").format(level=level, n=format_number(count))


def describe_uncalibrated_source(raw: Mapping[str, Any]) -> str:
    """That the probabilities do not hold for the source of the images; empty where they do.

    Args:
        raw: figures as in summary.json.
    """
    name = raw["source"].get("profile", {}).get("name", "")
    return describe_calibration(name, raw["model"]["calibrated_for"])


def abbreviate_names(names: Sequence[str], most: int = 5) -> str:
    """Some names, and how many more there are."""
    said = ", ".join(names[:most])
    more = len(names) - most
    return said if more <= 0 else _tr("{names} and {n} more").format(names=said, n=more)
