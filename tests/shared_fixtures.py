"""Folders that are slow to make, made once for all processes of a test run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def build_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """Return a folder that the first process to ask for it has built; nobody may change it.

    Args:
        factory: of the session; its base folder tells the processes of one run.
        name: of the folder, one for each content.
        build: fills the folder, whose path it is given and which does not exist yet. It is
            built where it stays, for what is in it may hold its path.
    """
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = root / "shared" / name / name  # by itself, so that a test sees what lies beside it
    folder.parent.mkdir(parents=True, exist_ok=True)
    built = root / "shared" / f"{name}.built"
    with FileLock(root / "shared" / f"{name}.lock"):
        if not built.exists():
            build(folder)
            built.touch()
    return folder
