"""What this is, what it is for, and whose work is in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

import trainer
from leukogui.look.sizes import GRID, Type, font

LICENCES = (
    ("Qt, PySide6", "LGPL-3.0"),
    ("OpenCV, OpenVINO, TensorFlow, Keras", "Apache-2.0 / BSD"),
    ("NumPy, SciPy, scikit-learn", "BSD-3-Clause"),
    ("Pillow, tifffile, imagecodecs, pydantic", "MIT-CMU / BSD-3-Clause / MIT"),
)


class AboutDialog(QDialog):
    """Version, research-use statement, licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Leuko"))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        title = QLabel("Leuko")
        title.setFont(font(Type.LARGE, bold=True))
        column.addWidget(title)
        for text in (version_line(), research_statement(), licence_lines()):
            label = QLabel(text)
            label.setWordWrap(True)
            label.setMinimumWidth(54 * GRID)
            column.addWidget(label)
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


def licence_lines() -> str:
    """Our licence and those of what we stand on."""
    own = QCoreApplication.translate("About", "Licensed under the Apache License 2.0. Built with:")
    return "\n".join([own, *(f"{name} ({licence})" for name, licence in LICENCES)])
