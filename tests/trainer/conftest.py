"""A package that several rooms' tests look at, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drawn_slides import drawn_slide
from tests.shared_fixtures import build_once
from trainer.data.synthetic.slide import SyntheticSlide


@pytest.fixture(scope="session")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid MobileNetV2 package with random weights, 64 px; tests must not change it."""

    def build(folder: Path) -> None:
        from trainer.testing import random_package

        others = ("eosinophil", "lymphocyte")
        random_package(folder, other_classes=others, input_size=64)

    return build_once(tmp_path_factory, "random", build)


@pytest.fixture(scope="session")
def slide(tmp_path_factory: pytest.TempPathFactory) -> SyntheticSlide:
    return drawn_slide(tmp_path_factory)
