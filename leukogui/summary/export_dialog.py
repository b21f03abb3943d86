"""Chooses what is exported, and where to."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from leukogui.summary.report_options import ReportOptions
from leukogui.theme.metrics import GRID, font
from trainer.edition import has_package


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Export", text))


_WINDOW_FRAME = 6 * GRID  # of the system, around the dialog
_REPORTS = (
    ("html", _t("Report: one page to read, print and keep (report.html)")),
    ("pdf", _t("Report to print and send (report.pdf)")),
)
_TABLES = (
    ("xlsx", _t("Workbook: every image, figures, model, reviews, runs (predictions.xlsx)")),
    ("csv", _t("Table: every image (predictions.csv)")),
    ("parquet", _t("Typed table of every cell for Python and R (cells.parquet)")),
    ("json", _t("Figures for programs (summary.json)")),
    ("png", _t("Picture of the figures (summary.png)")),
)
_CELLS = (
    ("coco", _t("Cells for annotation programs: COCO (cells.coco.json)")),
    ("geojson", _t("Cells for QuPath: a file for each image (geojson)")),
    ("label-studio", _t("Cells for Label Studio: tasks and labels (label_studio)")),
    ("crops", _t("A picture of every cell, and a table of them (crops)")),
    ("class-folders", _t("A folder of pictures for each class, for a training (class_folders)")),
)
FORMATS: tuple[tuple[str, str], ...] = (*_REPORTS, *_TABLES, *_CELLS)


class ExportDialog(QDialog):
    """Formats, folder, and whether files are replaced; blocks nothing else."""

    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.boxes = {
            key: QCheckBox(QCoreApplication.translate("Export", text)) for key, text in FORMATS
        }
        if not has_package("pyarrow"):
            self.boxes["parquet"].setEnabled(False)
            self.boxes["parquet"].setToolTip(self.tr("The full edition writes this one."))
        self.report = ReportOptions()
        self.folder = QLineEdit()
        self.folder.setAccessibleName(self.tr("Folder for the files"))
        self.folder.setMinimumWidth(56 * GRID)
        self.folder.setMinimumHeight(4 * GRID)
        self.replace = QCheckBox(self.tr("Replace files of these names"))
        self.export_button = QPushButton(self.tr("Export"))
        self.export_button.setProperty("main", True)
        self.export_button.setDefault(True)
        self._picker: QFileDialog | None = None
        self._formats = QWidget()
        self._area = self._build_formats()
        self._build()
        for box in self.boxes.values():
            box.toggled.connect(self._show_possible)
        self.folder.textChanged.connect(self._show_possible)
        self.export_button.clicked.connect(self._request_export)

    def set_choices(self, formats: tuple[str, ...], folder: str) -> None:
        """Fill in what was chosen last, or what is usual."""
        for key, box in self.boxes.items():
            box.setChecked(key in formats and box.isEnabled())
        self.folder.setText(folder)
        self.replace.setChecked(False)
        self._show_possible()

    @property
    def formats(self) -> tuple[str, ...]:
        """What is ticked."""
        return tuple(key for key, box in self.boxes.items() if box.isChecked())

    def choose_folder(self) -> None:
        """Let a person choose the folder from what is there."""
        picker = QFileDialog(self, self.tr("Folder for the files"), self.folder.text())
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.fileSelected.connect(self.folder.setText)
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def _request_export(self) -> None:
        self.accept()
        self.export_requested.emit()

    def _show_possible(self) -> None:
        self.export_button.setEnabled(bool(self.formats) and bool(self.folder.text().strip()))
        self.report.setEnabled(any(self.boxes[key].isChecked() for key, _ in _REPORTS))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self._area, 1)
        column.addWidget(_heading(self.tr("Where to")))
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self.choose_folder)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        column.addLayout(row)
        column.addWidget(self.replace)
        column.addSpacing(2 * GRID)
        buttons = QDialogButtonBox()
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ApplyRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def _build_formats(self) -> QScrollArea:
        """What can be written, in an area that scrolls where the screen is too low for it."""
        column = QVBoxLayout(self._formats)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for title, rows in (
            (self.tr("Report"), _REPORTS),
            (self.tr("Tables and figures"), _TABLES),
            (self.tr("Cells for other programs"), _CELLS),
        ):
            column.addWidget(_heading(title))
            for key, _ in rows:
                column.addWidget(self.boxes[key])
            if rows is _REPORTS:
                column.addWidget(self.report)
            column.addSpacing(GRID)
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setWidget(self._formats)
        return area

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Be as high as what is in it, but stay within the screen."""
        super().showEvent(event)
        needed = self._formats.sizeHint()
        bar = self._area.verticalScrollBar().sizeHint().width()
        self._area.setMinimumWidth(needed.width() + bar)
        others = self.sizeHint().height() - self._area.sizeHint().height()
        screen = self.screen().availableGeometry().height() - _WINDOW_FRAME
        width = max(self.sizeHint().width(), self._area.minimumWidth() + 6 * GRID)
        self.resize(width, min(others + needed.height() + GRID, screen))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font(bold=True))
    return label
