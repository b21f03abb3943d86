"""Light and dark: neutral greys and one accent, so that the cells are the only colour.

Contrast of text on its ground is at least 4.5 : 1 (WCAG 2.1 AA), of quiet text too."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from leukogui.theme.stylesheet import build_stylesheet

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


@dataclass(frozen=True)
class Tones:
    """The colours of one theme, as #rrggbb.

    Attributes:
        ground: of the window.
        panel: of what lies on it: bars, side panels.
        field: of where something is entered or shown.
        line: between them.
        text: for reading; `quiet` for what may be overlooked.
        accent: the one colour: selection, the main button, progress; `on_accent` over it.
        hover: under the mouse.
        bad: of errors, always beside words.
    """

    name: str
    ground: str
    panel: str
    field: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    hover: str
    bad: str


LIGHT = Tones(
    name="light",
    ground="#f4f4f4",
    panel="#fafafa",
    field="#ffffff",
    line="#dadada",
    text="#1d1d1d",
    quiet="#606060",
    accent="#2f6699",
    on_accent="#ffffff",
    hover="#e8e8e8",
    bad="#b3261e",
)
DARK = Tones(
    name="dark",
    ground="#1c1c1c",
    panel="#232323",
    field="#161616",
    line="#363636",
    text="#e6e6e6",
    quiet="#a0a0a0",
    accent="#5b9bd0",
    on_accent="#101010",
    hover="#303030",
    bad="#ff8a80",
)


class Theme(QObject):
    """The theme in use; follows the system unless a person chose one."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._tones = LIGHT
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self.choose(choice)
        self._apply()

    @property
    def tones(self) -> Tones:
        """The colours in use."""
        return self._tones

    def choose(self, choice: str) -> None:
        """Follow the "system", or always "light" or "dark"."""
        self._choice = choice
        hints = self._app.styleHints()
        if choice == "system":
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(_SCHEMES[choice])
        self._apply()

    def _apply(self) -> None:
        dark = self._choice == "dark" or (
            self._choice == "system" and self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        )
        tones = DARK if dark else LIGHT
        if tones is self._tones and self._app.styleSheet():
            return
        self._tones = tones
        self._app.setPalette(_palette(tones))
        self._app.setStyleSheet(build_stylesheet(tones.__dict__))
        self.changed.emit()


def _palette(tones: Tones) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: tones.ground,
        role.WindowText: tones.text,
        role.Base: tones.field,
        role.AlternateBase: tones.panel,
        role.ToolTipBase: tones.panel,
        role.ToolTipText: tones.text,
        role.PlaceholderText: tones.quiet,
        role.Text: tones.text,
        role.Button: tones.panel,
        role.ButtonText: tones.text,
        role.BrightText: tones.bad,
        role.Link: tones.accent,
        role.Highlight: tones.accent,
        role.HighlightedText: tones.on_accent,
        role.Accent: tones.accent,
        role.Light: tones.hover,
        role.Midlight: tones.hover,
        role.Mid: tones.line,
        role.Dark: tones.line,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tones.quiet))
    return palette
