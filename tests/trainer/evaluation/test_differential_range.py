"""What open cells leave to a share, and when a limit counts as met or missed."""

from __future__ import annotations

import itertools
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.evaluation.differential import compute_differential
from trainer.evaluation.differential_range import (
    LimitState,
    ShareRange,
    cells_to_show,
    compute_range,
    decide_limit,
)
from trainer.evaluation.intervals import clopper_pearson

CLASSES = ("erythroblast", "monocyte", "myeloblast")
BESIDE = frozenset({"erythroblast"})


def range_of(**counts: int):
    return compute_range(counts, classes=CLASSES, beside_white=BESIDE)


def test_none_or_all_of_the_open_cells_are_of_a_class():
    found = range_of(monocyte=60, myeloblast=20, erythroblast=8, review=15, unknown=5, failed=3)
    assert found.open_cells == {"review": 15, "unknown": 5}
    blasts, beside = found.percent["myeloblast"], found.per_100_white["erythroblast"]
    assert (blasts.low, blasts.high) == (20.0, 40.0)
    assert (beside.low, beside.high) == (8.0, 35.0)
    assert blasts.low_bound == pytest.approx(100 * clopper_pearson(20, 100).low)
    assert blasts.high_bound == pytest.approx(100 * clopper_pearson(40, 100).high)


small = st.integers(0, 4)


@given(small, small, small, small, small)
def test_every_assignment_of_the_open_cells_lies_within_and_the_ends_are_reached(
    monocyte: int, myeloblast: int, erythroblast: int, review: int, unknown: int
):
    counts = {"monocyte": monocyte, "myeloblast": myeloblast, "erythroblast": erythroblast}
    found = range_of(**counts, review=review, unknown=unknown)
    seen: dict[str, list[float]] = {name: [] for name in CLASSES}
    ways = itertools.combinations_with_replacement([*CLASSES, "excluded"], review + unknown)
    for way in ways:
        settled = {name: counts[name] + way.count(name) for name in CLASSES}
        table = compute_differential(settled, classes=CLASSES, beside_white=BESIDE)
        for name, share in (*table.percent.items(), *table.per_100_white.items()):
            if math.isfinite(share.value):
                seen[name].append(share.value)
    for name, each in (*found.percent.items(), *found.per_100_white.items()):
        assert each.low_bound <= each.low + 1e-9
        assert each.high <= each.high_bound + 1e-9
        if seen[name]:
            assert min(seen[name]) == pytest.approx(each.low)
            assert max(seen[name]) == pytest.approx(each.high) or math.isinf(each.high)


def test_a_range_is_json_and_says_where_nothing_is_known():
    assert range_of().percent["monocyte"] == ShareRange.everything()
    only = range_of(erythroblast=2, review=3)
    assert only.per_100_white["erythroblast"].to_json()["high"] is None
    assert (
        json.loads(json.dumps(only.percent["monocyte"].to_json(), allow_nan=False))["high"] == 100
    )
    with pytest.raises(ValueError, match="lymphocyte"):
        range_of(lymphocyte=1)
    with pytest.raises(ValueError, match="0 or more"):
        range_of(monocyte=-1)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted), max_size=4))
def test_a_limit_is_met_or_missed_only_where_all_that_is_known_lies_on_one_side(pairs):
    state = decide_limit(20.0, pairs)
    values = [value for pair in pairs for value in pair]
    if state is LimitState.MET:
        assert values
        assert min(values) >= 20
    elif state is LimitState.MISSED:
        assert values
        assert max(values) < 20
    else:
        assert not values or min(values) < 20 <= max(values)


@pytest.mark.parametrize(
    ("share", "errors", "cells"), [(0.95, 0, 72), (0.9, 0, 36), (0.01, 0, 1), (0.95, 1, 110)]
)
def test_how_many_cells_show_a_share(share: float, errors: int, cells: int):
    found = cells_to_show(share, errors=errors)
    assert clopper_pearson(found - errors, found).low >= share
    if found > errors + 1:
        assert clopper_pearson(found - 1 - errors, found - 1).low < share
    assert found == cells
    with pytest.raises(ValueError, match="Invalid"):
        cells_to_show(1.0)
