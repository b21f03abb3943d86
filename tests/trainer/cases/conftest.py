from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trainer.cases import Case, CaseStore, Run
from trainer.domain import CellState, Decision, Precision, Prediction, Window


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cases.sqlite"


@pytest.fixture
def store(store_path: Path, clock: Clock) -> Iterator[CaseStore]:
    with CaseStore.open(store_path, now=clock) as opened:
        yield opened


@pytest.fixture
def case(store: CaseStore, tmp_path: Path) -> Case:
    (tmp_path / "images").mkdir()
    return store.cases.find_or_create(tmp_path / "images")


@pytest.fixture
def begin() -> Callable[..., Run]:
    def start(store: CaseStore, case: Case, images: int = 10, **changes: object) -> Run:
        values: dict = {
            "model": "mobilenetv2-5",
            "model_sha256": "a" * 64,
            "precision": Precision.F32,
            "device": "CPU",
            "settings": {"heatmaps": True, "view": "cell"},
            "images": [f"{i}.jpg" for i in range(images)],
        }
        return store.runs.start(case.id, **(values | changes))

    return start


@pytest.fixture
def run(store: CaseStore, case: Case, begin: Callable[..., Run]) -> Run:
    return begin(store, case)


@pytest.fixture
def predict() -> Callable[..., Prediction]:
    def make(image: str, **changes: object) -> Prediction:
        values: dict = {
            "image": image,
            "sha256": hashlib.sha256(image.encode("utf-8", "surrogatepass")).hexdigest(),
            "decision": Decision.ACCEPT,
            "model": "mobilenetv2-5",
            "precision": Precision.F32,
            "label": "monocyte",
            "probability": 0.975,
            "probabilities": (0.01, 0.975, 0.015),
            "distance": 0.25,
            "cell": CellState.FOUND,
            "window": Window(1.5, -2.0, 340.25),
            "heat": bytes(range(96)),
            "heat_shape": (3, 4, 4),
        }
        return Prediction(**(values | changes))

    return make
