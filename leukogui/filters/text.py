"""What is filtered, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from leukogui.case.query import Range, Wish
from leukogui.gallery.text import group_in_words
from leukogui.language.number_format import digits


def _tr(text: str) -> str:
    return QCoreApplication.translate("FilterWords", text)


def wish_in_words(wish: Wish, classes: Sequence[str]) -> str:
    """What a wish leaves cells out by: a line of its parts; empty where it leaves none out."""
    parts: list[str] = []
    if wish.groups is not None:
        names = [group_in_words(group, classes) for group in sorted(wish.groups)]
        parts.append(_tr(" or ").join(names))
    if wish.folder:
        parts.append(_tr("in {folder}").format(folder=wish.folder))
    if wish.text.split():
        words = [_tr("“{word}”").format(word=word) for word in wish.text.split()]
        parts.append(_tr("name with {words}").format(words=_tr(" and ").join(words)))
    if wish.probability is not None:
        percents = (wish.probability[0] * 100, wish.probability[1] * 100)
        parts.append(_tr("probability {range} %").format(range=_range(percents, 0)))
    if wish.distance is not None:
        parts.append(_tr("distance {range}").format(range=_range(wish.distance, 1)))
    return "  ·  ".join(parts)


def _range(limits: Range, decimals: int) -> str:
    low, high = (digits(value, f".{decimals}f") for value in limits)
    return _tr("from {low}").format(low=low) if math.isinf(limits[1]) else f"{low}–{high}"
