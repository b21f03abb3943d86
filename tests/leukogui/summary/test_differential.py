"""The models and charts of the page of figures, without a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from leukogui.summary.case_summary import CaseSummary, DifferentialRow
from leukogui.summary.differential_model import DifferentialModel
from leukogui.summary.differential_table import DifferentialTable, bar_limit
from leukogui.summary.failures import FailedModel
from leukogui.summary.histogram import Histogram
from leukogui.summary.text import abbreviate_names, describe_row, format_interval
from leukogui.theme.theme import Theme
from trainer.models.class_colours import marks_of


def test_the_models_are_sound(qtbot: QtBot, qtmodeltester: ModelTester, qapp: object) -> None:
    shares = DifferentialModel("%")
    qtmodeltester.check(shares)
    rows = [DifferentialRow("monocyte", 3, 75.0, 19.4, 99.4), DifferentialRow("x_y", 0)]
    shares.show_rows(rows, marks_of(["monocyte", "x_y"]))
    with qtbot.assertNotEmitted(shares.modelReset):
        shares.show_rows([*rows[:1], DifferentialRow("x_y", 1)], marks_of(["monocyte", "x_y"]))
    shares.show_rows([], {})
    failed = FailedModel()
    qtmodeltester.check(failed)
    failed.show_rows([("a & <b>.jpg", "why"), ("😀.jpg", "")])
    assert failed.index(0, 0).data() == "a & <b>.jpg"


def test_bars_and_words_where_figures_are_undefined_or_unbounded(qtbot: QtBot) -> None:
    nothing, unbounded = (
        DifferentialRow("erythroblast", 3),
        DifferentialRow("erythroblast", 3, 300.0, 40.0, None),
    )
    assert describe_row(nothing, "%") == "Erythroblast: 3 cells"
    assert format_interval(unbounded) == "40.0 – no bound"
    assert bar_limit([nothing]) == 100
    assert bar_limit([unbounded, nothing]) == 300
    assert abbreviate_names(["a", "b"]) == "a, b"
    assert abbreviate_names([*"abcdefg"]) == "a, b, c, d, e and 2 more"


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_charts_are_painted(
    qtbot: QtBot, qapp: Any, choice: str, figures: Callable[[], CaseSummary]
) -> None:
    theme = Theme(qapp, choice)
    table, chart = DifferentialTable("Percent", "%", theme), Histogram(theme)
    for widget in (table, chart):
        qtbot.addWidget(widget)
        widget.resize(640, 240)
    found = figures()
    table.show_rows(found.percent, marks_of(found.classes))
    chart.show_summary(found)
    assert "0.4–0.5: 4 cells" in chart.accessibleDescription()
    for widget in (table, chart):
        picture = widget.grab().toImage()
        across, down = range(0, picture.width(), 3), range(0, picture.height(), 3)
        places = [(x, y) for x in across for y in down]
        assert len({picture.pixel(*place) for place in places}) > 4
    theme.choose("light")


@pytest.fixture
def figures() -> Callable[[], CaseSummary]:
    def make() -> CaseSummary:
        bins = [0] * 20
        bins[9] = 4
        share = {"cells": 4, "value": 100.0, "low": 39.8, "high": 100.0}
        table = {"percent": {"monocyte": share}, "per_100_white_cells": {}}
        return CaseSummary.of(
            {
                "run": None,
                "images": 4,
                "decisions": {"accept": 4, "review": 0, "unknown": 0, "failed": 0},
                "model": {"classes": ["monocyte"], "thresholds": {"review_probability": 0.4}},
                "differential": {"cells": 4, "warnings": [], **table},
                "unknown_looks_like": {},
                "histogram": {"accept": bins, "review": [0] * 20, "unknown": [0] * 20},
                "failed_images": [],
                "changed_since_judged": None,
                "runs": [],
            }
        )

    return make
