"""The import rules hold, and each of them bites when somebody breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

VIOLATIONS = {
    "One way": (
        "trainer/imaging/planted.py",
        "from trainer.models.package import card\n",
        "one way",
    ),
    "Qt in trainer": ("trainer/data/planted.py", "import PySide6\n", "never imports Qt"),
    "Window in trainer": (
        "trainer/data/planted.py",
        "def f() -> None:\n    import leukogui\n",
        "never imports Qt",
    ),
    "Keras in the window": (
        "leukogui/planted.py",
        "def f() -> None:\n    import keras\n",
        "window never reaches",
    ),
    "OpenVINO behind the window": (
        "leukogui/planted.py",
        "def f() -> None:\n    from trainer.inference import openvino_engine\n",
        "window never reaches",
    ),
    "A heavy door": (
        "trainer/cases/planted.py",
        "def f() -> None:\n    import tensorflow\n",
        "doors into trainer are light",
    ),
    "A way round the doors": (
        "leukogui/planted.py",
        "from trainer.data import manifest\n",
        "by its doors only",
    ),
    "A new room nobody placed": ("trainer/attic/__init__.py", "", "one way"),
}


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the packages in `tree`, not over the installed ones."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONUTF8": "1"}
    return subprocess.run(
        [*command, "--no-cache"],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for package in ("trainer", "leukogui"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_rules_hold(tree: Path) -> None:
    outcome = lint_imports(tree)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "0 broken" in outcome.stdout


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_planted_violation_is_found(tree: Path, name: str) -> None:
    where, code, rule = VIOLATIONS[name]
    planted = tree / where
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f'"""Planted."""\n{code}', encoding="utf-8")
    outcome = lint_imports(tree)
    assert outcome.returncode != 0
    broken = [line for line in outcome.stdout.splitlines() if "BROKEN" in line]
    assert any(rule in line for line in broken), outcome.stdout


def test_light_doors_load_nothing_heavy() -> None:
    code = (
        "import sys, trainer.domain, trainer.errors, trainer.imaging, trainer.cases.store,"
        "trainer.models.package.registry, trainer.protocol.messages\n"
        "heavy = {'tensorflow', 'keras', 'openvino', 'torch', 'jax', 'sklearn', 'PySide6'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    outcome = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert outcome.returncode == 0, outcome.stderr
