"""The heat map as mean over a view and its half turn.

A place of a deep feature map sees most of the cell, and which side of it does the work is not
turned with the cell: maps lean to one side, by the strides of the network. The map of the view
turned by 180 degrees, turned back, leans to the other side; the mean leans to none, and sums to
the mean of the two logits. It costs a second pass of the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.inference.contribution import logit_parts
from trainer.inference.engine import Outputs
from trainer.models.head import Head
from trainer.models.package.card import Card, ReceptiveFieldGrid


@dataclass(frozen=True)
class TurnGrid:
    """Where the places of a turned map lie among those of the map as it is.

    Attributes:
        before: places that the grid of the mean has before the first one of a single map.
        after: places that it has after the last one.
    """

    before: int = 0
    after: int = 0

    @classmethod
    def of(cls, card: Card) -> TurnGrid | None:
        """Find it; None where turned places fall between those of the map as it is."""
        if card.grid is None:
            return cls()
        return find_turn_grid(card.grid, card.input_size)

    def mean(self, maps: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Turn the second map back and take the mean of both.

        Args:
            maps: float32 (N, C, h, h), of the views as they are and after a half turn.

        Returns:
            float32 (N, C, H, H), H = h + before + after.
        """
        room = (self.before, self.after)
        first, second = (np.pad(each, ((0, 0), (0, 0), room, room)) for each in maps)
        return np.asarray((first + np.rot90(second, 2, axes=(2, 3))) / 2, np.float32)


def find_turn_grid(grid: ReceptiveFieldGrid, side: int) -> TurnGrid | None:
    """Find the grid on which a map and its half turn lie; None where their places do not meet.

    Args:
        grid: of the map, in pixels of the view.
        side: of the view, in pixels.
    """
    places = max(round(side / grid.step), 1)
    last = grid.first + grid.step * (places - 1)
    # A turn puts the last place as far from the first edge as it was from the other one.
    further = (last - (side - 1 - grid.first)) / grid.step
    if abs(further - round(further)) > 1e-3:
        return None
    steps = round(further)
    return TurnGrid(max(steps, 0), max(-steps, 0))


def turn_views(views: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn views uint8 (N, S, S, 3) by 180 degrees."""
    return np.ascontiguousarray(np.rot90(views, 2, axes=(1, 2)))


@dataclass(frozen=True, eq=False)
class MapPasses:
    """What heat maps are computed from: one pass of the network, or two.

    Attributes:
        outputs: of N views, and of their half turns.
        weights: float32 (N, h, h) each, of the places in the pooled features.
        turn_grid: None for one pass.
    """

    outputs: Sequence[Outputs]
    weights: Sequence[NDArray[np.float32]]
    turn_grid: TurnGrid | None = None

    def logit_parts(self, head: Head) -> NDArray[np.float32]:
        """Compute the part of each place in each logit of a head: float32 (N, C, h, w)."""
        maps = [
            logit_parts(outputs.features, head.gradient(outputs.pooled), weights)
            for outputs, weights in zip(self.outputs, self.weights, strict=True)
        ]
        return maps[0] if self.turn_grid is None else self.turn_grid.mean(maps)
