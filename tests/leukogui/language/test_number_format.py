from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from leukogui.gallery.text import format_percent
from leukogui.language.number_format import format_number


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("language", "count", "figure", "negative"),
    [
        ("C", "1,234,567", "1,234.6", "-0.5"),
        ("en", "1,234,567", "1,234.6", "-0.5"),
        ("de", "1.234.567", "1.234,6", "-0,5"),
    ],
)
def test_a_number_has_the_marks_of_the_language(
    language: str, count: str, figure: str, negative: str
) -> None:
    QLocale.setDefault(QLocale(language))
    assert format_number(1234567) == count
    assert format_number(1234.56, ",.1f") == figure
    assert format_number(-0.5, "g") == negative
    assert format_number(7) == "7"
    assert format_percent(0.984) == "98 %"
