"""A folder of drawn cells and a tiny package."""

from __future__ import annotations

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
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """21 drawn cells; tests must not change them."""
    folder = tmp_path_factory.mktemp("drawn") / "cells"
    draw_folder(folder, 21)
    return folder
