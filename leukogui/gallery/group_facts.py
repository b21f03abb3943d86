"""What the heading of a group says beside its name and its number of cells."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from leukogui.case.cells import UNKNOWN
from leukogui.case.live_differential import LiveDifferential
from leukogui.language.number_format import format_number


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)


def describe_groups(now: LiveDifferential) -> dict[int, str]:
    """Describe the share of each class, and how many cells of each group a person reviewed."""
    found: dict[int, str] = {}
    for group in (*np.flatnonzero(now.now).tolist(), UNKNOWN):
        is_class = group != UNKNOWN
        parts = [_describe_share(now, group)] if is_class else []
        if reviewed := int(now.reviewed_by_group[group]):
            parts.append(_tr("{n} reviewed").format(n=format_number(reviewed)))
        found[group] = "   ".join(part for part in parts if part)
    return found


def _describe_share(now: LiveDifferential, group: int) -> str:
    share = now.percent(group)
    if share is None:
        return "" if now.white[group] else _tr("in no percentage")
    text = _tr("{n} per 100 white cells") if now.beside[group] else _tr("{n} %")
    return text.format(n=format_number(share, ".1f"))
