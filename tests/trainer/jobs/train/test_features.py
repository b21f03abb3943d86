"""Views of cells come back from where they are kept as they were, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.cache.results import ResultCache
from trainer.domain import SourceProfile
from trainer.imaging.view import View
from trainer.jobs.train.features import ViewCache

PROFILE = SourceProfile(red_cell_diameter=40.0)


@pytest.fixture
def views(tmp_path: Path) -> Iterator[ViewCache]:
    with ResultCache(tmp_path / "kept.sqlite") as kept:
        yield ViewCache(kept, View(), 24)


def test_a_view_comes_back_bit_for_bit(views: ViewCache) -> None:
    view = np.random.default_rng(0).integers(0, 256, (24, 24, 3)).astype(np.uint8)
    key = views.key("a" * 64, PROFILE)
    views.put({key: view})
    found = views.get([key, views.key("b" * 64, PROFILE)])
    assert found.keys() == {key}
    np.testing.assert_array_equal(found[key], view)


def test_all_that_decides_the_pixels_is_in_the_key(views: ViewCache) -> None:
    others = [
        views.key("b" * 64, PROFILE),
        views.key("a" * 64, SourceProfile(red_cell_diameter=41.0)),
        replace(views, size=32).key("a" * 64, PROFILE),
        replace(views, view=View(kind="whole")).key("a" * 64, PROFILE),
    ]
    assert len({views.key("a" * 64, PROFILE), *others}) == 5


@pytest.mark.parametrize("damaged", [b"", b"no picture"])
def test_what_is_damaged_counts_as_not_kept(views: ViewCache, damaged: bytes) -> None:
    key = views.key("a" * 64, PROFILE)
    views.cache.put({key: damaged})
    assert views.get([key]) == {}


def test_a_view_of_another_size_counts_as_not_kept(views: ViewCache) -> None:
    key = views.key("a" * 64, PROFILE)
    views.put({key: np.zeros((8, 8, 3), np.uint8)})
    assert views.get([key]) == {}
