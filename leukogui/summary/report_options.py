"""How a report is written: its language, and the head of the lab with its logo."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from leukogui.theme.metrics import GRID

LANGUAGES = ("en", "de")
_LINES_SHOWN = 3


class ReportOptions(QWidget):
    """Language, head and logo of a report, and a way to see it before it is written."""

    preview_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.language = QComboBox()
        self.language.addItems([self.tr("English"), self.tr("German")])
        self.language.setAccessibleName(self.tr("Language of the report"))
        self.laboratory = QPlainTextEdit()
        self.laboratory.setAccessibleName(self.tr("Head of the report"))
        self.laboratory.setPlaceholderText(self.tr("Name and address of the laboratory"))
        self.laboratory.setTabChangesFocus(True)
        line = self.laboratory.fontMetrics().lineSpacing()
        self.laboratory.setFixedHeight(_LINES_SHOWN * line + 2 * GRID)
        self.logo = QLineEdit()
        self.logo.setAccessibleName(self.tr("Logo of the laboratory"))
        self.logo.setPlaceholderText(self.tr("PNG or JPEG; empty for none"))
        self.preview = QPushButton(self.tr("Preview…"))
        self.preview.setAutoDefault(False)
        self.preview.clicked.connect(self.preview_requested)
        self._picker: QFileDialog | None = None
        self._build()

    def set_choices(self, language: str, laboratory: str, logo: str) -> None:
        """Fill in what was chosen last; without a language that of the window."""
        spoken = language or QLocale().name().split("_")[0]
        self.language.setCurrentIndex(LANGUAGES.index(spoken) if spoken in LANGUAGES else 0)
        self.laboratory.setPlainText(laboratory)
        self.logo.setText(logo)

    @property
    def chosen_language(self) -> str:
        """The language: "en" or "de"."""
        return LANGUAGES[self.language.currentIndex()]

    def choose_logo(self) -> None:
        """Let a person choose the file of the logo."""
        picker = QFileDialog(self, self.tr("Logo of the laboratory"), self.logo.text())
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilter(self.tr("Pictures (*.png *.jpg *.jpeg)"))
        picker.fileSelected.connect(self.logo.setText)
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def _build(self) -> None:
        choose = QPushButton(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the logo of the laboratory"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self.choose_logo)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.logo, 1)
        row.addWidget(choose)
        form = QFormLayout(self)
        form.setContentsMargins(3 * GRID, 0, 0, 0)
        form.setSpacing(GRID)
        form.addRow(self.tr("Language"), self.language)
        form.addRow(self.tr("Laboratory"), self.laboratory)
        form.addRow(self.tr("Logo"), row)
        preview = QHBoxLayout()
        preview.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignLeft)
        form.addRow("", preview)
