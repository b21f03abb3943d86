"""The Qt application: its names, its icon, its language."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

import trainer
from leukogui.start.plain_imports import restore_imports
from trainer.locations import APP_NAME, resources_folder


def make_application(arguments: Sequence[str]) -> QApplication:
    """The one application of this process, dressed."""
    restore_imports()
    # Sharp at 125 % and 150 %: the scale is never rounded.
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(list(arguments))
    app.setApplicationName(APP_NAME)
    app.setApplicationDisplayName("Leuko")
    app.setApplicationVersion(trainer.__version__)
    app.setDesktopFileName(APP_NAME)
    app.setWindowIcon(QIcon(str(resources_folder() / "icons" / "leukogui.svg")))
    _translate(app)
    return app


def _translate(app: QApplication) -> None:
    """Qt's own words and ours in the person's language, where there is a translation."""
    places = (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (APP_NAME, str(resources_folder() / "translations")),
    )
    for name, folder in places:
        translator = QTranslator(app)
        if translator.load(QLocale(), name, "_", folder):
            app.installTranslator(translator)
