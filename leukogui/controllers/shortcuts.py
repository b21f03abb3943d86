"""Which keys do what: the usual ones, unless a person chose others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from leukogui.pages.shortcuts import ShortcutsPage, fixed_keys
from leukogui.settings.store import Settings
from leukogui.settings.table import KEYS
from leukogui.window.action_set import Actions
from leukogui.window.actions import ACTIONS, ActionRow, action_text


class ShortcutController(QObject):
    """Keeps the keys that a person chose, and applies them."""

    def __init__(
        self, commands: Actions, page: ShortcutsPage, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._commands, self._page, self._settings = commands, page, settings
        self._class_keys: tuple[tuple[str, str], ...] = ()
        page.chosen.connect(self.choose)
        page.reset_requested.connect(self.reset)
        settings.changed.connect(self._on_changed)
        self._apply()

    def set_class_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Take the keys of the review classes, each with the name of its class."""
        self._class_keys = keys

    def action_of(self, keys: str) -> str:
        """What an action or a fixed key does with these keys, in words; empty if nothing."""
        wanted = _normalize_keys(keys)
        own = self._settings.value(KEYS)
        found = (does for does, each in _action_keys(own) if _normalize_keys(each) == wanted)
        return next(found, "")

    def choose(self, action: str, keys: str) -> None:
        """Let an action have these keys, unless they do something else already."""
        holder = self._conflicting_action(action, keys) if keys else ""
        if holder:
            shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            words = self.tr("{keys} already does: {what}").format(keys=shown, what=holder)
            self._page.show_message(action, words)
            return
        own = dict(self._settings.value(KEYS))
        own[action] = keys
        if _default_keys(action) == (keys,) or (not keys and not _default_keys(action)):
            del own[action]
        self._page.show_message("", "")
        self._settings.set(KEYS, own)

    def reset(self, action: str) -> None:
        """Give an action its default keys again, or all of them for an empty name.

        An action that got those keys in the meantime loses them.
        """
        if not action:
            self._settings.set(KEYS, {})
            return
        defaults = {_normalize_keys(each) for each in _default_keys(action)}
        custom = {
            name: keys
            for name, keys in self._settings.value(KEYS).items()
            if name != action and _normalize_keys(keys) not in defaults
        }
        self._page.show_message("", "")
        self._settings.set(KEYS, custom)

    def _on_changed(self, key: str) -> None:
        if key == KEYS.key:
            self._apply()

    def _apply(self) -> None:
        own = self._settings.value(KEYS)
        self._commands.bind(own)
        self._page.show_custom(own)

    def _conflicting_action(self, action: str, keys: str) -> str:
        """What the keys do already, in words; empty if nothing."""
        wanted = _normalize_keys(keys)
        for does, each in self._other_keys(self._settings.value(KEYS), action):
            if _normalize_keys(each) == wanted:
                return does
        return ""

    def _other_keys(self, own: Mapping[str, str], but: str) -> Iterator[tuple[str, str]]:
        """All keys that would meet with those of an action, and what they do."""
        this = _action_row(but)
        yield from self._class_keys
        for row in ACTIONS:
            apart = row.where and this.where and row.where != this.where
            if row.id != but and not apart:
                keys = row.keys if row.id not in own else (own[row.id],)
                yield from ((action_text(row.text), each) for each in keys if each)
        yield from (each for each in fixed_keys(this.where) if each[1] not in this.keys)


def _action_keys(own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The keys of all actions, and those that no action can have, with what they do."""
    for row in ACTIONS:
        keys = row.keys if row.id not in own else (own[row.id],)
        yield from ((action_text(row.text), each) for each in keys if each)
    for where in ("gallery", "viewer"):
        yield from fixed_keys(where)


def _action_row(action: str) -> ActionRow:
    return next(row for row in ACTIONS if row.id == action)


def _default_keys(action: str) -> tuple[str, ...]:
    return _action_row(action).keys


def _normalize_keys(keys: str) -> str:
    """One way of writing for keys that are the same."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)
