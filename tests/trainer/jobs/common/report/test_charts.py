"""Charts of the reports: the same bytes for the same figures, and text that can be read."""

from __future__ import annotations

from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from trainer.jobs.common.report.charts import draw_confusion, render_png
from trainer.jobs.export.charts import differential_svg, histogram_svg
from trainer.models.class_colours import marks_of

NAMES = ("seg_neutrophil", "a$b$c & <b>", "淋巴\x07细胞", "none")
SHARES = {
    NAMES[0]: {"cells": 1234, "value": 98.4, "low": 97.5, "high": 99.0},
    NAMES[1]: {"cells": 20, "value": 1.6, "low": 1.0, "high": 2.5},
    NAMES[2]: {"cells": 0, "value": 0.0, "low": 0.0, "high": 0.3},
    NAMES[3]: {"cells": 0, "value": None, "low": None, "high": None},
}
COUNTS = {"accept": [0, 0, 3, 9], "review": [0, 2, 1, 0], "unknown": [4, 0, 0, 0]}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  # our own


def differential() -> ElementTree.Element:
    return parsed(differential_svg(SHARES, marks_of(NAMES)))


def test_the_differential_can_be_read() -> None:
    svg = differential()
    texts = [element.text for element in svg.iter("text")]
    names = ("Segmented neutrophil", "a$b$c & <b>", "淋巴 细胞")
    for text in (*names, "0 %", "100 %", "no cells", "S"):
        assert text in texts, text
    assert "n = 1,234:  98.4 % (97.5-99.0)" in texts
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == svg.findtext("title")
    assert "Segmented neutrophil 98.4 97.5-99.0; " in svg.attrib["aria-label"]
    assert "interval" in (svg.findtext("desc") or "")


def test_what_open_cells_leave_to_a_share_is_a_band_behind_its_bar() -> None:
    ranges = {NAMES[0]: {"low": 60.0, "high": 99.0}}
    svg = parsed(differential_svg(SHARES, marks_of(NAMES), ranges=ranges))
    paths = [(path.attrib["style"], path.attrib["d"].split()) for path in svg.iter("path")]
    lines = [float(d[1]) for style, d in paths if "#e4e4e4" in style]
    percent = (lines[-1] - lines[0]) / 100
    (band,) = [d for style, d in paths if "#cfcfcf" in style]
    assert (float(band[1]) - lines[0]) / percent == pytest.approx(60, abs=0.2)
    assert (float(band[4]) - lines[0]) / percent == pytest.approx(99, abs=0.2)
    assert "grey band" in (svg.findtext("desc") or "")
    assert "grey band" not in (differential().findtext("desc") or "")


def test_a_drawing_in_a_page_holds_no_address_and_no_names() -> None:
    for svg in (differential_svg(SHARES, marks_of(NAMES)), histogram_svg(COUNTS, 0.7)):
        for part in ("://", "url(", "xmlns", "href", " id=", "<style", "<defs", "<use"):
            assert part not in svg, part


def test_bars_are_as_long_as_their_shares() -> None:
    """In units of the axis: its lines are at 0, 25, 50, 75 and 100 %."""
    svg = differential()
    paths = [(path.attrib["style"], path.attrib["d"].split()) for path in svg.iter("path")]
    lines = [float(d[1]) for style, d in paths if "#e4e4e4" in style]
    assert len(lines) == 5
    percent = (lines[-1] - lines[0]) / 100
    for name, mark in marks_of(NAMES).items():
        value = SHARES[name]["value"]
        widths = [
            float(d[4]) - float(d[1])
            for style, d in paths
            if mark.colour in style and float(d[1]) == pytest.approx(lines[0])
        ]
        assert widths == ([] if value is None else [pytest.approx(value * percent, abs=0.01)])


def test_equal_figures_give_equal_bytes() -> None:
    for draw in (
        lambda: differential_svg(SHARES, marks_of(NAMES)),
        lambda: histogram_svg(COUNTS, 0.7),
        lambda: render_png(lambda axes: draw_confusion(axes, np.eye(4, dtype=int), NAMES)),
    ):
        assert draw() == draw()


def test_a_long_name_leaves_room_for_the_bars() -> None:
    name = "a_long_name_of_a_class " * 9
    svg = differential_svg({name: SHARES[NAMES[0]]}, marks_of([name]))
    assert "a long name of a clas...</text>" in svg
    assert f"{name.replace('_', ' ')} 98.4" in svg


def test_an_empty_histogram_is_drawn() -> None:
    svg = histogram_svg(dict.fromkeys(COUNTS, [0] * 4), 0.7)
    assert parsed(svg).findtext("title") == (
        "Histogram of probabilities: 0 accepted, 0 to review, 0 unknown; threshold 0.7; "
        "tallest bar 1"
    )


def test_names_with_dollar_signs_are_no_formulas() -> None:
    names = ("$\\frac$", "b")
    picture = render_png(lambda axes: draw_confusion(axes, np.eye(2, dtype=int), names))
    assert cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR).shape[2] == 3
