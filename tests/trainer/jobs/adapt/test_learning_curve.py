"""The learning curve of made-up features whose classes an old head takes for one another."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.domain import never_stop
from trainer.errors import Cancelled
from trainer.evaluation.learning_curve import LearningCurve
from trainer.jobs.adapt.learning_curve import (
    curve_to_json,
    describe_curve,
    measure_learning_curve,
)
from trainer.models.head import Head
from trainer.training.held_head import CorrectedCells, OldHead

CLASSES, CHANNELS = 3, 8


def old_head() -> OldHead:
    """It sees the first feature only, which tells class 0 from the others."""
    kernel = np.zeros((CHANNELS, CLASSES), np.float32)
    kernel[0, 0] = 1
    head = Head(kernel, np.zeros(CLASSES, np.float32))
    return OldHead(head, 1.0, CLASSES, np.ones(CHANNELS))


def cells_of(per_class: int) -> CorrectedCells:
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(CLASSES), per_class).astype(np.intp)
    pooled = rng.normal(0, 1, (len(labels), CHANNELS))
    pooled[np.arange(len(labels)), labels] += 3
    return CorrectedCells(pooled.astype(np.float32), labels)


def measured(per_class: int, groups: list[str] | None = None) -> LearningCurve | None:
    cells = cells_of(per_class)

    def is_right(logits: NDArray[np.float32]) -> NDArray[np.bool_]:
        return np.asarray(logits.argmax(axis=1) == cells.labels, dtype=bool)

    own = [str(row) for row in range(len(cells.labels))]
    return measure_learning_curve(
        old_head(), cells, groups or own, is_right, lambda _: None, never_stop
    )


def test_it_rises_with_the_cells() -> None:
    curve = measured(24)
    assert curve is not None
    # A third of each class is judged, and of the rest an eighth, a quarter, a half and all taken.
    assert curve.sizes == (6, 12, 24, 48)
    points = curve.points()
    assert points[0][1] < 0.75 < points[-1][1]
    assert points[1][1] < points[-1][1]
    found = curve_to_json(curve, 72)
    assert list(found["expected"]) == ["72", "144"]  # type: ignore[call-overload]
    words = list(describe_curve(curve, 72))
    assert words[1].startswith("Twice as many labelled cells (144) would likely bring 0.")


def test_too_few_cells() -> None:
    assert measured(5) is None
    (words,) = describe_curve(None, 15)
    assert words.startswith("Not enough cells yet")
    assert curve_to_json(None, 15) == {}


def test_many_cells_of_few_patients() -> None:
    """A patient is on one side alone, and a class of few patients says nothing."""
    assert measured(24, [f"patient {row % 5}" for row in range(72)]) is None


def test_stopping() -> None:
    cells = cells_of(12)
    with pytest.raises(Cancelled):
        measure_learning_curve(
            old_head(),
            cells,
            [str(row) for row in range(36)],
            lambda logits: logits.argmax(axis=1) == cells.labels,
            lambda _: None,
            lambda: True,
        )
