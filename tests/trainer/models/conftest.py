"""Small packages with random weights, one for each network, made once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shared_fixtures import build_once
from trainer.models.package.card import HeadSpec

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

OTHERS = ("eosinophil", "lymphocyte")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A MobileNetV2 package; tests must not change it."""

    def build(folder: Path) -> None:
        from trainer.testing import random_package

        head = HeadSpec(batch_norm=True, hidden=12)
        random_package(folder, other_classes=OTHERS, input_size=64, head=head)

    return build_once(tmp_path_factory, "tiny", build)


@pytest.fixture
def package(made: Path, tmp_path: Path) -> Path:
    """A copy of the package, to be spoiled."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


@pytest.fixture
def reseal() -> Callable[[Path], None]:
    """Make the card's hashes true again after a file was changed, as a forger would."""
    from trainer.atomic_files import sha256_of
    from trainer.models.package.card import read_card, write_card
    from trainer.models.package.layout import CARD, FILES

    def seal(folder: Path) -> None:
        card = read_card(folder / CARD)
        files = {name: sha256_of(folder / name) for name in FILES}
        write_card(card.model_copy(update={"files": files}), folder / CARD)

    return seal
