"""Hold what every export is written from, and the rows that several of them show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.domain import Prediction, ShouldStop
from trainer.jobs.common.case.reader import CaseReader
from trainer.jobs.common.case.statistics import CaseStatistics, interruptible
from trainer.jobs.common.case.summary import FILES_NOT_READ
from trainer.jobs.common.report.differential_text import describe_shares, warnings_of_differential
from trainer.jobs.common.source_scale import describe_missing_calibration
from trainer.jobs.common.unread_notes import describe_not_read
from trainer.protocol.events import Emit


@dataclass(frozen=True)
class ReportOptions:
    """How the report is written.

    Attributes:
        language: "en" or "de".
        laboratory: name and address of the lab, a line each.
        logo: path of its logo, PNG or JPEG; empty for none.
    """

    language: str = "en"
    laboratory: str = ""
    logo: str = ""


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
    report: ReportOptions = ReportOptions()

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


def warnings_of(content: ExportContent) -> list[str]:
    """List the warnings of the results: of the differential, the source, files not read."""
    promise = content.summary.get("promise", {}).get("text", ())
    of_shares = warnings_of_differential(content.summary["differential"])
    return [*of_shares, *_warn_of_source(content), *promise, *_warn_of_files(content)]


def list_warnings(content: ExportContent) -> list[str]:
    """List the warnings that a reader must see first; after review, where there is one.

    What the model promises is none of them, for it has a place of its own in a report.
    """
    table = content.summary["differential"]
    of_differential = table.get("after_review", table)["warnings"]
    of_shares = [*of_differential, *describe_shares(table)]
    return [*of_shares, *_warn_of_source(content), *_warn_of_files(content)]


def _warn_of_source(content: ExportContent) -> list[str]:
    name = content.summary["source"].get("profile", {}).get("name", "")
    text = describe_missing_calibration(name, content.summary["model"]["calibrated_for"])
    return [f"{text} Review a part of the cells before you rely on them."] if text else []


def _warn_of_files(content: ExportContent) -> list[str]:
    not_read = content.summary.get(FILES_NOT_READ)
    return [describe_not_read(not_read)] if not_read else []
