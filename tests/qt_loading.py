"""Whether the window's tests can run here. Qt needs libraries of the system."""

from __future__ import annotations

import os

# Before Qt is loaded: no screen is needed.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from leukogui.start.dependency_check import check_libraries
from leukogui.start.python_import import restore_imports


def _lacking() -> str:
    if words := check_libraries():
        return words
    try:
        import PySide6.QtNetwork
        import PySide6.QtSvg
        import PySide6.QtTest
        import PySide6.QtWidgets  # noqa: F401
    except ModuleNotFoundError:
        raise  # not installed, which no system library explains
    except ImportError as error:
        return f"Qt cannot be loaded: {error}"
    return ""


LACKING = _lacking()
"""Why the window's tests are skipped, in words; empty if they run."""
restore_imports()
