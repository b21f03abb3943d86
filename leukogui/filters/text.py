"""What is filtered, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from leukogui.case.query import CellQuery, Range
from leukogui.gallery.text import describe_group
from leukogui.language.number_format import format_number


def _tr(text: str) -> str:
    return QCoreApplication.translate("FilterWords", text)


def describe_query(query: CellQuery, classes: Sequence[str]) -> str:
    """What a query leaves cells out by: a line of its parts; empty where it leaves none out."""
    parts: list[str] = []
    if query.groups is not None:
        names = [describe_group(group, classes) for group in sorted(query.groups)]
        parts.append(_tr(" or ").join(names))
    if query.folder:
        parts.append(_tr("in {folder}").format(folder=query.folder))
    if query.text.split():
        words = [_tr("“{word}”").format(word=word) for word in query.text.split()]
        parts.append(_tr("name with {words}").format(words=_tr(" and ").join(words)))
    if query.probability is not None:
        percents = (query.probability[0] * 100, query.probability[1] * 100)
        parts.append(_tr("probability {range} %").format(range=_format_range(percents, 0)))
    if query.distance is not None:
        parts.append(_tr("distance {range}").format(range=_format_range(query.distance, 1)))
    if query.cells is not None:
        parts.append(_tr("{n} chosen cells").format(n=format_number(len(query.cells))))
    return "  ·  ".join(parts)


def _format_range(limits: Range, decimals: int) -> str:
    low, high = (format_number(value, f".{decimals}f") for value in limits)
    return _tr("from {low}").format(low=low) if math.isinf(limits[1]) else f"{low}–{high}"
