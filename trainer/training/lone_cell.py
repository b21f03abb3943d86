"""One cell varied by itself: what comes out depends on its own image alone, so it can be kept.

All of the recipe's variations but the exchange of style, which needs the other cells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.view import View
from trainer.training.augment import Augmentation, augmented
from trainer.training.cells import collect_cells
from trainer.training.style import Looks

_NO_LOOKS = Looks((None,), ())


def varied_alone(
    kept: tuple[NDArray[np.uint8], NDArray[np.int8]],
    view: View,
    size: int,
    how: Augmentation,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """A varied view of a cell, (S, S, 3).

    Args:
        kept: as `cut_cell` gives it.
        view: as it was cut.
        size: S, as it was cut.
        how: how far it is varied.
        rng: decides everything.
    """
    cells = collect_cells([kept], [""], [""], [""], view, size)
    return augmented(cells, 0, _NO_LOOKS, how, rng)
