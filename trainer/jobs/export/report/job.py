"""Write the report of a case, as a page or as a PDF."""

from __future__ import annotations

from pathlib import Path

from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.report.blocks import Report
from trainer.jobs.export.report.build import build_report
from trainer.jobs.export.report.identity import read_letterhead
from trainer.jobs.export.report.language import ReportLanguage
from trainer.jobs.export.report.page import write_page
from trainer.jobs.export.report.pdf import write_pdf


def write_html(path: Path, content: ExportContent) -> None:
    """Write report.html.

    Raises:
        UserError: the disk is full, the folder cannot be written to, or the lab's logo cannot be
            read.
        Cancelled: it was time to stop.
    """
    write_page(path, _build(content))


def write_pdf_file(path: Path, content: ExportContent) -> None:
    """Write report.pdf; errors as of `write_html`."""
    write_pdf(path, _build(content), content.should_stop)


def _build(content: ExportContent) -> Report:
    options = content.report
    letterhead = read_letterhead(options.laboratory, options.logo)
    return build_report(content, ReportLanguage(options.language), letterhead)
