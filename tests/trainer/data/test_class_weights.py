"""Class weights against scikit-learn and the paper's limits."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.data.class_weights import effective_number, inverse_frequency

COUNTS = (600, 60, 6)


def test_inverse_frequency_is_scikit_learns_balanced() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.repeat(np.arange(3), COUNTS)
    balanced = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    np.testing.assert_allclose(inverse_frequency(COUNTS), balanced, rtol=1e-12)


def test_effective_number_lies_between_equal_and_inverse() -> None:
    """Cui et al. 2019, section 3: E_n = (1 - b^n) / (1 - b); E_1 = 1, E -> n as b -> 1."""
    np.testing.assert_allclose(effective_number(COUNTS, 0.0), np.ones(3))
    nearly = effective_number(COUNTS, 1 - 1e-9)
    np.testing.assert_allclose(nearly, inverse_frequency(COUNTS), rtol=1e-5)
    weights = effective_number(COUNTS, 0.9)
    by_hand = 0.1 / (1 - 0.9 ** np.array(COUNTS))
    np.testing.assert_allclose(weights / weights[0], by_hand / by_hand[0], rtol=1e-12)
    assert weights @ COUNTS == pytest.approx(sum(COUNTS))


@pytest.mark.parametrize("counts", [(), (3, 0)])
def test_a_class_without_images_has_no_weight(counts: tuple[int, ...]) -> None:
    for function in (inverse_frequency, effective_number):
        with pytest.raises(ValueError, match="Invalid counts"):
            function(counts)
    with pytest.raises(ValueError, match="Invalid beta"):
        effective_number((3, 3), 1.0)
