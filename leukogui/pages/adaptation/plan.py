"""What an adaptation would learn, before it begins."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from leukogui.case.corrected_cells import AdaptationPlan
from leukogui.pages.adaptation.text import describe_new_class, describe_plan
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID


class PlanPanel(QWidget):
    """The cells by class, and a consent for each label that would become a class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = plain_label()
        self.consents: dict[str, QCheckBox] = {}
        self._strange: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(self.text)
        self._column.addStretch()

    @property
    def new_classes(self) -> tuple[str, ...]:
        """Labels that a person made classes."""
        return tuple(label for label, box in self.consents.items() if box.isChecked())

    @property
    def left_out(self) -> tuple[str, ...]:
        """Labels that the model does not know and that do not become classes."""
        return tuple(label for label in self._strange if label not in self.new_classes)

    def show_plan(self, plan: AdaptationPlan, titles: Mapping[str, str]) -> None:
        """Show a plan; what was consented to stays.

        Args:
            titles: names of the review classes, by their id.
        """
        consented = self.new_classes
        for box in self.consents.values():
            self._column.removeWidget(box)
            box.deleteLater()
        self.text.setText("\n\n".join(describe_plan(plan, titles)))
        self._strange = tuple(plan.strange)
        self.consents = {}
        for outside, labels in ((True, plan.outside), (False, plan.strange)):
            for label, cells in labels.items():
                box = QCheckBox()
                name = titles.get(label, label)
                box.setText(describe_new_class(name, cells, outside=outside).replace("&", "&&"))
                box.setChecked(label in consented)
                self._column.insertWidget(self._column.count() - 1, box)
                self.consents[label] = box
