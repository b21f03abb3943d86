from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from trainer.locations import resources_folder


@pytest.fixture
def german(qapp: QApplication) -> Iterator[QTranslator]:
    before, translator = QLocale(), QTranslator()
    assert translator.load("leukogui_de", str(resources_folder() / "translations"))
    qapp.installTranslator(translator)
    QLocale.setDefault(QLocale("de"))
    yield translator
    qapp.removeTranslator(translator)
    QLocale.setDefault(before)
