"""A bundle to check: `LEUKO_BUNDLE=dist/leukogui-reader pytest tests/installer`; else nothing here.

The bundle runs as on a computer without Python: with no environment but what a test gives.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.paths import ROOT

VARIABLE = "LEUKO_BUNDLE"
collect_ignore_glob = [] if VARIABLE in os.environ else ["test_*.py"]


@dataclass(frozen=True)
class Bundle:
    """A folder that the installer's recipe made, and a home of its own for what it writes."""

    folder: Path
    home: Path

    @property
    def edition(self) -> str:
        """Of the folder's name: the program is to say the same."""
        return self.folder.name.rpartition("-")[2]

    def run(
        self, program: str, *words: object, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one of its two programs to its end, in an empty environment."""
        return subprocess.run(
            [str(self.folder / program), *map(str, words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**self.environment, **environment},
            cwd=self.home,
            timeout=240,
            check=False,
        )

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a user with an empty home; nothing leads to a Python."""
        empty = self.home / "no-programs"
        empty.mkdir(exist_ok=True)
        return {"HOME": str(self.home), "PATH": str(empty), "LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return Bundle(Path(os.environ[VARIABLE]).resolve(), tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "cells"
    run_source("demo", folder, "--per-kind", 2)
    return folder


def run_source(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the trainer of this checkout."""
    return subprocess.run(
        [sys.executable, "-m", "trainer", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=240,
        check=True,
    )
