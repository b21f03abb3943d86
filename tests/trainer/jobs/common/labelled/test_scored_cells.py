"""Which of the sampled cells the closer looks take."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import numpy as np

from trainer.data.item import Item
from trainer.domain import Decision, Precision, Prediction
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions, SampleCell

VIEW = np.zeros((2, 2, 3), np.uint8)


def predict(names: list[tuple[str, str]]) -> LabelledPredictions:
    """Cells by name and label; the bytes of each are another for each number in its name."""
    items = tuple(Item(Path(name), label) for name, label in names)
    predictions = tuple(
        Prediction(
            str(item.path),
            sha256(item.path.stem[-3:].encode()).hexdigest(),
            Decision.ACCEPT,
            "model",
            Precision.F32,
        )
        for item in items
    )
    count = len(items)
    scored = ScoredCells(
        np.zeros(count, np.intp), np.zeros((count, 2), np.float32), np.zeros(count, np.float32)
    )
    samples = tuple(SampleCell(row, VIEW, None) for row in range(count))
    pooled = np.zeros((count, 1), np.float32)
    return LabelledPredictions(items, predictions, scored, pooled, samples, (), ())


def names_of(cells: LabelledPredictions, most: int) -> set[str]:
    return {cells.items[each.row].path.stem[-3:] for each in cells.balanced_samples(most)}


NAMES = [(f"a{at:03}.png", "monocyte" if at < 80 else "basophil") for at in range(90)]


def test_classes_have_as_many_cells_as_there_are() -> None:
    cells = predict(NAMES)
    chosen = [cells.items[each.row].label for each in cells.balanced_samples(40)]
    assert Counter(chosen) == {"basophil": 10, "monocyte": 30}
    chosen = [cells.items[each.row].label for each in cells.balanced_samples(7)]
    assert Counter(chosen) == {"basophil": 4, "monocyte": 3}
    assert len(cells.balanced_samples(1000)) == 90
    assert predict([]).balanced_samples(40) == ()


def test_names_and_their_order_do_not_choose() -> None:
    chosen = names_of(predict(NAMES), 12)
    renamed = [(f"{'zyx'[at % 3]}{name[1:]}", label) for at, (name, label) in enumerate(NAMES)]
    assert names_of(predict(sorted(renamed)), 12) == chosen
    assert names_of(predict(NAMES[::-1]), 12) == chosen
    assert chosen != {f"{at:03}" for at in (*range(6), *range(80, 86))}
