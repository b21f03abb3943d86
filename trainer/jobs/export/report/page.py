"""Write a report as report.html: one page that stands alone, to be read, printed and kept."""

from __future__ import annotations

from pathlib import Path

from trainer.atomic_files import write_bytes
from trainer.jobs.common.report.charts import render_svg
from trainer.jobs.common.report.html import image_data_url, render_page
from trainer.jobs.export.report.blocks import Chart, Report


def render_report(report: Report) -> str:
    """Render the page."""
    logo = report.letterhead.logo
    return render_page(
        "report.html",
        title=report.title,
        lang=report.language,
        report=report,
        logo=image_data_url(logo) if logo else "",
        draw_chart=_draw_chart,
        jpeg=lambda data: image_data_url(data, "jpeg"),
    )


def write_page(path: Path, report: Report) -> None:
    """Write the page.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    write_bytes(path, render_report(report).encode("utf-8", "backslashreplace"))


def _draw_chart(chart: Chart) -> str:
    return render_svg(chart.draw, chart.height, title=chart.title, description=chart.description)
