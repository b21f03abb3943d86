"""Cramer's V, permutation p values and Holm's correction against published figures."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.data.audit.association import associate, cramers_v, permutation_p


def test_corrected_v_of_a_published_example() -> None:
    """150 numbers by their remainders of 10 and of 4: the example of ClickHouse's reference,
    `cramersVBiasCorrected` (Bergsma 2013), gives 0.5305112825189074 (plain V: 0.5798)."""
    number = np.arange(150)
    assert associate(number % 10, number % 4).v == pytest.approx(0.5305112825189074, abs=1e-12)


def test_corrected_v_from_scipys_plain_one() -> None:
    """Bergsma's formulas (2013, section 2) on SciPy's chi-squared."""
    from scipy.stats.contingency import association, chi2_contingency

    table = np.array([[30, 12, 3], [14, 25, 9]])
    n, (rows, columns) = table.sum(), table.shape
    plain = association(table, method="cramer")
    phi = plain**2 * (min(rows, columns) - 1) - (rows - 1) * (columns - 1) / (n - 1)
    fewer = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    assert cramers_v(table) == pytest.approx(np.sqrt(phi / fewer), rel=1e-12)
    first, second = (
        np.repeat([0, 1], table.sum(axis=1)),
        np.concatenate([np.repeat(range(3), row) for row in table]),
    )
    found = associate(first, second)
    assert np.array_equal(found.table, table)
    assert found.p == pytest.approx(chi2_contingency(table).pvalue, rel=1e-12)


def test_v_at_its_ends() -> None:
    assert cramers_v(np.diag([40, 40, 40])) == pytest.approx(1.0)
    assert cramers_v([[20, 20], [20, 20]]) == 0.0
    assert cramers_v([[5, 7, 9]]) == 0.0
    assert cramers_v([[5, 0], [7, 0]]) == 0.0
    assert associate(["a"] * 9, ["b"] * 9).p == 1.0


def test_v_of_independent_groupings_is_about_nothing_where_the_plain_one_is_not() -> None:
    from scipy.stats.contingency import association

    rng = np.random.default_rng(0)
    drawn = [associate(rng.integers(5, size=60), rng.integers(4, size=60)) for _ in range(100)]
    assert np.mean([each.v for each in drawn]) < 0.07
    assert np.mean([association(each.table, method="cramer") for each in drawn]) > 0.2


def test_a_permutation_p_is_never_zero() -> None:
    """Phipson and Smyth 2010, equation 2: (b + 1) / (m + 1)."""
    null = np.arange(999) / 1000
    assert permutation_p(2.0, null) == 1 / 1000
    assert permutation_p(0.990, null) == 10 / 1000
    assert permutation_p(-1.0, null) == 1.0
