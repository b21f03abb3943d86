"""What is measured: the labelled cells, the models, how thoroughly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
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
    earlier_requested = Signal(object)  # Path of the folder of what was measured

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = QPushButton(self.tr("Folder of class folders…"))
        self.table = QPushButton(self.tr("CSV file…"))
        self.reviewed = QPushButton(self.tr("Reviewed cells of the open case"))
        self.all_reviewed = QPushButton(self.tr("Reviewed cells of all cases"))
        self.all_reviewed.setToolTip(
            self.tr("Those from which a model learned are left out of its figures")
        )
        self.locked = QPushButton(self.tr("Locked cells of all cases"))
        self.locked.setToolTip(
            self.tr("Reviewed cells of one patient in five, from which no model learns")
        )
        self.chosen = plain_label("quiet")
        self.models = QListWidget()
        self.models.setObjectName("modelChoice")
        self.models.setWordWrap(True)
        self.models.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.models.setAccessibleName(self.tr("Models to be measured"))
        self.thorough = QCheckBox(self.tr("Also robustness and heat maps, which takes long"))
        self.earlier = QComboBox()
        self.earlier.setAccessibleName(self.tr("Earlier measurements"))
        self.data = ""
        self.cases: tuple[Path, ...] = ()
        self.is_locked = False
        self._open_case: Path | None = None
        self._all_cases: tuple[Path, ...] = ()
        self._build()
        self.folder.clicked.connect(self.folder_requested)
        self.table.clicked.connect(self.table_requested)
        self.reviewed.clicked.connect(self._choose_case)
        self.all_reviewed.clicked.connect(lambda: self.choose_data("", self._all_cases))
        self.earlier.activated.connect(self._choose_earlier)
        self.locked.clicked.connect(lambda: self.choose_data("", self._all_cases, is_locked=True))
        self.models.itemChanged.connect(lambda *_: self.changed.emit())
        self.show_case(None)
        self.show_cases(())
        self.show_earlier(())
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

    def show_cases(self, roots: Sequence[Path]) -> None:
        """Offer the reviewed cells of all cases that have some."""
        self._all_cases = tuple(roots)
        self.all_reviewed.setEnabled(bool(roots))
        self.locked.setEnabled(bool(roots))

    def show_earlier(self, folders: Sequence[Path]) -> None:
        """Offer what was measured before, the newest first."""
        self.earlier.clear()
        self.earlier.addItem(self.tr("Show what was measured before…"))
        for folder in folders:
            self.earlier.addItem(folder.name, folder)
        self.earlier.setEnabled(bool(folders))

    def choose_data(
        self, data: str, cases: Sequence[Path] = (), *, is_locked: bool = False
    ) -> None:
        """Measure on a folder or CSV, or on the reviewed cells of cases, perhaps locked ones."""
        self.data, self.cases, self.is_locked = data, tuple(cases), is_locked
        if is_locked:
            text = self.tr("Locked cells of all cases")
        elif len(self.cases) > 1:
            text = self.tr("Reviewed cells of {n} cases").format(n=len(self.cases))
        elif self.cases:
            text = self.tr("Reviewed cells of {name}").format(name=self.cases[0].name)
        else:
            text = Path(data).name if data else self.tr("Choose labelled cells.")
        self.chosen.setText(text)
        self.chosen.setToolTip(plain_tooltip(data or "\n".join(map(str, self.cases))))
        self.changed.emit()

    @property
    def chosen_models(self) -> list[str]:
        """Ids of those that are checked."""
        items = [self.models.item(at) for at in range(self.models.count())]
        return [item.data(_ID) for item in items if item.checkState() is Qt.CheckState.Checked]

    @property
    def is_complete(self) -> bool:
        """Whether it can begin."""
        return bool(self.data or self.cases) and bool(self.chosen_models)

    def _choose_case(self) -> None:
        if self._open_case is not None:
            self.choose_data("", [self._open_case])

    def _choose_earlier(self, at: int) -> None:
        if (folder := self.earlier.itemData(at)) is not None:
            self.earlier_requested.emit(folder)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        places = (self.folder, self.table, self.reviewed, self.all_reviewed, self.locked)
        for title, widgets in (
            (self.tr("Cells"), (*places, self.chosen)),
            (self.tr("Models"), (self.models, self.thorough)),
            ("", (self.earlier,)),
        ):
            if title:
                label = QLabel(title)
                label.setFont(font(bold=True))
                column.addWidget(label)
            for widget in widgets:
                column.addWidget(widget)
        column.setStretchFactor(self.models, 1)
