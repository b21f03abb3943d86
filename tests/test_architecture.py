"""The import rules hold, and each of them bites when somebody breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.paths import ROOT

# name: (the rule that breaks, and no other; file planted: its code)
VIOLATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "A lower room reaches up": (
        "Within trainer, imports go one way",
        {"trainer/data/planted.py": "from trainer.evaluation import confusion\n"},
    ),
    "A new room that nobody placed": (
        "Within trainer, imports go one way",
        {"trainer/attic/__init__.py": ""},
    ),
    "A command uses another": (
        "Commands share only trainer.jobs.common",
        {"trainer/jobs/audit/planted.py": "from trainer.jobs.compare import results\n"},
    ),
    "A new command that nobody placed": (
        "Commands share only trainer.jobs.common",
        {"trainer/jobs/attic/__init__.py": ""},
    ),
    "A room of the store that nobody placed": (
        "Within cases, imports go one way",
        {"trainer/cases/attic/__init__.py": ""},
    ),
    "Safe files know of colours": (
        "Within models, imports go one way",
        {"trainer/models/safe_files/planted.py": "from trainer.models import class_colours\n"},
    ),
    "A package needs Keras": (
        "Packages are read without a framework",
        {"trainer/models/safe_files/planted.py": "def f() -> None:\n    import keras\n"},
    ),
    "A way round the doors": (
        "The window enters trainer by its doors only",
        {"leukogui/window/planted.py": "from trainer.data import manifest\n"},
    ),
    "The window enters a job": (
        "The window enters trainer by its doors only",
        {"leukogui/window/planted.py": "from trainer.jobs import ping\n"},
    ),
    "A heavy door": (
        "The window's doors into trainer are light",
        {"trainer/cases/tables/planted.py": "def f() -> None:\n    import sklearn\n"},
    ),
    "The summary knows the filters": (
        "Within leukogui, imports go one way",
        {"leukogui/summary/planted.py": "from leukogui.filters import text\n"},
    ),
    "A new room of the window": (
        "Within leukogui, imports go one way",
        {"leukogui/attic/__init__.py": ""},
    ),
    "A controller takes the whole window": (
        "Controllers never hold the main window",
        {"leukogui/controllers/planted.py": "from leukogui.window import main_window\n"},
    ),
    "The product uses random packages": (
        "The product never imports trainer.testing",
        {"trainer/jobs/common/planted.py": "from trainer import testing\n"},
    ),
    "Qt in trainer": (
        "trainer never imports Qt or the window",
        {"trainer/data/planted.py": "import PySide6\n"},
    ),
    "The window in trainer": (
        "trainer never imports Qt or the window",
        {"trainer/data/planted.py": "def f() -> None:\n    import leukogui\n"},
    ),
    "Keras in the window": (
        "The window never reaches TensorFlow, Keras or OpenVINO",
        {"leukogui/window/planted.py": "def f() -> None:\n    import keras\n"},
    ),
    "A circle": (
        "No circles within a room",
        {
            "trainer/evaluation/planted.py": "from trainer.evaluation import planted_too\n",
            "trainer/evaluation/planted_too.py": "from trainer.evaluation import planted\n",
        },
    ),
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
def test_a_planted_violation_breaks_exactly_its_rule(tree: Path, name: str) -> None:
    rule, files = VIOLATIONS[name]
    for where, code in files.items():
        planted = tree / where
        planted.parent.mkdir(exist_ok=True)
        planted.write_text(f'"""Planted."""\n{code}', encoding="utf-8")
    outcome = lint_imports(tree)
    assert outcome.returncode != 0
    lines = outcome.stdout.splitlines()
    broken = [line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")]
    assert broken == [rule], outcome.stdout


def test_every_rule_has_a_violation() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    assert {each["name"] for each in contracts} == {rule for rule, _ in VIOLATIONS.values()}


def test_light_doors_load_nothing_heavy() -> None:
    code = (
        "import sys, trainer.domain, trainer.errors, trainer.imaging, trainer.cases.store,"
        "trainer.models.package.registry, trainer.protocol.messages\n"
        "heavy = {'tensorflow', 'keras', 'openvino', 'torch', 'jax', 'sklearn', 'PySide6'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    outcome = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert outcome.returncode == 0, outcome.stderr


def test_the_window_loads_no_more_modules_than_it_needs() -> None:
    """It must be up in about a second; 174 of ours were loaded before files were merged."""
    code = (
        "import sys, leukogui.app\n"
        "ours = [name for name in sys.modules if name.split('.')[0] in ('trainer', 'leukogui')]\n"
        "print(len(ours))"
    )
    outcome = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert int(outcome.stdout) <= 174
