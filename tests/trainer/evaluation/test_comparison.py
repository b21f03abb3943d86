from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.comparison import cochran_q, mcnemar, paired_difference


def table(both: int, only_first: int, only_second: int, neither: int):
    cells = [(1, 1)] * both + [(1, 0)] * only_first + [(0, 1)] * only_second + [(0, 0)] * neither
    return np.array(cells, dtype=bool).T


def test_mcnemar_as_in_the_literature() -> None:
    # Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91 (2013), table 1:
    # airway hyper-responsiveness before and after transplantation; p-values of its table 5.
    found = mcnemar(*table(1, 1, 7, 12))
    assert (found.only_first, found.only_second) == (1, 7)
    assert found.p == pytest.approx(0.070, abs=5e-4)
    assert found.mid_p == pytest.approx(0.039, abs=5e-4)


@pytest.mark.parametrize(("only_first", "only_second"), [(0, 0), (3, 3)])
def test_mcnemar_finds_nothing_where_both_err_alike(only_first: int, only_second: int) -> None:
    found = mcnemar(*table(5, only_first, only_second, 2))
    assert found.p == 1.0
    assert found.mid_p <= 1.0


def test_mcnemar_wants_the_same_cells() -> None:
    with pytest.raises(ValueError, match="equal lengths"):
        mcnemar([True], [True, False])


def test_cochran_as_in_the_literature() -> None:
    # Three drugs, 46 patients: SAS/STAT User's Guide, the FREQ procedure, example "Cochran's Q
    # Test", which prints Q = 8.4706 with 2 degrees of freedom, p = 0.0145.
    counts = {"FFF": 6, "FFU": 16, "FUF": 2, "FUU": 4, "UFF": 2, "UFU": 4, "UUF": 6, "UUU": 6}
    right = [[letter == "F" for letter in key] for key, n in counts.items() for _ in range(n)]
    found = cochran_q(right)
    assert found.q == pytest.approx(8.4706, abs=5e-5)
    assert found.degrees_of_freedom == 2
    assert found.p == pytest.approx(0.0145, abs=5e-5)


def test_cochran_where_nobody_differs() -> None:
    assert cochran_q(np.ones((4, 3), dtype=bool)).p == 1.0
    with pytest.raises(ValueError, match="M >= 2"):
        cochran_q(np.ones((4, 1), dtype=bool))


def test_cochran_of_two_is_mcnemar_without_correction() -> None:
    first, second = table(10, 4, 12, 3)
    assert cochran_q(np.stack([first, second], axis=1)).q == pytest.approx((12 - 4) ** 2 / 16)


def test_a_difference_is_measured_on_the_same_cells() -> None:
    rng = np.random.default_rng(3)
    first = rng.random(300) < 0.8
    second = first | (rng.random(300) < 0.3)

    def share_of(right):
        return lambda weights: (weights @ right) / weights.sum(axis=1)

    found = paired_difference(share_of(first), share_of(second), 300, seed=1)
    assert found.value == pytest.approx(second.mean() - first.mean())
    assert 0 < found.low < found.value < found.high
    same = paired_difference(share_of(first), share_of(first), 300, seed=1)
    assert (same.low, same.value, same.high) == (0, 0, 0)
