"""Which cells are drawn: classes alike, and sources alike, or nearly so, within a class.

Otherwise a class that one lab has much of would be learned in that lab's style. A lab with
few cells, drawn as often as one with many, shows the same ones over and over, though; a
source's share may therefore grow with a power of its number of cells.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.training.dataset import CellDataset


class Sampler:
    """Draws rows of training cells; the same seed and step give the same rows."""

    def __init__(
        self,
        cells: CellDataset,
        weights: Sequence[float],
        seed: int,
        source_power: float = 0.0,
    ) -> None:
        """Args:
        cells: what to draw from.
        weights: how often each output is drawn, relative to the others.
        seed: decides every draw.
        source_power: a source's share of an output goes with its number of cells to this
            power: 0 draws sources alike, 1 cells.
        """
        self._seed = seed
        share = np.asarray(weights, dtype=np.float64)
        self._share = share / share.sum()
        self._groups = [_rows_by_source(cells, output) for output in range(len(cells.outputs))]
        self._cumulative = [_cumulative_shares(groups, source_power) for groups in self._groups]

    def rows(self, step: int, count: int) -> NDArray[np.intp]:
        """Rows of one batch, (count,)."""
        rng = np.random.default_rng([self._seed, step])
        ladder = (np.arange(count) + rng.random()) / count  # even steps: no output left out
        outputs = np.searchsorted(np.cumsum(self._share), ladder).clip(max=len(self._share) - 1)
        rows = [self._draw(int(output), rng) for output in outputs]
        return np.array(rows, dtype=np.intp)[rng.permutation(count)]

    def _draw(self, output: int, rng: np.random.Generator) -> int:
        groups = self._groups[output]
        group = groups[int(np.searchsorted(self._cumulative[output], rng.random(), side="right"))]
        return int(group[rng.integers(len(group))])


def cell_weights(
    label: NDArray[np.intp],
    source: NDArray[np.intp],
    weights: Sequence[float],
    source_power: float = 0.0,
) -> NDArray[np.float64]:
    """How much each cell counts, (N,), so that all together count as `Sampler` would draw them.

    Args:
        label: (N,) index of the output.
        source: (N,) index of the source.
        weights: as of `Sampler`.
        source_power: as of `Sampler`.
    """
    groups = np.stack([label, source], axis=1)
    found, group, size = np.unique(groups, axis=0, return_inverse=True, return_counts=True)
    pull = size.astype(np.float64) ** source_power
    pulls = np.bincount(found[:, 0], weights=pull, minlength=len(weights))  # of each output
    of_group = np.asarray(weights, dtype=np.float64)[found[:, 0]] * pull / pulls[found[:, 0]]
    counts = (of_group / size)[group.ravel()]
    return np.asarray(counts / counts.mean())


def output_weights(outputs: Sequence[str], others: Sequence[str], share: float) -> list[float]:
    """1 for a class and `share` for an other class."""
    return [share if name in others else 1.0 for name in outputs]


def _rows_by_source(cells: CellDataset, output: int) -> list[NDArray[np.intp]]:
    of_output = cells.label == output
    groups = [np.flatnonzero(of_output & (cells.source == s)) for s in range(len(cells.sources))]
    return [group for group in groups if len(group)]


def _cumulative_shares(groups: list[NDArray[np.intp]], source_power: float) -> NDArray[np.float64]:
    """Where each group's share of 0 to 1 ends; what lies beyond the last is the last's."""
    pull = np.array([len(group) for group in groups], dtype=np.float64) ** source_power
    return np.asarray(np.cumsum(pull)[:-1] / pull.sum())
