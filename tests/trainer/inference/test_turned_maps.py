"""Heat maps that are means over a view and its half turn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.domain import Window
from trainer.inference.classifier import Classifier
from trainer.inference.map_methods import compute_map
from trainer.inference.turned_maps import TurnGrid, find_turn_grid, turn_views
from trainer.jobs.common.explanation.metrics import compute_outputs
from trainer.models.package.card import ReceptiveFieldGrid
from trainer.models.package.layout import open_package
from trainer.models.probabilities import softmax
from trainer.testing import draw_blots


@pytest.fixture(scope="module")
def classifier(random_model: Path) -> Classifier:
    opened = open_package(random_model)
    grid = TurnGrid.of(opened.card)
    assert grid is not None
    return replace(Classifier.from_package(opened, device="cpu"), turn_grid=grid)


@pytest.fixture(scope="module")
def views(random_model: Path) -> np.ndarray:
    return draw_blots(open_package(random_model).card.input_size, 3).astype(np.uint8)


@pytest.mark.parametrize(
    ("first", "step", "side", "expected"),
    [
        (15.5, 16.0, 128, TurnGrid(1, 0)),
        (-0.5, 16.0, 128, TurnGrid(0, 1)),
        (15.5, 32.0, 224, TurnGrid()),
        (7.5, 16.0, 128, TurnGrid()),
        (12.0, 16.0, 128, None),
    ],
)
def test_the_grid_of_a_map_and_its_turns(
    first: float, step: float, side: int, expected: TurnGrid | None
) -> None:
    assert find_turn_grid(ReceptiveFieldGrid(first=first, step=step), side) == expected


def test_a_place_is_turned_back_to_where_it_looks() -> None:
    """What lies at one pixel of a view is at one place of the mean, whatever the turn."""
    grid = ReceptiveFieldGrid(first=15.5, step=16.0)
    turns = find_turn_grid(grid, 128)
    assert turns is not None
    view = np.zeros((1, 128, 128, 3), np.uint8)
    view[0, 30:33, 62:65] = 255  # around the place of row 1 and column 3, at (31.5, 63.5)
    maps = []
    for turned in (view, turn_views(view)):
        found = np.zeros((1, 1, 8, 8), np.float32)
        rows, columns = np.nonzero(turned[0, :, :, 0])
        # Where the spot was turned to, there a place lies.
        row, column = ((each.mean() - grid.first) / grid.step for each in (rows, columns))
        assert abs(row - round(row)) < 0.1
        assert abs(column - round(column)) < 0.1
        found[0, 0, round(row), round(column)] = 1
        maps.append(found)
    mean = turns.mean(maps)[0, 0]
    assert mean.shape == (9, 9)
    assert np.argwhere(mean).tolist() == [[2, 4]]
    assert mean.sum() == pytest.approx(1)


def test_the_map_turns_with_the_view(classifier: Classifier, views: np.ndarray) -> None:
    turned = turn_views(views)
    for by, leans in ((classifier, False), (classifier.of_one_pass(), True)):
        parts = by.logit_parts(views, compute_outputs(by, views))
        again = by.logit_parts(turned, compute_outputs(by, turned))
        difference = np.abs(np.rot90(again, 2, axes=(2, 3)) - parts).max()
        assert bool(difference > 1e-3) is leans
        assert leans or difference < 1e-4


def test_the_map_sums_to_the_mean_of_both_logits(classifier: Classifier, views: np.ndarray) -> None:
    outputs = compute_outputs(classifier, views)
    parts = classifier.logit_parts(views, outputs)
    logits = (outputs.logits + compute_outputs(classifier, turn_views(views)).logits) / 2
    # The head of the drawn package is linear: only its biases are in no place.
    bias = logits - parts.sum(axis=(2, 3))
    np.testing.assert_allclose(bias, np.broadcast_to(bias[:1], bias.shape), atol=1e-3)
    maps = classifier.contributions(views, outputs)
    rest = 1 - softmax(outputs.logits, classifier.temperature)
    contrast = rest[:, :1, None] * maps[:, 0] - rest[:, 1:2, None] * maps[:, 1]
    np.testing.assert_allclose(contrast, parts[:, 0] - parts[:, 1], atol=1e-3)


def test_other_methods_stay_maps_of_one_pass(classifier: Classifier, views: np.ndarray) -> None:
    view, window = views[0], Window(0, 0, views.shape[1])
    outputs = compute_outputs(classifier, views[:1])
    for method in ("gradcam", "gradcam++"):
        found = compute_map(classifier, view, outputs, window, method, 0)
        alone = compute_map(classifier.of_one_pass(), view, outputs, window, method, 0)
        np.testing.assert_array_equal(found.values, alone.values)
        assert found.window == alone.window
    shown = compute_map(classifier, view, outputs, window, "contribution", 0)
    expected = classifier.contributions(view[None], outputs)[0, 0]
    np.testing.assert_allclose(shown.values, expected, atol=1e-5)
