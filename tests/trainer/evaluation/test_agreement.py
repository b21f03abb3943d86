from __future__ import annotations

import math
from itertools import chain, repeat

import pytest
from sklearn.metrics import cohen_kappa_score

from trainer.evaluation.agreement import compute_agreement


def pairs(*counts: tuple[str, str, int]) -> tuple[list[str], list[str]]:
    both = list(chain.from_iterable(repeat((a, b), n) for a, b, n in counts))
    return [a for a, _ in both], [b for _, b in both]


def test_kappa_is_that_of_the_textbook_and_of_scikit_learn() -> None:
    # Fleiss, Levin, Paik: 100 patients, three diagnoses, kappa 0.676.
    first, second = pairs(
        *(("p", "p", 75), ("p", "n", 1), ("p", "o", 4), ("n", "p", 5), ("n", "n", 4)),
        *(("n", "o", 1), ("o", "o", 10)),
    )
    found = compute_agreement(first, second)
    assert found.kappa.value == pytest.approx(0.676, abs=5e-4)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(first, second))
    assert found.share.value == 0.89
    assert found.labels == ("n", "o", "p")
    assert found.matrix == ((4, 1, 5), (0, 10, 0), (1, 4, 75))
    assert found.by_label == pytest.approx((8 / 15, 20 / 25, 150 / 160))
    # The interval of the large-sample formula there (standard error 0.087).
    assert found.kappa.low == pytest.approx(0.676 - 1.96 * 0.087, abs=0.03)
    assert found.kappa.high == pytest.approx(0.676 + 1.96 * 0.087, abs=0.03)


def test_equal_seeds_give_equal_intervals() -> None:
    first, second = pairs(("a", "a", 9), ("a", "b", 3), ("b", "b", 8))
    assert compute_agreement(first, second) == compute_agreement(first, second)


def test_one_label_alone_has_no_kappa() -> None:
    found = compute_agreement(["a"] * 5, ["a"] * 5)
    assert found.share.value == 1 and math.isnan(found.kappa.value)


def test_labels_of_other_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="Received 1 and 0"):
        compute_agreement(["a"], [])
