"""Templates of the reports: whatever a name holds, it is shown as text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

import trainer.jobs.common.report.html
from trainer.jobs.common.report.charts import draw_differential
from trainer.jobs.common.report.html import Figure, Picture, Table, image_data_url, render_page
from trainer.jobs.export.report.blocks import (
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
from trainer.jobs.export.report.page import _draw_chart
from trainer.models.class_colours import marks_of

HOSTILE = (
    """<script>alert('1')</script> & "x" onload=x {{ 7 * 7 }} {% raw %} $a$ </style></title>"""
)
TABLE = Table((HOSTILE, HOSTILE), ((HOSTILE, HOSTILE),), numbers=(1,))
PICTURE = Picture("data:image/png;base64,AAAA", HOSTILE)
FIGURES = [Figure((PICTURE, PICTURE), (HOSTILE, HOSTILE))]
MARK = marks_of([HOSTILE])[HOSTILE]
SHARES = {HOSTILE: {"cells": 3, "value": 100.0, "low": 29.2, "high": 100.0}}
EVERYWHERE = {"title": HOSTILE, "statement": HOSTILE, "notes": [HOSTILE]}
CONTEXTS: dict[str, dict[str, object]] = {
    "report.html": {
        "report": Report(
            HOSTILE,
            HOSTILE,
            Letterhead((HOSTILE,), b"png"),
            HOSTILE,
            HOSTILE,
            "en",
            (
                Heading(HOSTILE),
                Heading(HOSTILE, 3, MARK),
                Paragraph(HOSTILE, "warn"),
                Cards(((HOSTILE, HOSTILE),)),
                Grid((HOSTILE, HOSTILE), (Row((HOSTILE, HOSTILE), MARK),), (1,)),
                Chart(
                    lambda axes: draw_differential(axes, SHARES, {HOSTILE: MARK}),
                    100,
                    HOSTILE,
                    HOSTILE,
                ),
                Key(HOSTILE, (("#4d4d4d", HOSTILE),)),
                CellFigures((CellFigure(((b"jpeg", HOSTILE),), (HOSTILE, HOSTILE)),)),
            ),
        ),
        "logo": "data:image/png;base64,AAAA",
        "draw_chart": _draw_chart,
        "jpeg": lambda data: image_data_url(data, "jpeg"),
    },
    "audit.html": {
        "images": 1,
        "classes": 1,
        "alarms": [(HOSTILE, HOSTILE)],
        "notes": [(HOSTILE, HOSTILE)],
        "summary": HOSTILE,
        "probes": TABLE,
        "margins": FIGURES,
        "sources": [
            SimpleNamespace(
                given=given, counts=TABLE, cramers_v=HOSTILE, p_value=HOSTILE, figures=FIGURES
            )
            for given in (True, False)
        ],
        "duplicate_count": 3,
        "duplicates": [SimpleNamespace(title=HOSTILE, figures=FIGURES)],
        "unreadable_count": 2,
        "unreadable": TABLE,
        "outlier_count": 2,
        "outliers": FIGURES,
        "counts": [{"by": HOSTILE, "table": TABLE}],
        "provenance": TABLE,
    },
    "evaluate.html": {
        "data": HOSTILE,
        "card_sha256": HOSTILE,
        "overall": TABLE,
        "by_class": TABLE,
        "all_classes_occur": False,
        "alert": TABLE,
        "alert_note": HOSTILE,
        "charts": FIGURES,
        "subgroups": TABLE,
        "error_count": 1,
        "errors": FIGURES,
        "robustness_cells": 1,
        "robustness": TABLE,
        "map_gates": TABLE,
        "faithfulness_cells": 1,
        "faithfulness": TABLE,
    },
    "compare.html": {
        "quality": TABLE,
        "calibration": TABLE,
        "seeds": TABLE,
        "costs": TABLE,
        "pareto_optimal": HOSTILE,
        "pareto": PICTURE,
        "differences": TABLE,
        "cochran": HOSTILE,
        "by_class": [(HOSTILE, TABLE)],
        "confusions": FIGURES,
        "by_source": TABLE,
        "risk_coverage": PICTURE,
        "alert": TABLE,
        "map_gates": TABLE,
        "map_gate_cells": 40,
        "faithfulness": TABLE,
        "faithfulness_cells": 1,
        "recommendations": [HOSTILE],
    },
    "ablation.html": {
        "model": HOSTILE,
        "written": HOSTILE,
        "cells": [
            SimpleNamespace(
                name=HOSTILE,
                figure=FIGURES[0],
                rows=[
                    SimpleNamespace(name=HOSTILE, gain=gain, width=40, lost=HOSTILE, label=HOSTILE)
                    for gain in (True, False)
                ],
                text=HOSTILE,
                notes=[HOSTILE],
            )
        ],
        "left_out": 1200,
        "table_name": HOSTILE,
    },
    "left_out.html": {"worst": HOSTILE, "rows": TABLE, "recipe": TABLE},
}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "b", "br", "i"),
    *("span", "div", "table", "tr", "th", "td", "figure", "figcaption", "img"),
    *("svg", "desc", "g", "path", "text"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "class", "style", "src", "alt"),
    *("viewbox", "role", "aria-label", "d", "x", "y", "transform"),
}


class _Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("template", CONTEXTS)
def test_hostile_texts_are_shown_as_text(template: str) -> None:
    page = _Page(render_page(template, **(EVERYWHERE | CONTEXTS[template])))
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    assert {value for name, value in page.attributes if name == "alt"} <= {HOSTILE}
    assert HOSTILE in page.text
    # Each is whole: nothing of it was taken for markup, and no text was escaped twice.
    shortened = page.text.count(f"{HOSTILE[:21]}...")  # beside a bar, where there is no room
    assert page.text.count("<script>") == page.text.count(HOSTILE) + shortened
    assert "&lt;" not in page.text
    assert "&amp;" not in page.text
    (policy,) = (value for _, value in page.attributes if value.startswith("default-src"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_every_page_is_tried() -> None:
    folder = Path(trainer.jobs.common.report.html.__file__).with_name("templates")
    pages = {path.name for path in folder.glob("*.html") if "extends" in path.read_text("utf-8")}
    assert pages == set(CONTEXTS)


@pytest.mark.parametrize("template", CONTEXTS)
def test_a_missing_text_is_an_error(template: str) -> None:
    with pytest.raises(UndefinedError):
        render_page(template, **CONTEXTS[template])


def test_numbers_are_shown_line_by_line() -> None:
    page = render_page(
        "compare.html",
        **(EVERYWHERE | CONTEXTS["compare.html"] | {"quality": Table(("a",), (("1\n2",),), (0,))}),
    )
    assert '<td class="n">1\n2</td>' in page
