"""Whether the open case has enough newly reviewed cells that an adaptation is worth trying."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

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
    from trainer.cases.store import CaseStore
    from trainer.models.package.card import Card

_MOST_TRIED = 200


class AdaptationOffer(QObject):
    """Counts the reviewed cells since the last adaptation, and shows a line from enough on.

    Args:
        line: below the gallery.
    """

    locked_found = Signal(object)  # root of a case of a locked patient

    def __init__(self, parts: WindowParts, line: AdaptationLine) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._line = parts, parts.session, line
        self.locked: Path | None = None  # the open case, where its patient is locked
        line.dismiss_requested.connect(self._dismiss)
        self.locked_found.connect(self._keep_locked)
        self._session.opened.connect(self._find_locked)
        self._find_locked()

    def _find_locked(self) -> None:
        """Find out whether the open case is of a patient whose cells judge models alone."""
        self.locked = None
        if (root := self._session.root) is None:
            return

        def task(store: CaseStore | None) -> None:
            from trainer.cases.locked_patients import find_locked_cases

            if store is None or (case := store.cases.find(root)) is None:
                return
            if case.id in find_locked_cases(store.details.all_newest()):
                self.locked_found.emit(root)

        self._session.submit_to_store(task)

    def _keep_locked(self, root: Path) -> None:
        self.locked = root

    def refresh(self) -> None:
        """Count again, and show the line or hide it."""
        model, card = self._session.model, self._parts.chooser.card
        if model is None or card is None or model.root == self.locked:
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
