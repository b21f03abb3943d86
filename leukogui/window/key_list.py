"""All keys of the window, by menu, and those of gallery and viewer, which no menu shows."""

from __future__ import annotations

from collections.abc import Iterator

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

VIEWER_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_t("Move the picture; where all of it is seen, another cell"), ("Left", "Right")),
)


CONTROL_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_t("Open the current cell"), ("Return", "Enter")),
    (_t("Go to the next or previous control"), ("Tab", "Shift+Tab")),
    (_t("Press a button, select a cell"), ("Space",)),
    (_t("Go back, close"), ("Esc",)),
    (_t("Copy, cut and insert text"), ("Ctrl+C", "Ctrl+X", "Ctrl+V")),
)


def fixed_keys(where: str) -> Iterator[tuple[str, str]]:
    """What keys do that no action can take, in words, and each of the keys.

    Args:
        where: the action is possible, as in the table of actions.
    """
    gallery = () if where == "viewer" else GALLERY_KEYS
    viewer = () if where == "gallery" else VIEWER_KEYS
    for does, keys in (*gallery, *viewer, *CONTROL_KEYS):
        yield from ((translated(does), each) for each in keys)


def key_groups() -> list[tuple[str, list[KeyRow]]]:
    """Title and rows of each group: every action, then the keys that stay as they are."""
    groups = [
        (
            plain(title),
            [KeyRow(plain(row.text), row.keys, row.id) for row in ACTIONS if row.menu == menu],
        )
        for menu, title in MENUS
    ]
    for title, fixed in (
        (_t("Gallery"), GALLERY_KEYS),
        (_t("Viewer"), VIEWER_KEYS),
        (_t("Everywhere"), CONTROL_KEYS),
    ):
        groups.append((translated(title), [KeyRow(translated(t), keys) for t, keys in fixed]))
    return [(title, rows) for title, rows in groups if rows]
