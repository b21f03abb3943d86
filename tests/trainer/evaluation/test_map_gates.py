"""Gates of heat maps: what no map passes that does not know the class and the cell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from trainer.evaluation.map_gates import GateCells, Maps, Views, measure_gates
from trainer.evaluation.map_movements import Movement, correlate, quarter_turns, shifts
from trainer.models.package.map_gates import MapGates, describe_failures

SIDE, COUNT, GREY = 32, 60, 128


def draw_cells() -> GateCells:
    """Ellipses of three classes, each of a level of its own with a bright spot off its middle."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    views = np.full((COUNT, SIDE, SIDE, 3), GREY, np.uint8)
    answers = np.arange(COUNT) % 3
    for view, answer in zip(views, answers, strict=True):
        wide, high = random.uniform(7, 13, 2)
        cell = ((x - 16) / wide) ** 2 + ((y - 16) / high) ** 2 < 1
        view[cell] = 40 + 20 * answer
        angle, reach = random.uniform(0, 2 * np.pi), random.uniform(3, 5)
        across, down = 16 + reach * np.cos(angle), 16 + reach * np.sin(angle)
        view[(x - across) ** 2 + (y - down) ** 2 < 6] = 200 + 20 * answer
    return GateCells(views, answers.astype(np.intp), GREY)


CELLS = draw_cells()


def spots(views: Views) -> Maps:
    return (views[..., 0] >= 200).astype(np.float32)


def predict(views: Views) -> np.ndarray:
    """A network that sees nothing but the spots of the three classes."""
    level = np.array([200, 220, 240])
    seen = (views[..., :1] == level).sum(axis=(1, 2)) + 1e-3
    return seen / seen.sum(axis=1, keepdims=True)


def masks_of(views: Views) -> Maps:
    return (views[..., 0] != GREY).astype(np.float32)


def measure(maps: Callable[[Views, int], Maps]) -> MapGates:
    """Measure maps that are given views and which of the classes, in order, is meant."""

    def maps_of(views: Views, classes: np.ndarray) -> Maps:
        each = [maps(views, column) for column in range(classes.shape[1])]
        return np.stack(each, axis=1)

    return measure_gates(CELLS, maps_of, predict, seed=0)


def failures(gates: MapGates) -> set[str]:
    return {gate.name for gate in gates.failures}


@pytest.mark.parametrize("level", [0.0, 1.0, -0.3])
def test_a_constant_map_fails_all(level: float) -> None:
    found = measure(lambda views, _: np.full(views.shape[:3], level, np.float32))
    assert failures(found) == {gate.name for gate in found.gates}
    assert len(found.gates) == 5
    assert found.gates[0].value == pytest.approx(0.5)


def test_a_map_that_is_the_same_for_every_cell_fails_all() -> None:
    blot = np.hypot(*(np.mgrid[:SIDE, :SIDE] - 12.0)).max() - np.hypot(
        *(np.mgrid[:SIDE, :SIDE] - 12.0)
    )
    found = measure(lambda views, _: np.tile(blot.astype(np.float32), (len(views), 1, 1)))
    assert failures(found) == {gate.name for gate in found.gates}
    assert found.gates[0].value == pytest.approx(0.5)


def test_the_mask_knows_no_class() -> None:
    found = measure(lambda views, _: masks_of(views))
    gates = {gate.name: gate for gate in found.gates}
    assert gates["spliced_halves"].value == pytest.approx(0.5)
    assert {"spliced_halves", "across_classes"} <= failures(found)
    assert gates["shift"].passed
    assert gates["turn"].passed
    assert found.leads["mask"].value == 0


def test_a_halfs_own_mask_passes_the_first() -> None:
    def own_half(views: Views, column: int) -> Maps:
        masks = masks_of(views)
        half = slice(SIDE // 2) if column else slice(SIDE // 2, None)
        masks[:, :, half] = 0
        return masks

    # The first class lies on the left, the second on the right.
    assert "spliced_halves" not in failures(measure(own_half))


def test_a_map_of_what_the_network_sees_passes_all() -> None:
    def of_class(views: Views, column: int) -> Maps:
        if len(views) == COUNT:
            return spots(views) + 0.01 * masks_of(views)
        half = spots(views)  # of spliced views, where the classes are those of the halves
        half[:, :, slice(SIDE // 2, None) if column == 0 else slice(SIDE // 2)] = 0
        return half

    found = measure(of_class)
    assert found.passed, describe_failures(found)
    assert found.leads["mask"].low is not None
    assert found.leads["mask"].low > 0
    assert found.cells == COUNT


def test_what_fails_is_put_in_words() -> None:
    found = measure(lambda views, _: masks_of(views))
    text = describe_failures(found)
    assert "heat for a class in the half that is of a cell of this class: 0.50" in text
    assert "must be above 0.6" in text


def test_few_cells_are_not_measured() -> None:
    assert CELLS.are_enough
    assert not GateCells(CELLS.views[:20], CELLS.answers[:20]).are_enough
    assert not GateCells(CELLS.views, np.zeros(COUNT, np.intp)).are_enough
    pairs = CELLS.pairs(3)
    assert len(pairs) == 200
    assert len(np.unique(pairs, axis=0)) == 200
    assert (CELLS.answers[pairs[:, 0]] != CELLS.answers[pairs[:, 1]]).all()


@pytest.mark.parametrize("move", [*shifts(SIDE, GREY), *quarter_turns()])
def test_what_is_moved_comes_back(move: Movement) -> None:
    moved = move.views(CELLS.views)
    assert not np.array_equal(moved, CELLS.views)
    back = move.back(masks_of(moved))
    np.testing.assert_array_equal(back[move.inside], masks_of(CELLS.views)[move.inside])


def test_correlation_is_pearsons() -> None:
    first, second = np.random.default_rng(0).normal(size=(2, 3, 4, 4))
    second[2] = 0.1
    found = correlate(first, second)
    for row in range(2):
        expected = np.corrcoef(first[row].ravel(), second[row].ravel())[0, 1]
        assert found[row] == pytest.approx(expected)
    assert np.isnan(found[2])
