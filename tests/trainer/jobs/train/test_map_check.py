"""On which cells the heat maps of a new package are checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.data.item import Item
from trainer.jobs.train.map_check import choose_set
from trainer.jobs.train.state import EvaluationSet, ModelOutputs


def cells(count: int) -> EvaluationSet:
    outputs = ModelOutputs(
        np.zeros(count, np.intp), np.zeros((count, 2), np.float32), np.zeros((count, 3), np.float32)
    )
    return EvaluationSet([Item(Path(f"{n}.png"), "monocyte") for n in range(count)], outputs)


def test_cells_that_were_left_out_go_before_test_cells() -> None:
    sets = {"test": cells(200), "raabin": cells(55), "munich": cells(60), "chula": cells(20)}
    assert choose_set(sets) == "munich"
    assert choose_set({"test": cells(5), "chula": cells(20)}) == "test"
