"""The views of some labelled cells, as a model's network gets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import Item
from trainer.domain import SourceProfile
from trainer.imaging.model_input import ImageTask
from trainer.imaging.preprocess import preprocess
from trainer.models.package.card import Card


def read_views(
    items: Sequence[Item], card: Card, profiles: Mapping[str, SourceProfile]
) -> list[tuple[Item, NDArray[np.uint8]]]:
    """Read cells and render their views, uint8 (S, S, 3); without those that cannot be read.

    Args:
        profiles: of all sources of the items.
    """
    found = []
    for item in items:
        task = ImageTask(item.short_name, item.path, item.box)
        view = preprocess(task, card.view_parameters(profiles[item.source])).view
        if view is not None:
            found.append((item, view))
    return found
