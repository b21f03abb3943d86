"""Better, worse or not distinguishable, on pairs whose test is known."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.paired_judgement import Judgement, judge_by_class, judge_pairs


def pairs(lost: int, gained: int, both: int) -> tuple[np.ndarray, np.ndarray]:
    before = np.array([True] * lost + [False] * gained + [True] * both)
    after = np.array([False] * lost + [True] * gained + [True] * both)
    return before, after


@pytest.mark.parametrize(
    ("lost", "gained", "p", "judgement"),
    [
        # Twice the binomial tail of the fewer of the discordant pairs at 1/2.
        (0, 6, 2 / 64, Judgement.BETTER),
        (6, 0, 2 / 64, Judgement.WORSE),
        (0, 5, 2 / 32, Judgement.NOT_DISTINGUISHABLE),
        (1, 8, 2 * 10 / 512, Judgement.BETTER),
        (3, 3, 1.0, Judgement.NOT_DISTINGUISHABLE),
        (0, 0, 1.0, Judgement.NOT_DISTINGUISHABLE),
    ],
)
def test_exact_mcnemar(lost: int, gained: int, p: float, judgement: Judgement) -> None:
    found = judge_pairs(*pairs(lost, gained, both=4))
    assert (found.lost, found.gained) == (lost, gained)
    assert found.p == pytest.approx(p)
    assert found.judgement is judgement
    assert found.cells == lost + gained + 4
    assert found.to_json()["judgement"] == judgement.value


def test_intervals_are_exact() -> None:
    """Clopper-Pearson of 0 and of 10 of 10: 0.025^(1/10)."""
    found = judge_pairs(*pairs(0, 10, both=0))
    assert (found.before.low, found.before.high) == pytest.approx((0, 1 - 0.025**0.1))
    assert (found.after.low, found.after.high) == pytest.approx((0.025**0.1, 1))


def test_classes_are_corrected_by_holm() -> None:
    """Two classes with p = 2/64 each: 4/64 is not under 5 %. One without cells is left out."""
    before, after = (np.tile(each, 2) for each in pairs(0, 6, both=2))
    labels = np.repeat([0, 2], 8)
    found = judge_by_class(before, after, labels, ("a", "b", "c"))
    assert list(found) == ["a", "c"]
    for each in found.values():
        assert each.p == pytest.approx(4 / 64)
        assert each.judgement is Judgement.NOT_DISTINGUISHABLE
    alone = judge_by_class(before[:8], after[:8], labels[:8], ("a", "b", "c"))
    assert alone["a"].judgement is Judgement.BETTER
