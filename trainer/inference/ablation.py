"""What a prediction rests on: how much of it is lost when a part of the cell is taken away.

Occlusion (Zeiler and Fergus, ECCV 2014, section 4.2) by parts that have a name in the field
instead of by squares. What is lost is given in log-odds, so that it can be compared between
a prediction of 0.9 and one of 0.999.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Window
from trainer.imaging.cell_parts import PartMasks
from trainer.imaging.overlay import project_heat_map

# 0.5 micrometres where a view is 3.5 red cells wide: chromatin's texture and granules go,
# nucleus and lobes stay.
_BLUR = 0.02  # standard deviation, of the view's side


class Part(StrEnum):
    """What is taken away from a view.

    Attributes:
        NUCLEUS: the nucleus keeps its shape and gets its mean colour.
        CYTOPLASM: all but the nucleus becomes the plain grey around a cell.
        COLOUR: the view becomes grey, as light as before.
        DETAIL: the cell is blurred within its outline.
        OUTLINE: the cell lies in a disc of its area, filled up with its cytoplasm's colour.
    """

    NUCLEUS = "nucleus"
    CYTOPLASM = "cytoplasm"
    COLOUR = "colour"
    DETAIL = "detail"
    OUTLINE = "outline"


@dataclass(frozen=True)
class PartLoss:
    """What becomes of a prediction without a part.

    Attributes:
        part: what was taken away.
        lost: log-odds of the prediction (nats) that are lost; negative where they grow.
        output: index of the output that is the likeliest without it.
        probability: of that output, 0-1.
    """

    part: Part
    lost: float
    output: int
    probability: float


@dataclass(frozen=True)
class Ablation:
    """What a prediction loses without each part.

    Attributes:
        output: index of the prediction.
        probability: of the prediction for the whole view, 0-1.
        losses: by part, in the order of `Part`.
    """

    output: int
    probability: float
    losses: tuple[PartLoss, ...]


@dataclass(frozen=True)
class HeatShares:
    """Where in a view the heat of a map lies; the three add up to 1, or are 0 without heat."""

    nucleus: float
    cytoplasm: float
    beside: float


def ablate(
    view: NDArray[np.uint8], masks: PartMasks | None, grey: int
) -> Mapping[Part, NDArray[np.uint8]]:
    """Take the parts of a cell away, one at a time.

    Args:
        view: uint8 (S, S, 3), the masked cell on grey.
        masks: of its parts; None where no cell was found: only what needs none is taken away.
        grey: level around the cell, 0-255.

    Returns:
        uint8 (S, S, 3) each, in the order of `Part`; without a nucleus neither it nor the
        cytoplasm is among them.
    """
    over_grey = view.astype(np.float32) - grey
    changed: dict[Part, NDArray[np.float32]] = {}
    if masks is not None and masks.has_nucleus:
        changed[Part.NUCLEUS] = _flatten(over_grey, masks.nucleus[..., None])
        changed[Part.CYTOPLASM] = over_grey * masks.nucleus[..., None]
    luminance = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY).astype(np.float32) - grey
    changed[Part.COLOUR] = np.repeat(luminance[..., None], 3, axis=2)
    changed[Part.DETAIL] = _blur(over_grey, masks)
    if masks is not None:
        changed[Part.OUTLINE] = _round_off(over_grey, masks)
    return {part: _to_pixels(each + grey) for part, each in changed.items()}


def measure_losses(
    view: NDArray[np.uint8],
    ablated: Mapping[Part, NDArray[np.uint8]],
    predict: Callable[[NDArray[np.uint8]], NDArray[np.floating]],
    output: int | None = None,
) -> Ablation:
    """Measure what a prediction loses, with the whole view and those of `ablate` in one batch.

    Args:
        view: the whole.
        ablated: of `ablate`.
        predict: uint8 (N, S, S, 3) to calibrated log-probabilities (N, C).
        output: index of the prediction; None: the likeliest for the whole view.
    """
    log_p = np.asarray(predict(np.stack([view, *ablated.values()])), np.float64)
    best = log_p.argmax(axis=1)
    prediction = int(best[0]) if output is None else output
    odds = _log_odds(log_p, prediction)
    losses = tuple(
        PartLoss(part, float(odds[0] - odds[row]), int(best[row]), float(np.exp(log_p[row].max())))
        for row, part in enumerate(ablated, 1)
    )
    return Ablation(prediction, float(np.exp(log_p[0, prediction])), losses)


def heat_shares(
    heat: NDArray[np.floating], heat_window: Window, view_window: Window, masks: PartMasks
) -> HeatShares:
    """Measure how much of a map's heat lies in the nucleus, in the cytoplasm and beside.

    Args:
        heat: (h, w); what is negative speaks against the prediction and does not count.
        heat_window: that the map covers.
        view_window: that the view covers, in the same pixels.
        masks: of the cell in the view.
    """
    size = len(masks.cell)
    in_view = Window(
        heat_window.x - view_window.x, heat_window.y - view_window.y, heat_window.side
    ).scaled(size / view_window.side)
    spread = project_heat_map(np.maximum(heat, 0), in_view, size, size)
    total = float(spread.sum())
    if total <= 0:
        return HeatShares(0.0, 0.0, 0.0)
    nucleus = float((spread * masks.nucleus).sum()) / total
    cytoplasm = float((spread * masks.cytoplasm).sum()) / total
    return HeatShares(nucleus, cytoplasm, max(0.0, 1 - nucleus - cytoplasm))


def _flatten(over_grey: NDArray[np.float32], soft: NDArray[np.float32]) -> NDArray[np.float32]:
    return over_grey * (1 - soft) + _mean_colour(over_grey, soft) * soft


def _mean_colour(over_grey: NDArray[np.float32], soft: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = (over_grey * soft).sum(axis=(0, 1)) / max(float(soft.sum()), 1e-6)
    return np.asarray(mean, np.float32)


def _blur(over_grey: NDArray[np.float32], masks: PartMasks | None) -> NDArray[np.float32]:
    """Blurred within the outline, which stays as sharp as it was (normalised convolution)."""
    sigma = _BLUR * len(over_grey)
    smooth = cv2.GaussianBlur(over_grey, (0, 0), sigma)
    if masks is None:
        return np.asarray(smooth, np.float32)
    share = cv2.GaussianBlur(masks.cell, (0, 0), sigma)
    within = smooth / np.maximum(share, 1e-3)[..., None]
    return np.asarray(within * masks.cell[..., None], np.float32)


def _round_off(over_grey: NDArray[np.float32], masks: PartMasks) -> NDArray[np.float32]:
    cell = masks.cell[..., None]
    body = masks.cytoplasm if masks.cytoplasm.sum() >= 1 else masks.cell
    filled = over_grey + (1 - cell) * _mean_colour(over_grey, body[..., None] ** 2)
    return np.asarray(filled * _disc_like(masks.cell)[..., None], np.float32)


def _disc_like(mask: NDArray[np.float32]) -> NDArray[np.float32]:
    """A disc with the area and the middle of a soft mask; its edge is soft over two pixels."""
    area = float(mask.sum())
    rows, columns = np.indices(mask.shape, dtype=np.float32)
    y, x = (float((each * mask).sum()) / max(area, 1e-6) for each in (rows, columns))
    inwards = np.sqrt(area / np.pi) - np.hypot(rows - y, columns - x)
    return np.asarray(np.clip(inwards / 2 + 0.5, 0, 1), np.float32)


def _to_pixels(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _log_odds(log_p: NDArray[np.float64], output: int) -> NDArray[np.float64]:
    """ln p / (1 - p) of an output, (N,); 1 - p is summed, for p may round to 1."""
    rest = np.delete(log_p, output, axis=1)
    return np.asarray(log_p[:, output] - np.logaddexp.reduce(rest, axis=1))
