from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pytestqt.qtbot import QtBot

from leukogui.window.about import PACKAGES, licence_text, package_lines
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program
from tests.paths import ROOT

PROJECT = ROOT / "pyproject.toml"


def test_every_package_that_is_needed_is_named() -> None:
    wanted = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["dependencies"]
    names = {re.match(r"[A-Za-z0-9_.-]+", each)[0] for each in wanted}
    assert names == {name for name, _ in PACKAGES}


def test_versions_are_those_installed_here() -> None:
    from importlib.metadata import version

    lines = package_lines()
    assert f"numpy {version('numpy')}" in {line.partition(":")[0] for line in lines}
    assert all(line.partition(": ")[2] for line in lines)
    assert any(line.endswith("LGPL-3.0-only (Qt and PySide6)") for line in lines)


def test_models_are_named_with_their_licences(
    qtbot: QtBot, program: Program, with_model: Path
) -> None:
    assembly = program()
    qtbot.waitUntil(lambda: bool(assembly.model_list.cards), timeout=PATIENCE)
    card = assembly.model_list.cards[0].model_copy(
        update={"licence": "CC BY 4.0", "attribution": ("Cells of a lab & <b>others</b>",)}
    )
    assert card.id == MODEL
    said = licence_text([card])
    assert f"{card.title}: CC BY 4.0" in said
    assert "Cells of a lab & <b>others</b>" in said
