"""The Qt application: its names, its icon, its language."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

import trainer
from leukogui.settings.table import LANGUAGE
from leukogui.start.python_import import restore_imports
from trainer.locations import APP_NAME, resources_folder


def build_application(arguments: Sequence[str]) -> QApplication:
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
    return app


def install_translators(app: QApplication, choice: str) -> None:
    """Translate Qt's own words and ours, for all that is made from now on.

    Args:
        choice: value of the setting of the language.
    """
    locale = QLocale()
    language = select_language(choice, locale.uiLanguages())
    if language != locale.bcp47Name().split("-")[0]:
        locale = QLocale(language)
        QLocale.setDefault(locale)
    places = (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (APP_NAME, str(resources_folder() / "translations")),
    )
    for name, folder in places:
        translator = QTranslator(app)
        if translator.load(f"{name}_{language}", folder):
            app.installTranslator(translator)


def select_language(choice: str, spoken: Sequence[str]) -> str:
    """The language to show: what was chosen, or the first that both sides have.

    Args:
        choice: "system" or a language, such as "de".
        spoken: languages that the person reads, best first, such as "de-AT".
    """
    if choice != LANGUAGE.default:
        return choice
    ours = LANGUAGE.choices[1:]
    first = (each.split("-")[0] for each in spoken)
    return next((each for each in first if each in ours), "en")
