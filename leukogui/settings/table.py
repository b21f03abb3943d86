"""Every setting, in one table: its key, its type, its default, and what it is for.

The dialog of settings, the file and the code all read this table. A new setting is one
row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

Value = TypeVar("Value", bool, int, float, str, tuple[str, ...])
Stored = bool | int | float | str | tuple[str, ...]


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One setting.

    Attributes:
        key: its name in the file.
        default: what holds until a person chooses; also gives the type.
        title: for a person; empty where it is remembered and never shown.
        hint: what it changes, in one sentence.
        choices: allowed values; empty where any will do.
        lowest, highest: limits of a number; None where there are none.
    """

    key: str
    default: Value
    title: str = ""
    hint: str = ""
    choices: tuple[Value, ...] = ()
    lowest: float | None = None
    highest: float | None = None

    def accepts(self, value: object) -> bool:
        """Whether `value` has this setting's type and lies within its limits."""
        if type(value) is not type(self.default):
            return False
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, int | float):
            above = self.lowest is None or value >= self.lowest
            return above and (self.highest is None or value <= self.highest)
        return not isinstance(value, tuple) or all(isinstance(item, str) for item in value)

    def shown_title(self) -> str:
        """The title in the person's language."""
        return QCoreApplication.translate("Settings", self.title)

    def shown_hint(self) -> str:
        """The hint in the person's language."""
        return QCoreApplication.translate("Settings", self.hint)


THEME = Setting(
    "theme",
    "system",
    str(QT_TRANSLATE_NOOP("Settings", "Light or dark")),
    str(QT_TRANSLATE_NOOP("Settings", "Follow the system, or always the one or the other.")),
    choices=("system", "light", "dark"),
)
THUMBNAIL_SIDE = Setting(
    "thumbnail_side",
    144,
    str(QT_TRANSLATE_NOOP("Settings", "Size of the cells in the gallery")),
    str(QT_TRANSLATE_NOOP("Settings", "Side of a thumbnail, in pixels at 100 %.")),
    lowest=64,
    highest=320,
)
HEAT_OPACITY = Setting(
    "heat_opacity",
    0.5,
    str(QT_TRANSLATE_NOOP("Settings", "Strength of the heat map")),
    str(QT_TRANSLATE_NOOP("Settings", "How strongly the heat map covers the image, 0 to 1.")),
    lowest=0.0,
    highest=1.0,
)
COLOUR_MAP = Setting(
    "colour_map",
    "viridis",
    str(QT_TRANSLATE_NOOP("Settings", "Colours of the heat map")),
    str(QT_TRANSLATE_NOOP("Settings", "All of them read well for colour-blind people.")),
    choices=("viridis", "cividis", "inferno"),
)
SHOW_HEAT = Setting("show_heat", True)
SHOW_OUTLINE = Setting("show_outline", True)
MODEL = Setting("model", "")
RECENT_FOLDERS: Setting[tuple[str, ...]] = Setting("recent_folders", ())
GEOMETRY = Setting("geometry", "")
SPLITTER = Setting("review_splitter", "")

SETTINGS: tuple[
    Setting[bool] | Setting[int] | Setting[float] | Setting[str] | Setting[tuple[str, ...]], ...
] = (
    THEME,
    THUMBNAIL_SIDE,
    HEAT_OPACITY,
    COLOUR_MAP,
    SHOW_HEAT,
    SHOW_OUTLINE,
    MODEL,
    RECENT_FOLDERS,
    GEOMETRY,
    SPLITTER,
)
