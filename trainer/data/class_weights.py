"""Class weights for data in which some classes have many more images than others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BETA = 0.999


def inverse_frequency(counts: Sequence[int]) -> NDArray[np.float64]:
    """Compute weights that let every class count alike: N / (C * n), scikit-learn's "balanced".

    Args:
        counts: images of each class, one or more.

    Returns:
        (C,); the mean over all images is 1.

    Raises:
        ValueError: a class without images.
    """
    number = _check_counts(counts)
    return np.asarray(number.sum() / (len(number) * number), np.float64)


def effective_number(counts: Sequence[int], beta: float = BETA) -> NDArray[np.float64]:
    """Compute weights by the effective number of images, (1 - beta) / (1 - beta^n).

    The more images of a class there are, the less does another one add (Cui et al.,
    "Class-balanced loss based on effective number of samples", CVPR 2019). Between equal
    weights (beta 0) and `inverse_frequency` (beta towards 1).

    Args:
        counts: images of each class, one or more.
        beta: 0 or more, below 1.

    Returns:
        (C,); the mean over all images is 1.

    Raises:
        ValueError: a class without images, or `beta` out of its range.
    """
    if not 0 <= beta < 1:
        raise ValueError(f"Invalid beta. Expected 0 <= beta < 1. Received {beta}.")
    number = _check_counts(counts)
    weights = (1 - beta) / -np.expm1(number * np.log(beta)) if beta else np.ones(len(number))
    return np.asarray(weights * number.sum() / (weights @ number), np.float64)


def _check_counts(counts: Sequence[int]) -> NDArray[np.float64]:
    number = np.asarray(counts, np.float64)
    if not len(number) or (number < 1).any():
        raise ValueError(f"Invalid counts. Expected 1 or more of each class. Received {counts!r}.")
    return number
