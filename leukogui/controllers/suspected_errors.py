"""Reads which reviews are probably wrong, when cells are sorted by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leukogui.case.results import CellScores, Suspicion
from leukogui.controllers.cell_scores import CellScoreController
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore


class SuspectedErrorController(CellScoreController):
    """Gives the open case the reviews that are contradicted.

    A review that is given meanwhile does not move its cell: a person works through the list as
    it was when the order was chosen. Choosing it again judges all reviews anew.
    """

    sort = "suspected"
    depends_on_reviews = True

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts)
        parts.actions.on("sort_suspected", self.read_again)

    def read_scores(self, store: CaseStore, case_id: int) -> CellScores:
        """Judge each reviewed cell by the others, or by its probabilities."""
        from trainer.cases.suspected_errors import read_suspected_errors

        found = read_suspected_errors(store, case_id, self.should_stop)
        judged = {(cell.image, cell.number): each for cell, each in found.items()}
        return CellScores(
            {cell: max(1 + each.margin, 0.0) for cell, each in judged.items()},
            {
                cell: Suspicion(each.label, each.suggested, each.basis == "reviews")
                for cell, each in judged.items()
                if each.is_suspected
            },
        )

    def reason_for_none(self) -> str:
        """Without a review there is nothing to doubt."""
        return self.tr("No cell was reviewed yet of which the model knows the class.")
