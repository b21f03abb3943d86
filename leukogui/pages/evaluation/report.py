"""The report that a measurement wrote, inside the window."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

_FIGURE = re.compile(r"<(/?)figure\b[^>]*>")
_CAPTION = re.compile(r"<(/?)figcaption\b[^>]*>")


class ReportView(QTextBrowser):
    """Shows a report; it is read when it is seen, and nothing that it names is opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: Path | None = None
        self._is_read = False
        self.setOpenLinks(False)
        self.setAccessibleName(self.tr("Report"))

    def show_report(self, file: Path | None) -> None:
        """Show a report (HTML), or nothing."""
        if file == self._file:
            return
        self._file, self._is_read = file, False
        self.clear()
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Read what is to be seen."""
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        if self._file is None or self._is_read:
            return
        self._is_read = True
        try:
            page = self._file.read_text("utf-8")
        except (OSError, ValueError):
            self.setPlainText(self.tr("The report can no longer be read."))
            return
        # Qt's rich text has no figures: without a block each, pictures and captions run together.
        self.setHtml(_CAPTION.sub(r"<\1p>", _FIGURE.sub(r"<\1div>", page)))
