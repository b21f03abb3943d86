from __future__ import annotations

from typing import Any

import pytest

from trainer.training.augmentation import Augmentation
from trainer.training.recipe import PRESETS, override_recipe
from trainer.training.search_space import SPACES, scale_augmentation


class Ends:
    """Suggests the lower or the upper end of everything."""

    def __init__(self, end: int) -> None:
        self.end = end

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        assert low < high
        return (low, high)[self.end]

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        return choices[-self.end]


@pytest.mark.parametrize("preset", SPACES)
@pytest.mark.parametrize("end", [0, 1])
def test_whatever_is_suggested_is_a_recipe(preset: str, end: int) -> None:
    settings = SPACES[preset](Ends(end))
    of_network = {"hidden", "dropout"}
    own = {name: value for name, value in settings.items() if name not in of_network}
    assert override_recipe(PRESETS[preset], own)


def test_a_strength_of_one_changes_nothing() -> None:
    how = Augmentation()
    assert all(
        getattr(how, name) == pytest.approx(v) for name, v in scale_augmentation(1.0).items()
    )
    stronger = scale_augmentation(1.5)
    assert all(stronger[name] > getattr(how, name) for name in stronger)
    assert scale_augmentation(0.0)["scale"] == 1.0
    assert scale_augmentation(0.0)["hue"] == 0.0
