"""What this is, what it is for, and whose work is in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

import trainer
from leukogui.look.sizes import GRID, Type, font


class AboutDialog(QDialog):
    """Version, research-use statement, licences.

    Args:
        licences: of the program, its models and what it is built with.
    """

    def __init__(self, licences: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Leuko"))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        title = QLabel("Leuko")
        title.setFont(font(Type.LARGE, bold=True))
        column.addWidget(title)
        for text in (version_line(), research_statement()):
            label = QLabel(text)
            label.setWordWrap(True)
            label.setMinimumWidth(72 * GRID)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self.licences = QPlainTextEdit(licences)
        self.licences.setReadOnly(True)
        self.licences.setTabChangesFocus(True)
        self.licences.setAccessibleName(self.tr("Licences"))
        self.licences.setMinimumHeight(32 * GRID)
        column.addWidget(self.licences, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def version_line() -> str:
    """Of the program and of Qt."""
    return f"leukogui {trainer.__version__}, Qt {qVersion()}"


def research_statement() -> str:
    """What it may be used for."""
    return QCoreApplication.translate(
        "About",
        "For research use only. This program is not a medical device: it must not be used to "
        "diagnose or to decide on a treatment. What it says of a cell is a suggestion that a "
        "person has to check.",
    )
