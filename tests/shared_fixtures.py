"""Folders that are slow to make, made once for all processes of a test run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

FOLDER = "LEUKO_TEST_FIXTURES"
"""Environment variable: an empty folder for what several runs of one checkout share."""


def build_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """Return a folder that the first process to ask for it has built; nobody may change it.

    Args:
        factory: of the session; its base folder tells the processes of one run.
        name: of the folder, one for each content.
        build: fills the folder, whose path it is given and which does not exist yet. It is
            built where it stays, for what is in it may hold its path.
    """
    root = _shared_folder(factory)
    folder = root / name / name  # by itself, so that a test sees what lies beside it
    folder.parent.mkdir(parents=True, exist_ok=True)
    built = root / f"{name}.built"
    with FileLock(root / f"{name}.lock"):
        if not built.exists():
            build(folder)
            built.touch()
    return folder


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this run, or that which several runs of one checkout share."""
    if FOLDER in os.environ:
        return Path(os.environ[FOLDER])
    base = factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
