"""The name of the person at the window."""

from __future__ import annotations

import getpass

from leukogui.settings.store import Settings
from leukogui.settings.table import REVIEWER


def reviewer_name(settings: Settings) -> str:
    """The name that a person chose, else that of their account on this computer."""
    chosen = settings.value(REVIEWER)
    if chosen:
        return chosen
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account, as in some containers
        return ""
