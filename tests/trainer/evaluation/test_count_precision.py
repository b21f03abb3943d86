"""How many cells a target, a precision and a decision need."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.evaluation.count_precision import (
    cells_for_precision,
    cells_to_decide,
    count_to_targets,
    exact_interval,
    measure_precision,
)
from trainer.evaluation.intervals import clopper_pearson, straddles


def test_targets_of_the_custom():
    found = count_to_targets(150)
    assert [(each.cells, each.missing, each.reached) for each in found] == [
        (100, 0, True),
        (200, 50, False),
        (400, 250, False),
    ]
    with pytest.raises(ValueError, match="0 or more"):
        count_to_targets(-1)


def test_the_blast_threshold_to_within_five_percent():
    assert cells_for_precision(0.2, 0.05) == 298
    exact = clopper_pearson(60, 300)
    assert 0.045 < max(exact.high - 0.2, 0.2 - exact.low) <= 0.05
    # A hundred cells cannot tell 20 % from 12 or 30, as every haematologist learns.
    assert round(100 * exact_interval(0.2, 100).low) == 13
    assert round(100 * exact_interval(0.2, 100).high) == 29


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1), half_width=st.floats(0.01, 0.4))
def test_it_is_the_least_number_and_every_larger_one_is_enough(share: float, half_width: float):
    cells = cells_for_precision(share, half_width)
    assert cells is not None

    def width(n: int) -> float:
        found = exact_interval(share, n)
        return max(share - found.low, found.high - share)

    assert all(width(n) <= half_width for n in (cells, cells + 1, 2 * cells, 10 * cells))
    assert cells == 1 or width(cells - 1) > half_width


def test_whole_counts_are_those_of_the_exact_interval():
    ours, theirs = exact_interval(0.25, 200), clopper_pearson(50, 200)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_what_no_number_of_cells_gives():
    assert cells_for_precision(0.2, 1e-4) is None
    for share, half_width in ((-0.1, 0.1), (1.1, 0.1), (0.2, 0.0), (0.2, 1.0)):
        with pytest.raises(ValueError, match="Invalid share"):
            cells_for_precision(share, half_width)


@pytest.mark.parametrize("seen, expected", [(10, 100), (15, 254), (30, 100)])
def test_cells_that_tell_on_which_side_of_a_limit_a_share_is(seen: int, expected: int):
    cells = cells_to_decide(seen, 100, 0.2)
    assert cells == expected
    share = seen / 100
    assert not straddles(exact_interval(share, cells), 0.2)
    assert cells == 100 or straddles(exact_interval(share, cells - 1), 0.2)


def test_a_share_at_the_limit_is_never_decided():
    assert cells_to_decide(20, 100, 0.2) is None
    assert cells_to_decide(0, 0, 0.2) is None
    assert cells_to_decide(0, 100, 0.2) == 100
    with pytest.raises(ValueError, match="0 to 3"):
        cells_to_decide(4, 3, 0.2)


def test_the_precision_at_a_limit():
    found = measure_precision({"blast": 36}, 200, {"blast": 20.0}, 5.0)["blast"]
    assert found.spans
    assert found.needed == cells_for_precision(0.2, 0.05)
    assert found.missing == found.needed - 200
    assert found.to_decide is not None and found.to_decide > 200
    assert found.to_json()["limit"] == 20.0
    none = measure_precision({}, 0, {"blast": 20.0}, 5.0)["blast"]
    assert (none.spans, none.to_decide, none.missing) == (False, None, none.needed)
