"""The dialog "About": what this is, what it is for, and the licences of packages and models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

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
from leukogui.theme.metrics import GRID, FontSize, font
from trainer.edition import FULL, READER, edition
from trainer.locations import resources_folder

if TYPE_CHECKING:
    from trainer.models.package.card import Card


# As in the packages' own licence files; what is installed may be more precise.
PACKAGES = (
    ("filelock", "MIT"),
    ("fpdf2", "LGPL-3.0-only"),
    ("h5py", "BSD-3-Clause"),
    ("imagecodecs", "BSD-3-Clause"),
    ("jinja2", "BSD-3-Clause"),
    ("keras", "Apache-2.0"),
    ("matplotlib", "Matplotlib licence (PSF-based)"),
    ("numpy", "BSD-3-Clause"),
    ("opencv-python-headless", "Apache-2.0"),
    ("openvino", "Apache-2.0"),
    ("optuna", "MIT"),
    ("pillow", "MIT-CMU"),
    ("platformdirs", "MIT"),
    ("psutil", "BSD-3-Clause"),
    ("PySide6-Essentials", "LGPL-3.0-only (Qt and PySide6)"),
    ("pyarrow", "Apache-2.0"),
    ("pydantic", "MIT"),
    ("pypdfium2", "BSD-3-Clause/Apache-2.0"),
    ("scikit-learn", "BSD-3-Clause"),
    ("scipy", "BSD-3-Clause"),
    ("tensorflow-cpu", "Apache-2.0"),
    ("tensorflow", "Apache-2.0"),
    ("threadpoolctl", "BSD-3-Clause"),
    ("tifffile", "BSD-3-Clause"),
    ("tqdm", "MPL-2.0 AND MIT"),
    ("XlsxWriter", "BSD-2-Clause"),
)


def package_lines() -> list[str]:
    """Name, version and licence of each package that is installed here."""
    from importlib import metadata  # slow to import, seldom needed

    lines: list[str] = []
    for name, licence in PACKAGES:
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # the other one of two that stand for each other
        # Qt and PySide6 are used under one of the three licences that they offer.
        if "License-Expression" in found and name != "PySide6-Essentials":
            licence = found["License-Expression"]  # noqa: PLW2901
        lines.append(f"{name} {found['Version']}: {licence}")
    if lines:
        return lines
    # A frozen program may carry no metadata; the names hold all the same.
    return [f"{name}: {licence}" for name, licence in PACKAGES]


def model_lines(cards: Iterable[Card]) -> list[str]:
    """Title, licence and attribution of each model."""
    lines: list[str] = []
    for card in cards:
        licence = card.licence or QCoreApplication.translate("About", "no licence named")
        lines.append(f"{card.title or card.id}: {licence}")
        lines.extend(f"    {each}" for each in card.attribution)
    return lines


def licence_text(cards: Iterable[Card]) -> str:
    """All of it, for reading."""
    own = QCoreApplication.translate("About", "Leuko is licensed under the Apache License 2.0.")
    models = QCoreApplication.translate("About", "Models")
    packages = QCoreApplication.translate("About", "Built with")
    lines = [own, "", models, *(model_lines(cards) or ["-"]), "", packages, *package_lines()]
    return "\n".join([*lines, *bundled_licences()])


def bundled_licences() -> list[str]:
    """The full texts, which the build of a frozen program collects; nothing elsewhere."""
    file = resources_folder() / "licences.txt"
    return ["", file.read_text("utf-8")] if file.is_file() else []


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
        title.setFont(font(FontSize.LARGE, bold=True))
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
    """Of the program, with its edition, and of Qt."""
    names = {
        FULL: QCoreApplication.translate("About", "full edition"),
        READER: QCoreApplication.translate("About", "reader edition, without training"),
    }
    return f"leukogui {trainer.__version__}, {names[edition()]}, Qt {qVersion()}"


def research_statement() -> str:
    """What it may be used for."""
    return QCoreApplication.translate(
        "About",
        "For research use only. This program is not a medical device: it must not be used to "
        "diagnose or to decide on a treatment. What it says of a cell is a suggestion that a "
        "person has to check.",
    )
