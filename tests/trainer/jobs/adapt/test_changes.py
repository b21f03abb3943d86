"""The cells of a case that an adapted model decides otherwise, by their stored features."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.adapt.reviewed_case import MODEL, adapted, classified
from trainer.cases.store import CaseStore
from trainer.domain import Prediction, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.adapt import changes
from trainer.locations import STORE_NAME
from trainer.models.package.layout import Package
from trainer.protocol.adaptation_requests import ChangesRequest
from trainer.protocol.events import Result


@pytest.fixture
def place_of_own(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that further runs may be added to; its case lies where it lay."""
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(place / "cache"))
    shutil.copytree(place / "data", tmp_path / "data")
    (tmp_path / "case").symlink_to(place / "case")
    return tmp_path


def compared(place: Path, model: str, folder: Path, **more: Any) -> tuple[dict[str, Any], str]:
    """Result and text of the job."""
    texts: list[str] = []

    def emit(item: object) -> None:
        if isinstance(item, Result):
            texts.append(str(item.data["text"]))

    request = ChangesRequest(folder=str(folder), model=model, data_dir=str(place / "data"), **more)
    return changes.run(request, emit, never_stop), "\n".join(texts)


def predictions(place: Path, run: int) -> dict[str, Prediction]:
    with CaseStore.open(place / "data" / STORE_NAME, read_only=True) as store:
        return {each.image: each for each in store.predictions.stream(run, heat=False)}


def test_the_same_model_changes_nothing(place: Path, place_of_own: Path) -> None:
    result, text = compared(place_of_own, MODEL, place / "case")
    assert (result["cells"], result["changed"], result["changes"]) == (21, 0, [])
    assert result["before"] == result["after"]
    assert text == f"{MODEL} decides 0 of 21 cells otherwise."


def test_as_a_run_of_the_adapted_model_decides(
    place: Path, place_of_own: Path, first: Package
) -> None:
    """Every cell that changes, and no other, with what the new run then finds."""
    result, text = compared(place_of_own, "first", place / "case")
    before = predictions(place_of_own, 1)
    shutil.rmtree(place_of_own / "data")
    shutil.copytree(place / "data", place_of_own / "data")
    shutil.copytree(place / "case", place_of_own / "again" / "case")
    shutil.copytree(place / "data" / "models", place_of_own / "again" / "data" / "models")
    classified(place_of_own / "again", "first")
    after = predictions(place_of_own / "again", 1)
    expected = {
        image
        for image, old in before.items()
        if old.decision != after[image].decision
        or (old.label != after[image].label and old.decision != "unknown")
    }
    assert expected
    assert {each["image"] for each in result["changes"]} == expected
    for each in result["changes"]:
        new = after[each["image"]]
        assert each["before"]["label"] == before[each["image"]].label
        assert (each["after"]["label"], each["after"]["decision"]) == (new.label, new.decision)
        assert each["after"]["probability"] == pytest.approx(new.probability, abs=2e-3)
    assert sum(result["after"].values()) == 21
    assert text.startswith(f"first decides {len(expected)} of 21 cells otherwise.")


def test_reviews_are_named(place: Path, place_of_own: Path, first: Package) -> None:
    result, _ = compared(place_of_own, "first", place / "case")
    named = {each["image"]: each["reviewed"] for each in result["changes"]}
    assert named
    for image, label in named.items():
        assert bool(label) == (int(image[:3]) < 14)


def test_only_so_many_are_named(place: Path, place_of_own: Path, first: Package) -> None:
    result, _ = compared(place_of_own, "first", place / "case", count=1)
    assert len(result["changes"]) == 1
    assert result["changed"] > 1


def test_cells_of_another_network(place: Path, place_of_own: Path) -> None:
    """Of a model that is not on this computer, nothing is known of its network."""
    adapted(place_of_own, "other")
    shutil.rmtree(place_of_own / "data" / "models" / MODEL)
    with pytest.raises(UserError, match="by a network other than that of other"):
        compared(place_of_own, "other", place / "case")


def test_stopping(place: Path, place_of_own: Path) -> None:
    request = ChangesRequest(
        folder=str(place / "case"), model=MODEL, data_dir=str(place_of_own / "data")
    )
    with pytest.raises(Cancelled):
        changes.run(request, lambda _: None, lambda: True)
