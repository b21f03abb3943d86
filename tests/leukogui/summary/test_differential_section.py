"""The differentials of the page of figures: accepted, reviewed, ranges, notes; in German too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukogui.case.live_differential import LiveDifferential
from leukogui.summary.case_summary import CaseSummary, DifferentialRow
from leukogui.summary.differential_model import Column
from leukogui.summary.differential_section import DifferentialSection
from leukogui.summary.review_section import ReviewSection
from leukogui.summary.text import describe_row, format_open_range
from leukogui.theme.theme import Theme
from trainer.models.class_colours import marks_of

Make = Callable[..., CaseSummary]


def share(cells: int, value: float | None, low: float, high: float | None) -> dict[str, Any]:
    return {"cells": cells, "value": value, "low": low, "high": high}


TABLE = {
    "cells": 80,
    "percent": {"monocyte": share(60, 75.0, 64.1, 84.0), "myeloblast": share(20, 25.0, 16.0, 35.9)},
    "per_100_white_cells": {"erythroblast": share(4, 5.0, 1.4, 12.8)},
    "warnings": [],
    "open": {"review": 15, "unknown": 5, "possible_blasts": 5},
    "range": {
        "percent": {"monocyte": {"low": 60.0, "high": 80.0}, "myeloblast": {"low": 20, "high": 40}},
        "per_100_white_cells": {"erythroblast": {"low": 4.0, "high": None}},
    },
}
REVIEWED = {
    "reviewed_cells": 12,
    "all_cells": 104,
    "cells": 10,
    "percent": {"monocyte": share(5, 50.0, 18.7, 81.3), "myeloblast": share(5, 50.0, 18.7, 81.3)},
    "per_100_white_cells": {"erythroblast": share(2, 20.0, 2.4, 78.0)},
}


@pytest.fixture
def figures() -> Make:
    def make(notes: tuple[str, ...] = (), **more: Any) -> CaseSummary:
        bins = [0] * 20
        return CaseSummary.of(
            {
                "run": None,
                "images": 104,
                "decisions": {"accept": 84, "review": 15, "unknown": 5, "failed": 0},
                "model": {
                    "classes": ["monocyte", "myeloblast", "erythroblast"],
                    "thresholds": {"review_probability": 0.4},
                    "calibrated_for": ["munich"],
                },
                "source": {},
                "differential": {**TABLE, **more},
                "notes": notes,
                "unknown_looks_like": {},
                "histogram": {"accept": bins, "review": bins, "unknown": bins},
                "failed_images": [],
                "changed_since_judged": None,
                "runs": [],
            }
        )

    return make


@pytest.fixture
def section(qtbot: QtBot, qapp: Any) -> DifferentialSection:
    made = DifferentialSection(Theme(qapp, "light"))
    qtbot.addWidget(made)
    made.resize(760, 600)
    return made


def shown(section: DifferentialSection, figures: CaseSummary) -> DifferentialSection:
    section.show_summary(figures, marks_of(figures.classes))
    section.show()
    return section


def test_the_range_of_the_open_cells_stands_beside_the_share(
    section: DifferentialSection, figures: Make
) -> None:
    accepted = shown(section, figures()).accepted
    head = accepted.percent.rows.headerData(Column.VALUE, Qt.Orientation.Horizontal)
    assert head == "% of accepted"
    assert not accepted.percent.isColumnHidden(Column.RANGE)
    assert accepted.percent.rows.index(1, Column.RANGE).data() == "20.0 – 40.0"
    assert accepted.per_100.rows.index(0, Column.RANGE).data() == "4.0 – no bound"
    assert "with the open cells 20.0 – 40.0" in accepted.percent.accessibleDescription()
    assert section.reviewed.isHidden()
    nothing = {"review": 0, "unknown": 0, "possible_blasts": 0}
    assert shown(section, figures(open=nothing)).accepted.percent.isColumnHidden(Column.RANGE)


def test_what_persons_reviewed_comes_first(section: DifferentialSection, figures: Make) -> None:
    shown(section, figures(reviewed=REVIEWED))
    assert section.reviewed.isVisible()
    assert section.reviewed.y() < section.accepted.y()
    table = section.reviewed.percent
    assert table.rows.index(1, Column.INTERVAL).data() == "18.7 – 81.3"
    assert table.isColumnHidden(Column.RANGE)
    # Unknown and excluded cells alone are no differential.
    shown(section, figures(reviewed={**REVIEWED, "cells": 0}))
    assert section.reviewed.isHidden()


def test_a_pale_bar_shows_the_range(section: DifferentialSection, figures: Make) -> None:
    table = shown(section, figures()).accepted.percent
    nothing = {"review": 0, "unknown": 0, "possible_blasts": 0}
    pictures = []
    for more in ({}, {"open": nothing}):
        table.show_rows(figures(**more).percent, marks_of(["monocyte", "myeloblast"]))
        table.setColumnHidden(Column.RANGE, False)
        pictures.append(table.grab().toImage())
    assert pictures[0] != pictures[1]


def test_notes_and_corrected_shares_are_shown(section: DifferentialSection, figures: Make) -> None:
    corrected = {"method": "", "percent": {"myeloblast": {"value": 27.0, "low": 18, "high": 38}}}
    shown(section, figures(notes=("One note.",), corrected=corrected))
    assert section.notes() == ["One note."]
    texts = [label.text() for label in section.findChildren(type(section._corrected))]
    assert any("Myeloblast 27.0 (18.0 – 38.0)" in text for text in texts)


def test_ranges_in_words() -> None:
    row = DifferentialRow("erythroblast", 3, None, None, None, (2.0, None))
    assert describe_row(row, "%") == "Erythroblast: 3 cells, with the open cells 2.0 – no bound"
    assert format_open_range(DifferentialRow("x", 0)) == ""


def test_a_review_is_shown_before_and_after(qtbot: QtBot) -> None:
    section = ReviewSection()
    qtbot.addWidget(section)
    section.show_differential(None, ())
    assert section.isHidden()
    white, beside = np.array([True, True, False]), np.array([False, False, True])
    before, after = np.array([3, 1, 0]), np.array([2, 2, 1])
    reviewed = np.zeros(1005, np.int64)
    now = LiveDifferential(before, after, white, beside, 6, 2, 1, reviewed)
    section.show_differential(now, ("monocyte", "myeloblast", "erythroblast"))
    assert not section.isHidden()
    table = section.table
    rows = [[table.item(row, at).text() for at in range(5)] for row in range(table.rowCount())]
    assert rows == [
        ["monocyte", "3", "75.0", "2", "50.0"],
        ["myeloblast", "1", "25.0", "2", "50.0"],
        ["erythroblast", "0", "0.0 per 100", "1", "25.0 per 100"],
    ]
    assert table.height() > table.verticalHeader().length()
    nobody = LiveDifferential(before, before, white, beside, 6, 0, 1, reviewed)
    section.show_differential(nobody, ())
    assert section.isHidden()
