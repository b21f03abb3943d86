"""Reads how far the models over the open case disagree, when cells are sorted by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leukogui.case.results import CellScores
from leukogui.controllers.cell_scores import CellScoreController

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore


class DisagreementController(CellScoreController):
    """Gives the open case its disagreements."""

    sort = "disagreement"

    def read_scores(self, store: CaseStore, case_id: int) -> CellScores:
        """Compare the models of all runs, cell by cell."""
        from trainer.cases.model_comparison import read_disagreement

        found = read_disagreement(store, case_id, self.should_stop)
        return CellScores({(cell.image, cell.number): value for cell, value in found.items()})

    def reason_for_none(self) -> str:
        """One model alone has none to disagree with."""
        return self.tr("Fewer than two models were run over this case: none can disagree.")
