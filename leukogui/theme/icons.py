"""The one icon set: our own line drawings, in the colour of the text around them."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from leukogui.theme.metrics import ICON
from leukogui.theme.theme import Theme, Tones
from trainer.locations import resources_folder

_SIDES = (16, ICON, 2 * ICON, 3 * ICON)


class HasIcon(Protocol):
    """An action or a button."""

    def setIcon(self, icon: QIcon) -> None:  # noqa: N802 - Qt's name
        """Show the icon."""


class Icons:
    """Gives icons, and gives them anew when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._targets: list[tuple[HasIcon, str]] = []
        self._cache: dict[tuple[str, str], QIcon] = {}
        theme.changed.connect(self._refresh)

    def put(self, target: HasIcon, name: str) -> None:
        """Show an icon on an action or button for as long as it lives.

        Raises:
            FileNotFoundError: there is no such icon.
        """
        self._targets.append((target, name))
        target.setIcon(self.icon(name))

    def icon(self, name: str) -> QIcon:
        """An icon in the colours of now."""
        tones = self._theme.tones
        key = (name, tones.name)
        if key not in self._cache:
            self._cache[key] = draw_icon(name, tones)
        return self._cache[key]

    def _refresh(self) -> None:
        alive: list[tuple[HasIcon, str]] = []
        for wearer, name in self._targets:
            try:
                wearer.setIcon(self.icon(name))
            except RuntimeError:  # its widget is gone
                continue
            alive.append((wearer, name))
        self._targets = alive


def draw_icon(name: str, tones: Tones) -> QIcon:
    """The icon in a theme's colours: normal, disabled, and selected in a menu."""
    source = (resources_folder() / "icons" / f"{name}.svg").read_text("utf-8")
    icon = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, tones.text),
        (QIcon.Mode.Disabled, tones.quiet),
        (QIcon.Mode.Selected, tones.on_accent),
    ):
        for side in _SIDES:
            icon.addPixmap(_render(source.replace("currentColor", colour), side), mode)
    return icon


def _render(source: str, side: int) -> QPixmap:
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap
