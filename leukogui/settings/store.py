"""The settings' file: JSON in the user's data folder, written whole or not at all."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.settings.table import Setting, Value
from trainer.atomic_files import write_text
from trainer.errors import UserError

_LOG = logging.getLogger(__name__)
FORMAT = 1
FILE_NAME = "settings.json"
_SAVE_MILLISECONDS = 500
_MAX_RECENT = 12
_MAX_FOLDERS = 200


class Settings(QObject):
    """What a person has chosen. Values of a damaged or newer file fall back to defaults.

    Keys that this version does not know are preserved, so that an older program does not lose
    what a newer one wrote.

    Args:
        path: of the file; it and its folder need not exist.
    """

    changed = Signal(str)  # the key

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._values = _read_values(path)
        self._saving = QTimer(self, singleShot=True, interval=_SAVE_MILLISECONDS)
        self._saving.timeout.connect(self.save)

    def value(self, setting: Setting[Value]) -> Value:
        """What was chosen, or the default."""
        value: Any = self._values.get(setting.key)
        if isinstance(value, list):
            value = tuple(value)
        if isinstance(setting.default, float) and type(value) is int:
            value = float(value)
        return cast(Value, value) if setting.accepts(value) else setting.default

    def set(self, setting: Setting[Value], value: Value) -> None:
        """Choose; it is saved soon, and `changed` is emitted.

        Raises:
            ValueError: of the wrong type or out of its limits.
        """
        if not setting.accepts(value):
            raise ValueError(f"Invalid {setting.key}. Expected {setting}. Received {value!r}.")
        if self.value(setting) == value:
            return
        self._values[setting.key] = value
        self._saving.start()
        self.changed.emit(setting.key)

    def save(self) -> None:
        """Write the file now; a folder that cannot be written costs the choice, not the work."""
        self._saving.stop()
        text = json.dumps({"format": FORMAT, **self._values}, indent=1, ensure_ascii=True)
        try:
            write_text(self._path, text + "\n")
        except (UserError, OSError) as error:
            _LOG.warning("settings not saved: %s", error)


def add_recent(recent: tuple[str, ...], folder: str) -> tuple[str, ...]:
    """Recent folders with `folder` at the front, each once."""
    return (folder, *(each for each in recent if each != folder))[:_MAX_RECENT]


def add_folder(folders: tuple[str, ...], folder: str) -> tuple[str, ...]:
    """Folders that something was chosen for, with `folder`; the oldest go where they are many."""
    return (*(each for each in folders if each != folder), folder)[-_MAX_FOLDERS:]


def _read_values(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _LOG.warning("settings not read: %s", error)
        return {}
    if not isinstance(values, dict):
        return {}
    values.pop("format", None)
    return values
