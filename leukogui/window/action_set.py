"""The actions of the table as Qt's: their keys, and which of them are possible now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from leukogui.theme.icons import Icons
from leukogui.window.actions import ACTIONS, ActionRow, action_text, translate_action


class Actions(QObject):
    """The table's actions as Qt's, each doing one thing."""

    def __init__(self, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._actions = {row.id: self._build_action(row, icons) for row in ACTIONS}
        self._possible: dict[str, bool] = {}
        self._forbidden: frozenset[str] = frozenset()
        self.bind({})
        groups = {row.group for row in ACTIONS if row.group not in ("", "on")}
        for name in groups:
            group = QActionGroup(self)
            for row in ACTIONS:
                if row.group == name:
                    group.addAction(self._actions[row.id])

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def on(self, action_id: str, do: Callable[[], object]) -> None:
        """Do this when the action is chosen."""
        self._actions[action_id].triggered.connect(lambda *_: do())

    def on_toggled(self, action_id: str, do: Callable[[bool], object]) -> None:
        """Do this when a checkable action changes."""
        self._actions[action_id].toggled.connect(do)

    def bind(self, own: Mapping[str, str]) -> None:
        """Give each action the keys that a person chose, by id, or its usual ones."""
        for row in ACTIONS:
            keys = row.keys if row.id not in own else (own[row.id],)
            self._set_shortcuts(row, [each for each in keys if each])

    def enable(self, **states: bool) -> None:
        """Make actions possible or not, by id."""
        self._possible |= states
        for action_id, possible in states.items():
            self._actions[action_id].setEnabled(possible and action_id not in self._forbidden)

    def forbid(self, *action_ids: str) -> None:
        """Make these actions impossible, whatever `enable` says, and no others."""
        changed = self._forbidden ^ {each for each in action_ids if each in self._actions}
        self._forbidden = self._forbidden ^ changed
        for action_id in changed:
            possible = self._possible.get(action_id, True) and action_id not in self._forbidden
            self._actions[action_id].setEnabled(possible)

    def is_forbidden(self, action_id: str) -> bool:
        """Whether an action is among those that `forbid` named last."""
        return action_id in self._forbidden

    def _build_action(self, row: ActionRow, icons: Icons) -> QAction:
        action = QAction(translate_action(row.text), self)
        action.setCheckable(bool(row.group))
        action.setStatusTip(translate_action(row.tip) if row.tip else action_text(row.text))
        if row.icon:
            icons.put(action, row.icon)
        return action

    def _set_shortcuts(self, row: ActionRow, keys: Sequence[str]) -> None:
        action = self._actions[row.id]
        wanted = [QKeySequence(each) for each in keys]
        action.setShortcuts(wanted)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = action.statusTip()
        action.setToolTip(f"{tip} ({shown})" if shown else tip)
