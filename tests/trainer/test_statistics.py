from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.statistics import holm


def test_holm_as_in_the_literature() -> None:
    # The step-down of Holm, Scandinavian Journal of Statistics 6:65 (1979), on four p-values;
    # as `p.adjust(c(.01, .04, .03, .005), "holm")` of R prints them.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_keeps_order_and_bounds(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()
    for plain, raised in zip(p_values, adjusted, strict=True):
        assert plain <= raised <= min(1.0, len(p_values) * plain) + 1e-15


def test_holm_by_its_definition() -> None:
    """Holm 1979, and `p.adjust(c(0.01, 0.02, 0.022, 0.09), "holm")` of R by its definition."""
    assert holm([0.022, 0.01, 0.09, 0.02]) == pytest.approx([0.06, 0.04, 0.09, 0.06])
    assert list(holm([0.5, 0.9])) == [1.0, 1.0]
    assert list(holm([])) == []
