"""Chooses what the figures are of: the case, or one of its runs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from leukogui.summary.case_summary import RunRow
from leukogui.summary.text import describe_run
from leukogui.theme.metrics import GRID

_CASE = 0


class ScopeChooser(QComboBox):
    """The case first, then its runs, newest first."""

    run_chosen = Signal(object)  # number of a run, or None for the case

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("What the figures are of"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(60 * GRID)
        self.setMinimumHeight(4 * GRID)
        self.show_runs((), None)
        self.activated.connect(self._choose)

    def show_runs(self, runs: tuple[RunRow, ...], run: int | None) -> None:
        """Offer these, with one of them chosen; emits nothing."""
        texts = [(self._describe_case(runs), _CASE)]
        texts += [(describe_run(each), each.id) for each in reversed(runs)]
        if texts != [(self.itemText(at), self.itemData(at)) for at in range(self.count())]:
            self.clear()
            for text, number in texts:
                self.addItem(text, number)
        self.setCurrentIndex(max(0, self.findData(run or _CASE)))

    def _describe_case(self, runs: tuple[RunRow, ...]) -> str:
        counting = [each for each in runs if each.counts]
        if len(counting) < 2:
            return self.tr("This case")
        return self.tr("This case: {n} runs of {model} together").format(
            n=len(counting), model=counting[-1].model
        )

    def _choose(self) -> None:
        self.run_chosen.emit(self.currentData() or None)
