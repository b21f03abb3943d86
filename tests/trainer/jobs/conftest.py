"""A folder of drawn cells and a tiny package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.trainer.jobs.program import OTHERS, draw_folder


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid MobileNetV2 package with random weights, 64 px."""
    from trainer.models.random_package import random_package

    folder = tmp_path_factory.mktemp("models") / "random"
    return random_package(folder, other_classes=OTHERS, input_size=64).path


@pytest.fixture(scope="session")
def accepting(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, and it accepts whatever it is shown."""
    folder = tmp_path_factory.mktemp("models") / "accepting"
    shutil.copytree(package, folder)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["thresholds"] |= {"review_probability": 0.0, "unknown_probability": 1.0}
    card["thresholds"]["unknown_distance"] = 1e6
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """21 drawn cells; tests must not change them."""
    folder = tmp_path_factory.mktemp("drawn") / "cells"
    draw_folder(folder, 21)
    return folder
