"""One case and one adapted model for all tests of this folder: they are slow to make."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.trainer.jobs.adapt.reviewed_case import (
    MODEL,
    adapted,
    classified,
    labels_by_name,
    review,
)
from tests.trainer.jobs.program import draw_folder
from trainer.models.package.layout import Package, open_package


@pytest.fixture(scope="package")
def place(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case that was classified, 14 of its 21 cells reviewed; and the model."""
    place = tmp_path_factory.mktemp("adapted")
    shutil.copytree(package, place / "data" / "models" / MODEL)
    draw_folder(place / "case", 21)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEUKO_CACHE_DIR", str(place / "cache"))
        classified(place, MODEL)
    review(place, labels_by_name(place, 14))
    return place


@pytest.fixture(scope="package")
def first(place: Path) -> Package:
    """The model adapted by the case."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEUKO_CACHE_DIR", str(place / "cache"))
        result, warnings = adapted(place, "first", command="leuko-trainer adapt case")
    assert warnings == []
    assert result["began_at"] == MODEL
    return open_package(Path(result["folder"]))
