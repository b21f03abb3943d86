"""The retrain wizard: cells, audit, start, forecast."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget, QWizard

from leukogui.pages.teach.audit_page import AuditPage
from leukogui.pages.teach.cells_page import CellsPage
from leukogui.pages.teach.choice import RetrainChoice
from leukogui.pages.teach.forecast_page import ForecastPage
from leukogui.pages.teach.start_page import StartPage
from leukogui.theme.metrics import GRID


class RetrainWizard(QWizard):
    """Four pages; the window beside it can still be used."""

    def __init__(
        self, choice: RetrainChoice, backbones: Iterable[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.choice = choice
        self.setWindowTitle(self.tr("Teach a model"))
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.cells = CellsPage(choice)
        self.audit = AuditPage()
        self.start = StartPage(choice, backbones)
        self.forecast = ForecastPage(choice)
        for page in (self.cells, self.audit, self.start, self.forecast):
            self.addPage(page)
        self.resize(112 * GRID, 88 * GRID)
