"""What is measured: the labelled cells, the models, how thoroughly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID, font
from leukogui.theme.tooltips import plain_tooltip

_ID = Qt.ItemDataRole.UserRole


class EvaluationSetup(QWidget):
    """Choices; `changed` whenever one is made."""

    changed = Signal()
    folder_requested = Signal()
    table_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = QPushButton(self.tr("Folder of class folders…"))
        self.table = QPushButton(self.tr("CSV file…"))
        self.reviewed = QPushButton(self.tr("Reviewed cells of the open case"))
        self.chosen = plain_label("quiet")
        self.models = QListWidget()
        self.models.setObjectName("modelChoice")
        self.models.setWordWrap(True)
        self.models.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.models.setAccessibleName(self.tr("Models to be measured"))
        self.thorough = QCheckBox(self.tr("Also robustness and heat maps, which takes long"))
        self.data = ""
        self.case: Path | None = None
        self._open_case: Path | None = None
        self._build()
        self.folder.clicked.connect(self.folder_requested)
        self.table.clicked.connect(self.table_requested)
        self.reviewed.clicked.connect(self._choose_case)
        self.models.itemChanged.connect(lambda *_: self.changed.emit())
        self.show_case(None)
        self.choose_data("")

    def show_models(self, models: Sequence[tuple[str, str, bool]], chosen: Sequence[str]) -> None:
        """Show the models: id, name, whether it serves; the chosen ones are checked."""
        self.models.blockSignals(True)
        self.models.clear()
        for model, title, serves in models:
            text = self.tr("{name} (serves)").format(name=title) if serves else title
            item = QListWidgetItem(text)
            item.setData(_ID, model)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = model in chosen or serves
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.models.addItem(item)
        self.models.blockSignals(False)
        self.changed.emit()

    def show_case(self, root: Path | None) -> None:
        """Offer the reviewed cells of the open case, if there is one."""
        self._open_case = root
        self.reviewed.setEnabled(root is not None)

    def choose_data(self, data: str, case: Path | None = None) -> None:
        """Measure on a folder or CSV, or on the reviewed cells of a case."""
        self.data, self.case = data, case
        if case is not None:
            self.chosen.setText(self.tr("Reviewed cells of {name}").format(name=case.name))
        else:
            self.chosen.setText(Path(data).name if data else self.tr("Choose labelled cells."))
        self.chosen.setToolTip(plain_tooltip(str(case or data)))
        self.changed.emit()

    @property
    def chosen_models(self) -> list[str]:
        """Ids of those that are checked."""
        items = [self.models.item(at) for at in range(self.models.count())]
        return [item.data(_ID) for item in items if item.checkState() is Qt.CheckState.Checked]

    @property
    def is_complete(self) -> bool:
        """Whether it can begin."""
        return bool(self.data or self.case) and bool(self.chosen_models)

    def _choose_case(self) -> None:
        if self._open_case is not None:
            self.choose_data("", self._open_case)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for title, widgets in (
            (self.tr("Cells"), (self.folder, self.table, self.reviewed, self.chosen)),
            (self.tr("Models"), (self.models, self.thorough)),
        ):
            label = QLabel(title)
            label.setFont(font(bold=True))
            column.addWidget(label)
            for widget in widgets:
                column.addWidget(widget)
        column.setStretchFactor(self.models, 1)
