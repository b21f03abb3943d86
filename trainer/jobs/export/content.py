"""Hold what every export is written from, and the rows that several of them show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.domain import AlertLevel, Prediction, ShouldStop
from trainer.jobs.common.case_reader import CaseReader
from trainer.jobs.common.case_statistics import CaseStatistics, interruptible
from trainer.jobs.common.case_summary import ALERT, FILES_NOT_READ
from trainer.jobs.common.differential_text import warnings_of_differential
from trainer.jobs.common.formatting import format_count
from trainer.jobs.common.source_scale import describe_missing_calibration
from trainer.jobs.common.unread_notes import describe_not_read
from trainer.protocol.events import Emit


@dataclass(frozen=True, eq=False)
class ExportContent:
    """The statistics of a case, and access to its predictions.

    Attributes:
        summary: as in summary.json.
    """

    reader: CaseReader
    statistics: CaseStatistics
    summary: Mapping[str, Any]
    emit: Emit
    should_stop: ShouldStop

    def predictions(self) -> Iterator[Prediction]:
        """Iterate the predictions by image.

        Raises:
            Cancelled: it is time to stop.
        """
        return interruptible(self.reader.predictions(), self.should_stop)

    @property
    def threshold(self) -> float:
        """Probability (0-1) under which a cell goes to review."""
        return self.reader.model.thresholds.review_probability


Writer = Callable[[Path, ExportContent], None]


def provenance_rows(content: ExportContent) -> list[tuple[str, str]]:
    """List how the results were made, as pairs of a name and a value to show."""
    summary, newest = content.summary, content.reader.newest_run
    model, profile = summary["model"], summary["source"].get("profile", {})
    thresholds = model["thresholds"]
    distance = thresholds["unknown_distance"]
    return [
        ("Folder", summary["root"]),
        ("Model", model["id"]),
        ("Network", model["backbone"]),
        ("SHA-256 of the card", model["card_sha256"]),
        ("Calibrated for", ", ".join(model["calibrated_for"]) or "no source"),
        ("To review under", f"probability {thresholds['review_probability']:.3g}"),
        ("Unknown from", f"{thresholds['unknown_probability']:.3g} for all other kinds together"),
        ("Unknown beyond", "no distance" if distance is None else f"distance {distance:g}"),
        ("Thresholds chosen for", _describe_target(summary)),
        ("Device, precision", f"{summary['device']}, {summary['precision']}"),
        ("Source", profile.get("name") or "not named"),
        ("Calibrated for this source", "yes" if summary["calibrated_for_source"] else "no"),
        ("Reviewed by persons", _describe_reviewed(summary["differential"])),
        *_alert_rows(summary),
        ("Stain", profile.get("stain") or "not named"),
        ("Red cell, diameter", _format_diameter(profile)),
        ("Runs", ", ".join(str(run.id) for run in content.reader.runs)),
        ("Last run", f"{newest.started} to {newest.finished or 'now'}, {newest.state.value}"),
        ("Judged by", f"version {newest.software}"),
        ("Software", ", ".join(f"{name} {value}" for name, value in summary["versions"].items())),
    ]


def _describe_target(summary: Mapping[str, Any]) -> str:
    """What the thresholds were chosen for; summary.json has it as it holds for the source."""
    return str(summary["model"]["thresholds"]["target"] or "not said")


def _describe_reviewed(table: Mapping[str, Any]) -> str:
    if "reviewed" not in table:
        return "none"
    reviewed = table["reviewed"]
    return f"{reviewed['reviewed_cells']:,} of {reviewed['all_cells']:,} cells"


def _alert_rows(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How possible blasts were looked for; nothing where the model has no alert class."""
    alert = summary.get(ALERT)
    if not alert:
        return []
    if not alert["applies"]:
        reason = "off" if alert["level"] == AlertLevel.OFF else "not for a source of the model"
        return [("Possible blasts", reason)]
    score = "" if alert["score"] is None else f", from a score of {alert['score']:.3g} on"
    count = format_count(summary["possible_blasts"], "cell")
    return [("Possible blasts", f"{alert['level']}{score}: {count} to review")]


def warnings_of(content: ExportContent) -> list[str]:
    """List the warnings to show: of the differential, of the source, of files not read."""
    name = content.summary["source"].get("profile", {}).get("name", "")
    text = describe_missing_calibration(name, content.summary["model"]["calibrated_for"])
    of_source = [f"{text} Review a part of the cells before you rely on them."] if text else []
    not_read = content.summary.get(FILES_NOT_READ)
    of_files = [describe_not_read(not_read)] if not_read else []
    promise = content.summary.get("promise", {}).get("text", ())
    of_shares = warnings_of_differential(content.summary["differential"])
    return [*of_shares, *of_source, *promise, *of_files]


def _format_diameter(profile: Mapping[str, Any]) -> str:
    diameter = profile.get("red_cell_diameter")
    if diameter is None:
        return "not known"
    measured = profile.get("measured_cells")
    cells = f", {measured} cells" if measured else ""
    return f"{diameter:.1f} px ({profile['origin']}{cells})"
