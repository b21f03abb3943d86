from __future__ import annotations

import numpy as np
import pytest

from tests.trainer.training.drawn_cells import OUTPUTS, drawn_cells
from trainer.training.sampling import Sampler, cell_weights, output_weights


def draws(weights: list[float], seed: int = 0) -> np.ndarray:
    sampler = Sampler(drawn_cells(), weights, seed)
    return np.concatenate([sampler.rows(step, 30) for step in range(40)])


def test_classes_alike_and_sources_alike_within_a_class() -> None:
    cells = drawn_cells()
    rows = draws([1.0, 1.0, 1.0])
    assert np.bincount(cells.label[rows]).tolist() == [400, 400, 400]
    lobed = rows[cells.label[rows] == 0]
    assert 150 < (cells.source[lobed] == 0).sum() < 250
    dark = rows[cells.label[rows] == 2]
    assert (cells.source[dark] == 0).all()


def test_every_cell_is_drawn_sooner_or_later() -> None:
    assert len(np.unique(draws([1.0, 1.0, 1.0]))) == len(drawn_cells())


def test_other_classes_are_drawn_by_their_share() -> None:
    weights = output_weights(OUTPUTS, ("dark",), 0.5)
    assert weights == [1.0, 1.0, 0.5]
    counts = np.bincount(drawn_cells().label[draws(weights)])
    assert abs(counts[2] / counts[0] - 0.5) < 0.05


def test_the_seed_and_the_step_decide() -> None:
    sampler = Sampler(drawn_cells(), [1, 1, 1], 7)
    assert (sampler.rows(3, 8) == Sampler(drawn_cells(), [1, 1, 1], 7).rows(3, 8)).all()
    assert (sampler.rows(3, 8) != sampler.rows(4, 8)).any()
    assert (draws([1, 1, 1], 7) != draws([1, 1, 1], 8)).any()


def test_weights_count_cells_as_they_would_be_drawn() -> None:
    cells = drawn_cells()
    weights = [1.0, 1.0, 0.5]
    counts = cell_weights(cells.label, cells.source, weights)
    assert counts.mean() == pytest.approx(1)
    sampler = Sampler(cells, weights, 3)
    drawn = np.bincount(np.concatenate([sampler.rows(step, 50) for step in range(400)]))
    assert drawn / drawn.mean() == pytest.approx(counts, rel=0.15)


def test_a_source_with_more_cells_is_drawn_oftener_by_a_power_of_their_number() -> None:
    cells = drawn_cells()
    kept = np.ones(len(cells), dtype=bool)
    lobed = np.flatnonzero((cells.label == 0) & (cells.source == 1))
    kept[lobed[1:]] = False
    few = cells.take(kept)
    sizes = [((few.label == 0) & (few.source == source)).sum() for source in (0, 1)]
    for power in (0.0, 0.5, 1.0):
        counts = cell_weights(few.label, few.source, [1.0, 1.0, 1.0], power)
        shares = [counts[(few.label == 0) & (few.source == source)].sum() for source in (0, 1)]
        assert shares[0] / shares[1] == pytest.approx((sizes[0] / sizes[1]) ** power)
        sampler = Sampler(few, [1.0, 1.0, 1.0], 3, power)
        drawn = np.bincount(np.concatenate([sampler.rows(step, 50) for step in range(400)]))
        assert drawn / drawn.mean() == pytest.approx(counts, rel=0.15)
