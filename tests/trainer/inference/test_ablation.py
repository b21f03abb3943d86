"""What a prediction loses without a part of the cell, by predictions that are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.domain import Window
from trainer.imaging.cell_parts import PartMasks
from trainer.inference.ablation import Part, ablate, heat_shares, measure_losses

SIDE, GREY = 64, 128
ROWS, COLUMNS = np.indices((SIDE, SIDE))


def disc(x: float, y: float, radius: float) -> NDArray[np.float32]:
    return (np.hypot(COLUMNS - x, ROWS - y) <= radius).astype(np.float32)


@pytest.fixture
def masks() -> PartMasks:
    """An oval cell with a round nucleus."""
    oval = np.hypot((COLUMNS - 32) / 1.5, ROWS - 32) <= 16
    return PartMasks(oval.astype(np.float32), disc(28, 32, 9))


@pytest.fixture
def view(masks: PartMasks) -> NDArray[np.uint8]:
    """Blue cytoplasm with a pattern, a purple nucleus with another, plain grey around."""
    rgb = np.full((SIDE, SIDE, 3), GREY, np.uint8)
    checks = (((ROWS // 2 + COLUMNS // 2) % 2) * 60).astype(np.uint8)[..., None]
    rgb = np.where(masks.cell[..., None] > 0, np.array([120, 150, 190], np.uint8) + checks, rgb)
    inner = np.array([90, 40, 130], np.uint8) + checks
    return np.where(masks.nucleus[..., None] > 0, inner, rgb).astype(np.uint8)


def test_each_part_is_taken_away_alone(view: NDArray[np.uint8], masks: PartMasks) -> None:
    views = ablate(view, masks, GREY)
    assert tuple(views) == tuple(Part)
    nucleus, cytoplasm = masks.nucleus > 0, masks.cytoplasm > 0
    beside = masks.cell == 0
    flat = views[Part.NUCLEUS]
    assert (flat[nucleus] == np.rint(view[nucleus].mean(axis=0))).all()
    np.testing.assert_array_equal(flat[~nucleus], view[~nucleus])
    bare = views[Part.CYTOPLASM]
    assert (bare[~nucleus] == GREY).all()
    np.testing.assert_array_equal(bare[nucleus], view[nucleus])
    grey = views[Part.COLOUR]
    assert (grey.max(axis=2) == grey.min(axis=2)).all()
    assert (grey[beside] == GREY).all()
    blurred = views[Part.DETAIL]
    assert (blurred[beside] == GREY).all()
    assert blurred[cytoplasm].std(axis=0).max() < view[cytoplasm].std(axis=0).max()
    assert np.abs(blurred[cytoplasm].mean(axis=0) - view[cytoplasm].mean(axis=0)).max() < 5


def test_the_disc_has_the_area_of_the_cell(view: NDArray[np.uint8], masks: PartMasks) -> None:
    round_cell = (ablate(view, masks, GREY)[Part.OUTLINE] != GREY).any(axis=2)
    # Its edge is soft over a pixel on either side.
    assert round_cell.sum() == pytest.approx(masks.cell.sum(), rel=0.12)
    rows, columns = np.nonzero(round_cell)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)
    inside = (masks.nucleus > 0) & (disc(32, 32, 17) > 0)
    np.testing.assert_array_equal(ablate(view, masks, GREY)[Part.OUTLINE][inside], view[inside])


def test_what_has_no_parts_keeps_them(view: NDArray[np.uint8], masks: PartMasks) -> None:
    assert tuple(ablate(view, None, GREY)) == (Part.COLOUR, Part.DETAIL)
    bare = PartMasks(masks.cell, np.zeros_like(masks.cell))
    assert tuple(ablate(view, bare, GREY)) == (Part.COLOUR, Part.DETAIL, Part.OUTLINE)


def test_a_network_that_sees_only_colour(view: NDArray[np.uint8], masks: PartMasks) -> None:
    """The prediction of one that looks at the mean blue over red rests on colour alone."""

    def predict(cells: NDArray[np.uint8]) -> NDArray[np.float64]:
        bluer = cells[..., 2].astype(float).mean(axis=(1, 2)) - cells[..., 0].mean(axis=(1, 2))
        logits = np.stack([bluer, np.full(len(cells), 1.0), np.zeros(len(cells))], axis=1)
        return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)

    found = measure_losses(view, ablate(view, masks, GREY), predict)
    assert found.output == 0
    losses = {each.part: each for each in found.losses}
    colour = losses[Part.COLOUR]
    assert colour.lost == max(each.lost for each in losses.values())
    assert colour.output == 1  # without colour the constant one wins
    assert colour.probability == pytest.approx(np.e / (2 + np.e), abs=0.01)
    assert abs(losses[Part.NUCLEUS].lost) < 0.1
    assert losses[Part.NUCLEUS].output == 0


def test_a_certain_prediction_has_finite_odds(view: NDArray[np.uint8], masks: PartMasks) -> None:
    def predict(cells: NDArray[np.uint8]) -> NDArray[np.float64]:
        return np.repeat([[0.0, -800.0, -900.0]], len(cells), axis=0)

    found = measure_losses(view, ablate(view, masks, GREY), predict, 0)
    assert found.probability == 1.0
    assert [each.lost for each in found.losses] == [0.0] * len(Part)


def test_heat_lies_in_the_parts(masks: PartMasks) -> None:
    whole = Window(100.0, 40.0, 32.0)
    for mask, expected in (
        (masks.nucleus, (1, 0, 0)),
        (masks.cytoplasm, (0, 1, 0)),
        (1 - masks.cell, (0, 0, 1)),
    ):
        shares = heat_shares(mask - 0.5 * (mask == 0), whole, whole, masks)
        found = (shares.nucleus, shares.cytoplasm, shares.beside)
        np.testing.assert_allclose(found, expected, atol=0.15)
        assert sum(found) == pytest.approx(1)
    none = heat_shares(np.zeros((4, 4), np.float32), whole, whole, masks)
    assert (none.nucleus, none.cytoplasm, none.beside) == (0, 0, 0)
    # A map of which half lies outside of the view.
    left = heat_shares(np.ones((4, 4), np.float32), Window(84.0, 40.0, 32.0), whole, masks)
    area = masks.nucleus[:, :32].sum() / (32 * 64)
    assert left.nucleus == pytest.approx(area, abs=0.02)
