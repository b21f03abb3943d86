"""First page of the retrain wizard: which cells are learned from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWizardPage,
)

from leukogui.language.number_format import format_number
from leukogui.pages.teach.choice import RetrainChoice
from leukogui.theme.metrics import GRID

_FOLDER = Qt.ItemDataRole.UserRole


class CellsPage(QWizardPage):
    """Reviewed cells of cases, folders of classes, or a table."""

    def __init__(self, choice: RetrainChoice) -> None:
        super().__init__()
        self._choice = choice
        self.setTitle(self.tr("Which cells shall it learn from?"))
        self.setSubTitle(
            self.tr("Twenty cells of each class are a good beginning; some are kept for judging.")
        )
        self.of_cases = QRadioButton(self.tr("Reviewed cells of cases"))
        self.cases = QListWidget()
        self.cases.setObjectName("caseChoice")
        self.cases.setAccessibleName(self.tr("Cases with reviewed cells"))
        self.of_folder = QRadioButton(self.tr("A folder with a folder for each class"))
        self.of_file = QRadioButton(self.tr("A CSV (file, label, split, patient, source)"))
        self.path = QLineEdit()
        self.path.setAccessibleName(self.tr("Folder or file of the cells"))
        self.browse = QPushButton(self.tr("Choose…"))
        self._picker: QFileDialog | None = None
        self._lay_out()
        self.of_cases.setChecked(True)
        for button in (self.of_cases, self.of_folder, self.of_file):
            button.toggled.connect(self._show_possible)
        self.cases.itemChanged.connect(lambda _: self.completeChanged.emit())
        self.path.textChanged.connect(lambda _: self.completeChanged.emit())
        self.browse.clicked.connect(self._browse)
        self._show_possible()

    def show_cases(self, cases: Sequence[tuple[Path, str, int]], current: Path | None) -> None:
        """List cases: folder, name, and how many of their cells were reviewed."""
        self.cases.clear()
        for folder, name, reviewed in cases:
            text = self.tr("{name}: {n} reviewed").format(name=name, n=format_number(reviewed))
            item = QListWidgetItem(text)
            item.setData(_FOLDER, str(folder))
            item.setToolTip(str(folder))
            checked = folder == current
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
            self.cases.addItem(item)
        if not cases:
            self.of_folder.setChecked(True)
            self.of_cases.setEnabled(False)
        self._show_possible()

    def isComplete(self) -> bool:  # noqa: N802 - Qt's name
        """Whether there is something to learn from."""
        if self.of_cases.isChecked():
            return bool(self._checked())
        path = Path(self.path.text().strip())
        return path.is_dir() if self.of_folder.isChecked() else path.is_file()

    def validatePage(self) -> bool:  # noqa: N802 - Qt's name
        """Take the choice."""
        of_cases = self.of_cases.isChecked()
        self._choice.cases = self._checked() if of_cases else []
        self._choice.path = None if of_cases else Path(self.path.text().strip()).absolute()
        return True

    def _checked(self) -> list[Path]:
        items = [self.cases.item(at) for at in range(self.cases.count())]
        checked = Qt.CheckState.Checked
        return [Path(item.data(_FOLDER)) for item in items if item.checkState() == checked]

    def _show_possible(self) -> None:
        of_cases = self.of_cases.isChecked()
        self.cases.setEnabled(of_cases)
        self.path.setEnabled(not of_cases)
        self.browse.setEnabled(not of_cases)
        self.completeChanged.emit()

    def _browse(self) -> None:
        picker = QFileDialog(self, self.tr("Cells to learn from"))
        is_folder = self.of_folder.isChecked()
        mode = QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile
        picker.setFileMode(mode)
        if not is_folder:
            picker.setNameFilters(["CSV (*.csv)", self.tr("All files (*)")])
        picker.fileSelected.connect(self.path.setText)
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.of_cases)
        column.addWidget(self.cases, 1)
        column.addWidget(self.of_folder)
        column.addWidget(self.of_file)
        column.addLayout(row)
