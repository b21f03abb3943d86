"""On which cells the heat maps of a new package are checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.data.item import Item
from trainer.jobs.train.map_check import choose_set
from trainer.jobs.train.state import EvaluationSet, ModelOutputs


def cells(count: int, source: str) -> EvaluationSet:
    outputs = ModelOutputs(
        np.zeros(count, np.intp), np.zeros((count, 2), np.float32), np.zeros((count, 3), np.float32)
    )
    items = [Item(Path(f"{n}.png"), "monocyte", source=source) for n in range(count)]
    return EvaluationSet(items, outputs)


def test_cells_that_were_left_out_go_before_test_cells() -> None:
    sets = {
        "test": cells(200, "barcelona"),
        "raabin": cells(55, "raabin"),
        "munich": cells(60, "munich"),
        "more": cells(90, "barcelona"),
        "chula": cells(20, "chula"),
    }
    assert choose_set(sets, {"barcelona"}) == "munich"
    assert choose_set(sets, {"barcelona", "munich"}) == "raabin"
    assert choose_set(sets, {"barcelona", "munich", "raabin"}) == "test"
