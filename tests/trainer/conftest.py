"""A package that several rooms' tests look at, made once."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid MobileNetV2 package with random weights, 64 px; tests must not change it."""
    from trainer.testing import random_package

    folder = tmp_path_factory.mktemp("models") / "random"
    others = ("eosinophil", "lymphocyte")
    return random_package(folder, other_classes=others, input_size=64).path
