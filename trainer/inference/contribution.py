"""What each place of the feature map contributes to a class against the rest, signed.

A logit is a sum over places: z_c = b_c + sum_p a_p w_c . f_p, with a_p the place's weight in the
pooled features (`place_weights`) and w_c the head's gradient. So is the margin of a class over
the others, each weighted by its probability among them: z_c - sum_j q_j z_j, q_j = p_j / (1 - p_c).
Its summands are the map. Unlike class activation maps (Zhou et al., CVPR 2016) they stay the same
when one vector is added to the weights of all classes, which changes no probability.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
# Of float16, in which maps are stored.
_LARGEST = 6e4


def contribution_maps(parts: Array, probabilities: NDArray[np.floating]) -> Array:
    """Compute what each place contributes to the margin of every class over the rest.

    With the margin of the biases, a map sums to the class margin (`class_margins`).

    Args:
        parts: float32 (N, C, h, w), of logits (`logit_parts`).
        probabilities: (N, C), of the classes.

    Returns:
        float32 (N, C, h, w), in units of logits; positive speaks for the class.
    """
    n, c, h, w = parts.shape
    margins = _margin_matrix(probabilities).astype(np.float32) @ parts.reshape(n, c, h * w)
    return np.asarray(np.clip(margins, -_LARGEST, _LARGEST).reshape(n, c, h, w))


def contrast_maps(parts: Array, first: NDArray[np.intp], second: NDArray[np.intp]) -> Array:
    """Compute what each place contributes to one class against another.

    Args:
        parts: float32 (N, C, h, w), of logits (`logit_parts`).
        first: (N,), the class that positive values speak for.
        second: (N,), the class that negative values speak for.

    Returns:
        float32 (N, h, w), in units of logits.
    """
    cells = np.arange(len(parts))
    return np.asarray(parts[cells, first] - parts[cells, second])


def logit_parts(features: Array, gradient: Array, weights: Array) -> Array:
    """Compute the part a_p w_c . f_p of each place in each logit.

    Args:
        features: float32 (N, h, w, K), the last feature map.
        gradient: (N, C, K), derivative of each logit by the pooled features.
        weights: (N, h, w), of each place in the pooled features; they sum to 1.

    Returns:
        float32 (N, C, h, w).
    """
    n, h, w, k = features.shape
    parts = gradient @ features.reshape(n, h * w, k).transpose(0, 2, 1)
    parts *= weights.reshape(n, 1, h * w)
    return np.asarray(parts.reshape(n, -1, h, w), np.float32)


def class_margins(
    logits: NDArray[np.floating], probabilities: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Compute z_c - sum_j q_j z_j of every class; (N, C) twice to float64 (N, C)."""
    margins = _margin_matrix(probabilities) @ logits[..., None]
    return np.asarray(margins[..., 0])


def _margin_matrix(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """I - Q, float64 (N, C, C): row c holds 1 at c, and -q_j elsewhere."""
    count = probabilities.shape[1]
    others = np.repeat(np.asarray(probabilities, np.float64)[:, None, :], count, axis=1)
    diagonal = np.arange(count)
    others[:, diagonal, diagonal] = 0
    # Summed, not 1 - p: of a sure class nothing of that would be left.
    total = others.sum(axis=2, keepdims=True)
    # Where the rest has no probability at all, its classes count alike.
    equal = np.full_like(others, 1 / max(count - 1, 1))
    share = np.divide(others, total, out=equal, where=total > 0)
    share[:, diagonal, diagonal] = -1
    return np.asarray(-share)
