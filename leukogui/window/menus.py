"""The menus, from the table of actions."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtWidgets import QMenuBar

from leukogui.window.actions import ACTIONS, MENUS, Actions, translated


def fill_menus(bar: QMenuBar, actions: Actions) -> None:
    """Fill an empty menu bar; a line is drawn between groups, and between places."""
    for menu_id, title in MENUS:
        menu = bar.addMenu(translated(title))
        menu.setToolTipsVisible(True)
        rows = [row for row in ACTIONS if row.menu == menu_id]
        for at, (_, group) in enumerate(groupby(rows, key=lambda row: (row.group, row.where))):
            if at:
                menu.addSeparator()
            for row in group:
                menu.addAction(actions[row.id])
