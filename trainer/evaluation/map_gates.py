"""Gates that heat maps pass only if they know the class and the cell.

A map that is the same for every cell can be exact and still says nothing: every gate compares
with what such a map would give, and the lower 95 % bound counts. Bounds are by bootstrap over
cells; a pair counts as often as both of its cells do (Owen, "The pigeonhole bootstrap", 2007).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.bootstrap import bootstrap
from trainer.evaluation.faithfulness import insertion_less_deletion
from trainer.evaluation.map_movements import Movement, correlate, quarter_turns, shifts
from trainer.models.package.evidence import Metric
from trainer.models.package.map_gates import MapGate, MapGateName, MapGates

Views = NDArray[np.uint8]
Maps = NDArray[np.float32]
MapsOf = Callable[[Views, NDArray[np.intp]], Maps]
"""From views (N, S, S, 3) and classes (N, M) to their maps float32 (N, M, S, S), signed."""
Predict = Callable[[Views], NDArray[np.floating]]
"""From views (N, S, S, 3) to probabilities (N, C)."""

FEWEST_CELLS, MOST_CELLS = 50, 100
FEWEST_PAIRS, MOST_PAIRS = 100, 200
SPLICED_THRESHOLD = 0.6
_GAUSSIAN_WIDTH = 1 / 6  # of the side

OnCell = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class GateCells:
    """Cells on which the gates are measured.

    Attributes:
        views: uint8 (N, S, S, 3), inputs of the network.
        answers: (N,), the likeliest class of each.
        grey: level around the cells, 0-255.
    """

    views: Views
    answers: NDArray[np.intp]
    grey: int = 128

    @property
    def masks(self) -> Maps:
        """1 where a view is not plain grey, float32 (N, S, S)."""
        on_cell = (self.views != np.uint8(self.grey)).any(axis=-1)
        return np.asarray(on_cell, np.float32)

    @property
    def are_enough(self) -> bool:
        """Whether there are cells and pairs of two answers enough to measure anything."""
        return len(self.views) >= FEWEST_CELLS and len(self._all_pairs()) >= FEWEST_PAIRS

    def pairs(self, seed: int) -> NDArray[np.intp]:
        """Draw pairs of cells of two answers, (P, 2), P <= MOST_PAIRS, none of them twice."""
        every = self._all_pairs()
        random = np.random.default_rng(seed)
        return every[random.permutation(len(every))[:MOST_PAIRS]]

    def _all_pairs(self) -> NDArray[np.intp]:
        differ = self.answers[:, None] != self.answers[None, :]
        return np.argwhere(np.triu(differ))


def measure_gates(
    cells: GateCells,
    maps_of: MapsOf,
    predict: Predict,
    *,
    seed: int,
    on_cell: OnCell = lambda _done, _count: None,
) -> MapGates:
    """Measure all gates, on cells of which there are enough (`GateCells.are_enough`).

    Args:
        maps_of: the maps to measure.
        predict: the network that they explain.
        seed: of the pairs and of the bootstrap.
        on_cell: called after each cell of the longest part, with how many are done of how many.
    """
    own = maps_of(cells.views, cells.answers[:, None])[:, 0]
    pairs = cells.pairs(seed)
    spliced = _measure_spliced(cells, maps_of, pairs)
    order = _measure_order(cells, own, predict, seed, on_cell)
    moved = {
        "shift": _measure_moves(cells, own, maps_of, shifts(cells.views.shape[1], cells.grey)),
        "turn": _measure_moves(cells, own, maps_of, quarter_turns()),
    }
    count = len(own)
    gates = (
        _gate("spliced_halves", _of_pairs(spliced, pairs, count, seed), len(pairs)),
        _gate("own_map", _of_cells(order[:, 0], seed), int(np.isfinite(order[:, 0]).sum())),
        _gate("shift", _of_cells(moved["shift"], seed), count),
        _gate("turn", _of_cells(moved["turn"], seed), count),
        _gate(
            "across_classes",
            _of_pairs(_measure_across(cells, own, pairs), pairs, count, seed),
            len(pairs),
        ),
    )
    leads = {
        name: _as_metric(_of_cells(order[:, column], seed), count)
        for column, name in ((1, "gaussian"), (2, "mask"))
    }
    return MapGates(gates=gates, leads=leads, cells=count)


def _measure_spliced(
    cells: GateCells, maps_of: MapsOf, pairs: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Share of the heat for each of two classes in its own half, the mean of both, (P,).

    The left half of a view is of one cell, the right half of another, of two answers. A map that
    knows no class gives 0.5 exactly, for what it has on the right it lacks on the left.
    """
    middle = cells.views.shape[2] // 2
    left, right = pairs.T
    views = cells.views[left].copy()
    views[:, :, middle:] = cells.views[right][:, :, middle:]
    heat = np.maximum(maps_of(views, cells.answers[pairs]), 0).astype(np.float64)
    total = heat.sum(axis=(2, 3))
    on_left = heat[:, :, :, :middle].sum(axis=(2, 3))
    # A map without heat knows no half.
    share = np.divide(on_left, total, out=np.full_like(total, 0.5), where=total > 0)
    return np.asarray((share[:, 0] + 1 - share[:, 1]) / 2)


def _measure_order(
    cells: GateCells, own: Maps, predict: Predict, seed: int, on_cell: OnCell
) -> NDArray[np.float64]:
    """Lead of the own map by insertion less deletion, (N, 3).

    Over the map of another cell with the same answer (NaN where there is none), over a Gaussian,
    and over the mask.
    """
    others = _draw_others(cells.answers, seed)
    blot, masks = _gaussian(cells.views.shape[1]), cells.masks
    leads = np.full((len(own), 3), np.nan)
    for row, (view, answer) in enumerate(zip(cells.views, cells.answers, strict=True)):
        orders = np.stack([own[row], own[others[row]], blot, masks[row]])

        def probability(views: Views, answer: int = int(answer)) -> NDArray[np.floating]:
            return predict(views)[:, answer]

        found = insertion_less_deletion(view, orders, probability, grey=cells.grey)
        leads[row] = found[0] - found[1:]
        if others[row] == row:
            leads[row, 0] = np.nan
        on_cell(row + 1, len(own))
    return leads


def _draw_others(answers: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """Another cell of the same answer for each, (N,); the cell itself where it is alone."""
    random = np.random.default_rng(seed)
    others = np.arange(len(answers))
    for answer in np.unique(answers):
        rows = random.permutation(np.flatnonzero(answers == answer))
        others[rows] = np.roll(rows, 1)
    return others


def _gaussian(side: int) -> Maps:
    at = (np.arange(side) + 0.5) / side - 0.5
    along = np.exp(-(at**2) / (2 * _GAUSSIAN_WIDTH**2))
    return np.outer(along, along).astype(np.float32)


def _measure_moves(
    cells: GateCells, own: Maps, maps_of: MapsOf, moves: Sequence[Movement]
) -> NDArray[np.float64]:
    """Correlation with the map of the moved view, moved back, less that left alone, (N,)."""
    leads = []
    for move in moves:
        moved = maps_of(move.views(cells.views), cells.answers[:, None])[:, 0]
        inside = move.inside
        back = correlate(own[inside], move.back(moved)[inside])
        leads.append(back - correlate(own[inside], moved[inside]))
    # A map without any shape follows nothing.
    return np.asarray(np.nan_to_num(np.mean(leads, axis=0)))


def _measure_across(cells: GateCells, own: Maps, pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Correlation of the masks of two cells less that of their maps, (P,)."""
    first, second = pairs.T
    masks = cells.masks
    of_masks, of_maps = (correlate(each[first], each[second]) for each in (masks, own))
    # Maps without any shape are alike.
    return np.asarray(np.nan_to_num(of_masks, nan=1.0) - np.nan_to_num(of_maps, nan=1.0))


def _of_cells(values: NDArray[np.float64], seed: int) -> Interval:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Interval(0.0, 0.0, 0.0)
    (found,) = bootstrap(lambda weights: weights @ finite / len(finite), len(finite), seed=seed)
    return found


def _of_pairs(
    values: NDArray[np.float64], pairs: NDArray[np.intp], cells: int, seed: int
) -> Interval:
    def mean(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        of_pair = weights[:, pairs[:, 0]] * weights[:, pairs[:, 1]]
        total = of_pair.sum(axis=1)
        undefined = np.full(len(total), np.nan)
        return np.asarray(np.divide(of_pair @ values, total, out=undefined, where=total > 0))

    (found,) = bootstrap(mean, cells, seed=seed)
    return found


def _gate(name: MapGateName, found: Interval, n: int) -> MapGate:
    threshold = SPLICED_THRESHOLD if name == "spliced_halves" else 0.0
    return MapGate(
        name=name, value=found.value, low=found.low, high=found.high, threshold=threshold, n=n
    )


def _as_metric(found: Interval, n: int) -> Metric:
    return Metric(value=found.value, low=found.low, high=found.high, n=n)
