"""All keys of the window, by menu, and those of the gallery, which no menu shows."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from leukogui.pages.keys import KeyRow
from leukogui.window.actions import ACTIONS, MENUS, plain, translated


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Actions", text))


GALLERY_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_t("Move in the gallery"), ("Left", "Right", "Up", "Down")),
    (_t("A screen up or down"), ("PgUp", "PgDown")),
    (_t("First and last cell"), ("Home", "End")),
    (_t("Select more cells"), ("Shift+Right", "Shift+Down")),
    (_t("Select all cells"), ("Ctrl+A",)),
)


def key_groups() -> list[tuple[str, list[KeyRow]]]:
    """Title and rows of each group, every action with a key in it."""
    groups = [
        (
            plain(title),
            [(plain(row.text), row.keys) for row in ACTIONS if row.menu == menu and row.keys],
        )
        for menu, title in MENUS
    ]
    groups.append((translated(_t("Gallery")), [(translated(t), keys) for t, keys in GALLERY_KEYS]))
    return [(title, rows) for title, rows in groups if rows]
