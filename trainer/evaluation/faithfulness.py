"""Faithfulness of heat maps, measured on the model's own probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CURVE_STEPS = 16
PredictProbability = Callable[[NDArray[np.uint8]], NDArray[np.floating]]


@dataclass(frozen=True)
class DeletionInsertionScores:
    """Mean probability while a cell is taken away or brought back, hottest places first.

    Attributes:
        deletion: area under the curve while it is taken away; lower is better.
        insertion: while it is brought back onto plain grey; higher is better.
        random_deletion, random_insertion: the same in a random order, with which a heat map
            has to be compared.
    """

    deletion: float
    insertion: float
    random_deletion: float
    random_insertion: float


def deletion_insertion(
    view: NDArray[np.uint8],
    heat: NDArray[np.floating],
    predict: PredictProbability,
    *,
    grey: int = 128,
    steps: int = CURVE_STEPS,
    seed: int = 0,
) -> DeletionInsertionScores:
    """Measure deletion and insertion of one cell (Petsiuk, Das and Saenko, BMVC 2018).

    Args:
        view: uint8 (S, S, 3), the network's input.
        heat: (h, w) over the view, not negative.
        predict: of the class that `heat` explains, uint8 (N, S, S, 3) to (N,).
        grey: level that takes the place of what is deleted, as around the cell.
        steps: number of equal parts in which places are deleted.
    """
    side = view.shape[0]
    spread = cv2.resize(heat.astype(np.float32), (side, side), interpolation=cv2.INTER_LINEAR)
    random = np.random.default_rng(seed).random((side, side), dtype=np.float32)
    areas: list[float] = []
    for score in (spread, random):
        stages = _masked_views(view, score, grey, steps)
        found = np.asarray(predict(np.concatenate(stages)), dtype=np.float64)
        areas += [float(np.trapezoid(part) / steps) for part in np.split(found, 2)]
    return DeletionInsertionScores(areas[0], areas[1], areas[2], areas[3])


def insertion_less_deletion(
    view: NDArray[np.uint8],
    orders: NDArray[np.floating],
    predict: PredictProbability,
    *,
    grey: int = 128,
    steps: int = CURVE_STEPS // 2,
) -> NDArray[np.float64]:
    """Measure the area under the insertion curve less that under the deletion curve.

    Args:
        view, predict, grey, steps: as in `deletion_insertion`.
        orders: (M, S, S) maps over the view; the largest values first.

    Returns:
        (M,), -1 to 1; 0 is chance.
    """
    stages = [part for order in orders for part in _masked_views(view, order, grey, steps)]
    found = np.asarray(predict(np.concatenate(stages)), dtype=np.float64)
    curves = found.reshape(len(orders), 2, steps + 1)
    areas = np.asarray(np.trapezoid(curves, axis=2)) / steps
    return np.asarray(areas[:, 1] - areas[:, 0])


def _masked_views(
    view: NDArray[np.uint8], score: NDArray[np.floating], grey: int, steps: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Deletion and insertion: uint8 (steps + 1, S, S, 3) each, from nothing done to all."""
    order = np.argsort(-score, axis=None, kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    edges = np.linspace(0, order.size, steps + 1).round()
    gone = (rank.reshape(score.shape) < edges[:, None, None])[..., None]
    blank = np.uint8(grey)
    return np.where(gone, blank, view), np.where(gone, view, blank)


def heat_fraction_inside(heat: NDArray[np.floating], mask: NDArray[np.floating]) -> float:
    """Return the share of the heat that lies on the cell, 0-1; NaN for a map without heat.

    Args:
        heat: (h, w), not negative.
        mask: (S, S) over the same square, 1 on the cell, 0 off it.
    """
    places = cv2.resize(
        np.asarray(mask, np.float32), heat.shape[::-1], interpolation=cv2.INTER_AREA
    )
    total = float(heat.sum())
    return float((heat * places).sum()) / total if total > 0 else float("nan")


def rank_correlation(
    heat: NDArray[np.floating], other: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return rank correlations of pairs of heat maps: (N, h, w) twice to (N,); NaN if one is flat.

    With maps of a network of random weights it should be near 0: a method whose maps do not
    change then does not explain the network (Adebayo et al., NeurIPS 2018).
    """
    from scipy.stats import rankdata

    first, second = (rankdata(part.reshape(len(part), -1), axis=1) for part in (heat, other))
    first -= first.mean(axis=1, keepdims=True)
    second -= second.mean(axis=1, keepdims=True)
    scale = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    nothing = np.full(len(scale), np.nan)
    return np.asarray(np.divide((first * second).sum(axis=1), scale, out=nothing, where=scale > 0))
