"""Python's own import again, after PySide6 has put its own in its place.

PySide6 replaces `builtins.__import__` to serve `from __feature__ import ...`, which we do
not use. Its version reads the source of every module imported from then on, which costs
time, and it breaks modules that import on `hasattr` (pydantic), depending on which thread
comes first. Imports nothing of Qt, which may lack a library of the system.
"""

from __future__ import annotations

import builtins


def restore_imports() -> None:
    """Take PySide6's import away; nothing happens where it is not there."""
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original
