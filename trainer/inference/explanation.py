"""Heat maps as published: Grad-CAM and Grad-CAM++ from one forward pass, and occlusion.

Behind the last feature map stands only the head, whose derivative is known in closed form
(`models.head`). So the gradient of every class costs a small matrix product and no
backward pass, and equals what a gradient tape finds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def grad_cam(features: NDArray[np.float32], gradient: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grad-CAM of every class (Selvaraju et al., ICCV 2017, equations 1 and 2).

    Args:
        features: (N, h, w, K).
        gradient: (N, C, K), derivative of each logit by the pooled features.

    Returns:
        float32 (N, C, h, w), not negative, not normalised.
    """
    n, h, w, k = features.shape
    # d logit / d features is the pooled gradient times the place's weight; its mean over the
    # places is the same for all weights, for they sum to 1.
    weights = gradient / np.float32(h * w)
    heat = weights @ features.reshape(n, h * w, k).transpose(0, 2, 1)
    return np.asarray(np.maximum(heat, 0).reshape(n, -1, h, w))


def grad_cam_plus_plus(
    features: NDArray[np.float32],
    gradient: NDArray[np.float32],
    place_weights: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Grad-CAM++ of every class (Chattopadhay et al., WACV 2018, equations 10 and 19).

    Args:
        features: as for `grad_cam`; `gradient` and the result too.
        place_weights: (N, h, w), of each place in the pooled features.
    """
    n, h, w, k = features.shape
    local = gradient[:, :, None, :] * place_weights.reshape(n, 1, h * w, 1)
    total = features.sum(axis=(1, 2))[:, None, None, :]
    denominator = 2 * local**2 + total * local**3
    alpha = np.divide(local**2, denominator, out=np.zeros_like(local), where=denominator != 0)
    weights = (alpha * np.maximum(local, 0)).sum(axis=2)
    heat = weights @ features.reshape(n, h * w, k).transpose(0, 2, 1)
    return np.asarray(np.maximum(heat, 0).reshape(n, -1, h, w))


def occlusion(
    view: NDArray[np.uint8],
    predict: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    *,
    grid: int = 8,
    grey: int = 128,
) -> NDArray[np.float32]:
    """Loss of probability when a patch is hidden (Zeiler and Fergus, ECCV 2014, section 4.2).

    A check on the gradient maps that needs nothing but the model's outputs.

    Args:
        view: uint8 (S, S, 3), the network's input.
        predict: uint8 (N, S, S, 3) to float (N, C).
        grid: patches along a side; each hides its place and half of its neighbours.
        grey: value of the patch, the grey around the cell.

    Returns:
        float32 (C, grid, grid), not negative: how much of each class a place carries.
    """
    whole = predict(view[None])[0]
    hidden = np.repeat(view[None], grid * grid, axis=0)
    edges = np.linspace(0, view.shape[0], grid + 1)
    margin = edges[1] / 2
    for index, copy in enumerate(hidden):
        row, column = divmod(index, grid)
        copy[_patch_slice(edges, row, margin), _patch_slice(edges, column, margin)] = grey
    loss = np.maximum(whole - predict(hidden), 0).astype(np.float32)
    return np.ascontiguousarray(loss.T).reshape(-1, grid, grid)


def _patch_slice(edges: NDArray[np.float64], index: int, margin: float) -> slice:
    return slice(
        max(0, round(edges[index] - margin)), round(min(edges[-1], edges[index + 1] + margin))
    )
