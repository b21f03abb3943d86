"""Whether the open case has enough newly reviewed cells that an adaptation is worth trying."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from leukogui.case.corrected_cells import (
    AdaptationPlan,
    count_corrected,
    is_enough,
    plan_adaptation,
)
from leukogui.language.number_format import format_number
from leukogui.panels.adaptation_line import AdaptationLine
from leukogui.settings.table import ADAPT_AFTER, ADAPTATIONS_TRIED
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from trainer.models.package.card import Card

_MOST_TRIED = 200


class AdaptationOffer(QObject):
    """Counts the reviewed cells since the last adaptation, and shows a line from enough on.

    Args:
        line: below the gallery.
    """

    def __init__(self, parts: WindowParts, line: AdaptationLine) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._line = parts, parts.session, line
        line.dismiss_requested.connect(self._dismiss)

    def refresh(self) -> None:
        """Count again, and show the line or hide it."""
        model, card = self._session.model, self._parts.chooser.card
        if model is None or card is None:
            self._line.hide()
            return
        counts = count_corrected(model, self._tried_at(model.root, card))
        if is_enough(counts, card.classes, self._parts.settings.value(ADAPT_AFTER)):
            text = self.tr("{n} reviewed cells since the last adaptation: try them")
            self._line.show_suggestion(text.format(n=format_number(sum(counts.values()))))
        else:
            self._line.hide()

    def plan(self) -> AdaptationPlan:
        """What the chosen model would learn from all reviewed cells of the open case."""
        model, card = self._session.model, self._parts.chooser.card
        if model is None or card is None:
            return AdaptationPlan()
        return plan_adaptation(count_corrected(model), card.classes, card.other_classes)

    def remember(self, root: Path, time: datetime) -> None:
        """Offer no adaptation by the cells of a case that were reviewed until then."""
        tried = dict(self._parts.settings.value(ADAPTATIONS_TRIED))
        tried.pop(str(root), None)
        tried[str(root)] = time.isoformat()
        self._parts.settings.set(ADAPTATIONS_TRIED, dict([*tried.items()][-_MOST_TRIED:]))

    def _tried_at(self, root: Path, card: Card) -> datetime | None:
        """When the reviewed cells were last learned from, or a person had enough of it."""
        tried = self._parts.settings.value(ADAPTATIONS_TRIED).get(str(root))
        times = [datetime.fromisoformat(tried)] if tried else []
        if card.adaptation is not None:
            times.append(card.created)
        return max(times, default=None)

    def _dismiss(self) -> None:
        if self._session.root is not None:
            self.remember(self._session.root, datetime.now(UTC))
        self._line.hide()
