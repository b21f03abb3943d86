"""Drawn cells, a tiny package and a trained one, made once; folders of a test's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared_fixtures import build_once
from tests.trainer.jobs.alerting_card import set_alert
from tests.trainer.jobs.labelled_cells import write_cells
from tests.trainer.jobs.program import draw_folder
from tests.trainer.jobs.trained_models import train_first_model
from tests.trainer.tiny_backbone import TINY, add_tiny_backbone
from trainer.models.backbones import BACKBONES


@pytest.fixture(scope="package", autouse=True)
def tiny_backbone() -> Iterator[None]:
    """Of four convolutions, beside the six; for the tests of this folder only."""
    add_tiny_backbone()
    yield
    del BACKBONES[TINY]


@pytest.fixture(scope="session")
def package(random_model: Path) -> Path:
    return random_model


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
def alerting(accepting: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the source “random” that accepts everything and takes all of it for blasts."""
    folder = tmp_path_factory.mktemp("models") / "alerting"
    shutil.copytree(accepting, folder)
    set_alert(folder)
    return folder


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """21 drawn cells; tests must not change them."""
    return build_once(tmp_path_factory, "cells", lambda folder: draw_folder(folder, 21))


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of labelled cells (see `write_cells`); tests must not change them."""

    def build(folder: Path) -> None:
        folder.mkdir()
        write_cells(folder)

    return build_once(tmp_path_factory, "labelled", build) / "cells.csv"


@pytest.fixture(scope="session")
def data(labelled: Path) -> Path:
    """What is trained and measured on, unless a file of tests has data of its own."""
    return labelled


@pytest.fixture(scope="session")
def trained_data(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the model “first”, its head trained on the labelled cells.

    With it lies the cache of that training. Tests must not change it, but copy it.
    """

    def build(folder: Path) -> None:
        folder.mkdir()
        train_first_model(labelled, folder, other_classes=["lymphocyte"])

    return build_once(tmp_path_factory, "trained", build)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own cache, of which nothing is there yet."""
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def warm_cache(own_cache: Path, trained_data: Path) -> Path:
    """The test's own cache; the network that heads are trained on is there, and no features."""
    shutil.copytree(trained_data / "cache" / "stems", own_cache / "stems")
    return own_cache


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own data folder."""
    monkeypatch.setenv("LEUKO_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"
