"""How the results of a case were made, as pairs of a name and a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainer.domain import AlertLevel
from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.report.language import ReportLanguage

Facts = list[tuple[str, str]]


def list_provenance(content: ExportContent, language: ReportLanguage) -> Facts:
    """List model, thresholds, source, device, runs and software."""
    return [
        (language.tr("Folder"), content.summary["root"]),
        *_list_model(content.summary, language),
        *_list_source(content, language),
        *_list_runs(content, language),
    ]


def _list_model(summary: Mapping[str, Any], language: ReportLanguage) -> Facts:
    model = summary["model"]
    thresholds = model["thresholds"]
    distance = thresholds["unknown_distance"]
    review = language.number(thresholds["review_probability"], ".3g")
    unknown = language.number(thresholds["unknown_probability"], ".3g")
    return [
        (language.tr("Model"), model["id"]),
        (language.tr("Network"), model["backbone"]),
        (language.tr("SHA-256 of the card"), model["card_sha256"]),
        (
            language.tr("Calibrated for"),
            ", ".join(model["calibrated_for"]) or language.tr("no source"),
        ),
        (language.tr("To review under"), language.tr("probability {p}", p=review)),
        (
            language.tr("Unknown from"),
            language.tr("{p} for all other kinds together", p=unknown),
        ),
        (
            language.tr("Unknown beyond"),
            language.tr("no distance")
            if distance is None
            else language.tr("distance {d}", d=language.number(distance, "g")),
        ),
        (language.tr("Thresholds chosen for"), _describe_target(summary, language)),
    ]


def _describe_target(summary: Mapping[str, Any], language: ReportLanguage) -> str:
    """What the thresholds promise: nothing for a source that is not in the card."""
    if "promise" in summary:
        return language.tr("the model's own sources; nothing is promised for this one")
    return str(summary["model"]["thresholds"]["target"] or language.tr("not stated"))


def _list_source(content: ExportContent, language: ReportLanguage) -> Facts:
    summary = content.summary
    profile = summary["source"].get("profile", {})
    calibrated = summary["calibrated_for_source"]
    return [
        (
            language.tr("Device, precision"),
            f"{summary['device']}, {summary['precision']}",
        ),
        (language.tr("Source"), profile.get("name") or language.tr("not named")),
        (
            language.tr("Calibrated for this source"),
            language.tr("yes") if calibrated else language.tr("no"),
        ),
        (
            language.tr("Reviewed by persons"),
            _describe_reviewed(summary["differential"], language),
        ),
        *_list_alert(summary, language),
        (language.tr("Stain"), profile.get("stain") or language.tr("not named")),
        (language.tr("Red cell, diameter"), _describe_diameter(profile, language)),
    ]


def _describe_reviewed(table: Mapping[str, Any], language: ReportLanguage) -> str:
    if "reviewed" not in table:
        return language.tr("none")
    reviewed = table["reviewed"]
    return language.tr("{n} of {m} cells", n=reviewed["reviewed_cells"], m=reviewed["all_cells"])


def _list_alert(summary: Mapping[str, Any], language: ReportLanguage) -> Facts:
    """How possible blasts were looked for; nothing where the model has no alert class."""
    alert, name = summary.get("alert"), language.tr("Possible blasts")
    if not alert:
        return []
    levels = {
        "careful": language.tr("careful"),
        "balanced": language.tr("balanced"),
        "off": language.tr("off"),
        "mixed": language.tr("not the same in all runs"),
    }
    level = levels[alert["level"]]
    if not alert["applies"]:
        own = language.tr("not for a source of the model")
        return [(name, level if alert["level"] == AlertLevel.OFF else own)]
    count = language.tr("{n} to review", n=summary["possible_blasts"])
    if alert["score"] is None:
        return [(name, f"{level}: {count}")]
    score = language.tr("from a score of {score} on", score=language.number(alert["score"], ".3g"))
    return [(name, f"{level}, {score}: {count}")]


def _describe_diameter(profile: Mapping[str, Any], language: ReportLanguage) -> str:
    diameter = profile.get("red_cell_diameter")
    if diameter is None:
        return language.tr("not known")
    origins = {
        "measured": language.tr("measured"),
        "entered": language.tr("entered"),
        "assumed": language.tr("assumed"),
        "pixel size": language.tr("from the size of a pixel"),
    }
    parts = [origins.get(profile["origin"], profile["origin"])]
    if measured := profile.get("measured_cells"):
        parts.append(language.tr("{n} cells", n=measured))
    return f"{language.number(diameter, '.1f')} px ({', '.join(parts)})"


def _list_runs(content: ExportContent, language: ReportLanguage) -> Facts:
    newest, versions = content.reader.newest_run, content.summary["versions"]
    finished = newest.finished and language.time(newest.finished)
    states = {
        "running": language.tr("going on"),
        "finished": language.tr("finished"),
        "cancelled": language.tr("stopped"),
        "failed": language.tr("failed"),
    }
    last = language.tr(
        "{start} to {end}, {state}",
        start=language.time(newest.started),
        end=finished or language.tr("now"),
        state=states[newest.state.value],
    )
    return [
        (language.tr("Runs"), ", ".join(str(run.id) for run in content.reader.runs)),
        (language.tr("Last run"), last),
        (language.tr("Judged by"), language.tr("version {v}", v=newest.software)),
        (
            language.tr("Software"),
            ", ".join(f"{name} {value}" for name, value in versions.items()),
        ),
    ]
