"""Write a report as report.pdf, on A4, with text that can be searched and copied."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace
from fpdf.util import Padding
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from trainer.atomic_files import write_bytes
from trainer.domain import ShouldStop
from trainer.errors import Cancelled
from trainer.jobs.common.report.charts import SVG_WIDTH, encode_png
from trainer.jobs.export.report.blocks import (
    Block,
    Cards,
    CellFigure,
    CellFigures,
    Chart,
    Grid,
    Heading,
    Key,
    Letterhead,
    Paragraph,
    Report,
    Row,
)
from trainer.jobs.export.report.pdf_fonts import FAMILY, PdfFonts
from trainer.models.class_colours import Mark

_MARGIN, _GAP, _LINE = 16, 3, 4.4  # mm
_BODY, _SMALL = 9, 7  # pt
_PICTURE = 24  # mm
_INK, _GREY, _PALE = (29, 29, 29), (96, 96, 96), (244, 244, 244)
_WATERMARK = (234, 234, 234)
_WATERMARK_WIDTH = 220.0  # mm
_MARK_WIDTH = 6  # mm
_LONGEST_CELL = 1500  # letters, so that a row fits on a page
_CAPTION_LINES = 5
_CHART_DPI = 180
_CHART_FONT_SIZE = 13


def write_pdf(path: Path, report: Report, should_stop: ShouldStop) -> None:
    """Write the PDF.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it was time to stop.
    """
    pdf = _ReportPdf(report)
    for block in report.blocks:
        if should_stop():
            raise Cancelled
        pdf.write_block(block)
    write_bytes(path, bytes(pdf.output()))


class _ReportPdf(FPDF):
    """The pages of one report."""

    def __init__(self, report: Report) -> None:
        super().__init__(format="A4")
        self._report = report
        self._fonts = PdfFonts(self)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN + 4)
        self.set_title(self._fonts.fit(report.title))
        self.set_creator("leukogui")
        self.set_lang(report.language)
        self._writers: dict[str, Callable[[Any], None]] = {
            Heading.kind: self._write_heading,
            Paragraph.kind: self._write_paragraph,
            Cards.kind: self._write_cards,
            Grid.kind: self._write_grid,
            Chart.kind: self._write_chart,
            CellFigures.kind: self._write_cells,
            Key.kind: self._write_key,
        }
        self.add_page()
        self._write_letterhead(report.letterhead)
        self._write_line(report.title, 16, bold=True)
        self._write_line(report.subtitle, _BODY, colour=_GREY)
        self.ln(_GAP)

    def header(self) -> None:
        """Write the draft's word across the page, below everything else."""
        if not self._report.draft:
            return
        x, y = self.w / 2, self.h / 2
        with self.local_context():
            self._set_font(44, bold=True, colour=_WATERMARK)
            width = self.get_string_width(self._report.draft)
            if width > _WATERMARK_WIDTH:
                self._set_font(44 * _WATERMARK_WIDTH / width, bold=True, colour=_WATERMARK)
                width = _WATERMARK_WIDTH
            with self.rotation(40, x, y):
                self.text(x - width / 2, y, self._report.draft)

    def footer(self) -> None:
        """Write what the report is of, its state and the number of the page."""
        self.set_y(-_MARGIN)
        self._set_font(_SMALL, colour=_GREY)
        draft = f"{self._report.draft} · " if self._report.draft else ""
        text = self._fonts.fit(f"{draft}{self._report.footer}")
        self.cell(self.epw - 20, 4, self._shorten(text, self.epw - 20))
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align="R")

    def write_block(self, block: Block) -> None:
        """Write one block below the last."""
        self._writers[block.kind](block)

    def _set_font(
        self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK
    ) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def _write_line(
        self,
        text: str,
        size: float = _BODY,
        *,
        bold: bool = False,
        colour: tuple[int, int, int] = _INK,
    ) -> None:
        self._set_font(size, bold=bold, colour=colour)
        height = size * 0.49
        self.multi_cell(0, height, self._fonts.fit(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _write_letterhead(self, letterhead: Letterhead) -> None:
        if not letterhead.lines and not letterhead.logo:
            return
        top, left = self.get_y(), self.l_margin
        bottom = top
        if letterhead.logo:
            info = self.image(
                io.BytesIO(letterhead.logo), left, top, w=50, h=16, keep_aspect_ratio=True
            )
            left, bottom = left + min(50, info.rendered_width) + 6, top + 16
        self._set_font(_BODY, bold=True)
        self.set_xy(left, top)
        for line in letterhead.lines:
            self.set_x(left)
            self.multi_cell(0, _LINE, self._fonts.fit(line), align="L", new_x="LEFT", new_y="NEXT")
        self.set_y(max(bottom, self.get_y()) + 2)
        self.set_draw_color(*_INK)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(_GAP)

    def _keep_together(self, height: float) -> None:
        if self.will_page_break(height):
            self.add_page()

    def _write_heading(self, heading: Heading) -> None:
        large = heading.level == 2
        self._keep_together(34 if large or heading.mark is None else 50)
        self.ln(_GAP if large else 1.5)
        if heading.mark is not None:
            self._write_mark(heading.mark)
        self._write_line(heading.text, 12 if large else 10, bold=True)
        if large:
            self.set_draw_color(218)
            self.line(self.l_margin, self.get_y() + 0.6, self.w - self.r_margin, self.get_y() + 0.6)
        self.ln(1.5)

    def _write_mark(self, mark: Mark) -> None:
        self.set_fill_color(mark.colour)
        self._set_font(_BODY, bold=True)
        self.set_text_color(mark.ink)
        self.cell(5, 5, mark.letter, align="C", fill=True)
        self.cell(2, 5, "")

    def _write_paragraph(self, paragraph: Paragraph) -> None:
        text, style = self._fonts.fit(paragraph.text), paragraph.style
        framed = style in ("use", "draft")
        colour = _GREY if style == "quiet" else _INK
        self._set_font(_BODY, bold=framed, colour=colour)
        self.set_draw_color(*_INK)
        self.set_fill_color(*_PALE)
        self.multi_cell(
            0,
            _LINE,
            text,
            align="L",
            border=1 if framed else ("L" if style == "warn" else 0),
            fill=style in ("warn", "draft"),
            padding=Padding(1.2, 2.5, 1.2, 2.5) if framed or style == "warn" else 0,
            new_x="LMARGIN",
            new_y="NEXT",
        )
        self.ln(1.5)

    def _write_cards(self, cards: Cards) -> None:
        self._keep_together(14)
        width, top = self.epw / len(cards.counts), self.get_y() + 1
        self.set_draw_color(218)
        for at, (count, label) in enumerate(cards.counts):
            left = self.l_margin + at * width
            self.rect(left, top, width - 2, 12)
            self.set_xy(left + 1, top + 1)
            self._set_font(12, bold=True)
            self.cell(width - 4, 6, count)
            self.set_xy(left + 1, top + 6.5)
            self._set_font(_SMALL, colour=_GREY)
            self.cell(width - 4, 4, self._shorten(self._fonts.fit(label), width - 4))
        self.set_y(top + 14)

    def _write_grid(self, grid: Grid) -> None:
        if not grid.rows:
            return
        marked = any(row.mark for row in grid.rows)
        count = len(grid.head or grid.rows[0].cells)
        widths = tuple(grid.widths) or (1.0,) * count
        whole = self.epw - (_MARK_WIDTH if marked else 0)
        columns = [whole * width / sum(widths) for width in widths]
        aligned = ["RIGHT" if at in grid.numbers else "LEFT" for at in range(count)]
        self._set_font(8)
        self.set_draw_color(218)
        self.set_fill_color(255)
        with self.table(
            col_widths=([_MARK_WIDTH] if marked else []) + columns,
            text_align=(["CENTER"] if marked else []) + aligned,
            first_row_as_headings=bool(grid.head),
            headings_style=FontFace(emphasis="BOLD"),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            line_height=4,
            padding=(0.6, 1),
        ) as table:
            if grid.head:
                table.row([*([""] if marked else []), *map(self._fonts.fit, grid.head)])
            for row in grid.rows:
                self._fill_row(table.row(), row, marked)
        self.ln(2)

    def _fill_row(self, line: Any, row: Row, marked: bool) -> None:
        if marked:
            style = row.mark and FontFace(
                emphasis="BOLD", color=row.mark.ink, fill_color=row.mark.colour
            )
            line.cell(row.mark.letter if row.mark else "", style=style or None)
        for text in row.cells:
            line.cell(self._fonts.fit(text[:_LONGEST_CELL]))

    def _write_chart(self, chart: Chart) -> None:
        height = self.epw * chart.height / SVG_WIDTH
        self._keep_together(height)
        self.image(io.BytesIO(_render_chart(chart)), w=self.epw, alt_text=chart.title)
        self.ln(1)

    def _write_key(self, key: Key) -> None:
        self._write_line(key.text, _SMALL, colour=_GREY)
        for colour, label in key.colours:
            self.set_fill_color(colour)
            self.set_draw_color(128)
            self.rect(self.get_x(), self.get_y() + 0.7, 3, 3, style="DF")
            self.set_x(self.get_x() + 4)
            text = self._fonts.fit(label)
            self.cell(self.get_string_width(text) + 5, 4.4, text)
        self.ln(6)

    def _write_cells(self, cells: CellFigures) -> None:
        """Set figures in lines, as many as have room."""
        left, tallest = self.l_margin, 0.0
        top = self.get_y()
        for figure in cells.figures:
            width = len(figure.pictures) * (_PICTURE + 1) - 1
            caption = self._break_caption(figure, width)
            height = _PICTURE + 1 + len(caption) * 2.9
            if left + width > self.w - self.r_margin + 0.1:
                left, top, tallest = self.l_margin, top + tallest + 2, 0.0
            if left == self.l_margin and top + height > self.page_break_trigger:
                self.add_page()
                top = self.get_y()
            self._write_figure(figure, caption, left, top, width)
            left, tallest = left + width + 4, max(tallest, height)
        self.set_xy(self.l_margin, top + tallest + 2)

    def _break_caption(self, figure: CellFigure, width: float) -> list[str]:
        self._set_font(_SMALL - 0.5, colour=_GREY)
        text = "\n".join(self._fonts.fit(line) for line in figure.caption)
        broken = self.multi_cell(width, 2.9, text, align="L", dry_run=True, output="LINES")
        lines = cast("list[str]", broken)
        if len(lines) > _CAPTION_LINES:
            lines = [*lines[: _CAPTION_LINES - 1], f"{lines[_CAPTION_LINES - 1][:-1]}…"]
        return lines

    def _write_figure(
        self, figure: CellFigure, caption: list[str], left: float, top: float, width: float
    ) -> None:
        for at, (data, alt) in enumerate(figure.pictures):
            x = left + at * (_PICTURE + 1)
            self.image(
                io.BytesIO(data), x, top, _PICTURE, _PICTURE, keep_aspect_ratio=True, alt_text=alt
            )
        self._set_font(_SMALL - 0.5, colour=_GREY)
        for at, line in enumerate(caption):
            self.set_xy(left, top + _PICTURE + 1 + at * 2.9)
            self.cell(width, 2.9, line)

    def _shorten(self, text: str, width: float) -> str:
        """The text on one line of a width in mm; dots stand for what is cut off."""
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(f"{text}…") > width:
            text = text[:-1]
        return f"{text}…"


def _render_chart(chart: Chart) -> bytes:
    """Draw a chart as PNG, as wide as the page's text."""
    with rc_context({"font.size": _CHART_FONT_SIZE}):
        size = (SVG_WIDTH / 72, chart.height / 72)
        figure = Figure(figsize=size, dpi=_CHART_DPI, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        chart.draw(figure.subplots())
        return encode_png(figure)
