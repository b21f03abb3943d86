"""The change of a differential against an earlier one."""

from __future__ import annotations

import json

import pytest
from scipy import stats

from trainer.evaluation.differential import Differential, compute_differential
from trainer.evaluation.differential_change import compare_differentials, newcombe


def differential(**counts: int) -> Differential:
    classes = sorted({*counts, "blast", "monocyte", "erythroblast"})
    return compute_differential(counts, classes=classes, beside_white=["erythroblast"])


@pytest.mark.parametrize(
    "now, now_total, earlier, earlier_total, low, high",
    # Newcombe 1998, table II, method 10: 56/70 - 48/80 and 9/10 - 3/10.
    [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090)],
)
def test_the_interval_is_that_of_the_paper(now, now_total, earlier, earlier_total, low, high):
    found = newcombe(earlier, earlier_total, now, now_total)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_blasts_that_rose_and_erythroblasts_beside_them():
    earlier = differential(blast=10, monocyte=190, erythroblast=4)
    now = differential(blast=60, monocyte=140, erythroblast=5, promyelocyte=0)
    found = compare_differentials(earlier, now)
    assert set(found) == {"blast", "monocyte", "promyelocyte", "erythroblast"}
    blast = found["blast"]
    assert (blast.earlier, blast.now, blast.difference) == (5.0, 30.0, 25.0)
    assert blast.low < 25 < blast.high
    assert blast.is_detected
    assert blast.p_value >= stats.fisher_exact([[10, 60], [190, 140]]).pvalue
    beside = found["erythroblast"]
    assert (beside.earlier, beside.now) == (2.0, 2.5)
    assert not beside.is_detected
    shown = json.loads(json.dumps(beside.to_json(), allow_nan=False))
    assert shown["low"] is None and shown["difference"] == 0.5 and shown["detected"] is False


def test_a_case_without_cells_shows_no_change():
    found = compare_differentials(differential(), differential(blast=5))
    assert not any(each.is_detected for each in found.values())
    assert found["blast"].to_json()["earlier"] is None
