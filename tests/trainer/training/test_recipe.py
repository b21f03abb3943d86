"""How the head of a model that goes on from another is fitted: a word of the recipe."""

from __future__ import annotations

import pytest

from trainer.errors import UserError
from trainer.training.recipe import PRESETS, Recipe, override_recipe


def test_head_fit_is_named_only_where_it_is_free() -> None:
    """Cards of trainings with nothing to hold a head to keep their bytes."""
    assert "head_fit" not in Recipe().as_record()
    free = override_recipe(PRESETS["head"], {"head_fit": "free"})
    assert free.as_record() == {**PRESETS["head"].as_record(), "head_fit": "free"}


@pytest.mark.parametrize("value", ["loose", 1, True, None, ""])
def test_other_ways_to_fit_a_head(value: object) -> None:
    with pytest.raises(UserError, match="“head_fit” of the recipe cannot be"):
        override_recipe(PRESETS["head"], {"head_fit": value})
