"""The alert: cells of labs that a model does not know which may be of a class not to be missed.

On images of a lab that is in no card a network loses a part of the blasts among the cells that
it accepts. Its probabilities alone do not show which; those far from all training cells of
which it also thinks a little of a blast are most of them (`docs/decisions`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import POSSIBLE_BLAST, AlertLevel, ClassRole, is_calibrated_for
from trainer.models.package.card import Card
from trainer.models.package.thresholds import ALERT_DISTANCE_WEIGHT

_LEAST_PROBABILITY = 1e-12  # its logarithm is finite


def alert_score(
    probabilities: ArrayLike, distance: ArrayLike, alert_outputs: Sequence[int]
) -> NDArray[np.float64]:
    """Return ln p(alert) + `ALERT_DISTANCE_WEIGHT` * distance of each cell, (N,).

    Args:
        probabilities: (N, C), over all outputs.
        distance: (N,), in units of the limit.
        alert_outputs: indices of the outputs that are alert classes; their probabilities are
            added.
    """
    shares = np.asarray(probabilities, dtype=np.float64)[:, list(alert_outputs)].sum(axis=1)
    far = np.asarray(distance, dtype=np.float64)
    score: NDArray[np.float64] = np.log(np.maximum(shares, _LEAST_PROBABILITY))
    return score + ALERT_DISTANCE_WEIGHT * far


@dataclass(frozen=True)
class AlertRule:
    """When a cell with another label may be of an alert class.

    Attributes:
        outputs: indices of the alert classes among the outputs.
        score: the least score (see `alert_score`) of such a cell.
    """

    outputs: tuple[int, ...]
    score: float

    @classmethod
    def of(cls, card: Card, level: AlertLevel, source: str) -> AlertRule | None:
        """Build the rule for images of a source; None where the card needs or has none.

        Args:
            source: name of the lab or scanner; empty where it is not given.
        """
        alert, thresholds = card.classes_with_role(ClassRole.ALERT), card.thresholds.alert
        known = is_calibrated_for(source, [each.name for each in card.sources])
        threshold = thresholds.of(level) if thresholds is not None and not known else None
        if threshold is None or not alert:
            return None
        return cls(tuple(card.classes.index(name) for name in alert), threshold.score)

    def applies(
        self, probabilities: NDArray[np.floating], distance: NDArray[np.floating], known: int
    ) -> NDArray[np.bool_]:
        """Find cells that are labelled otherwise and may be of an alert class: bool (N,).

        Args:
            probabilities: (N, C), over classes followed by other classes.
            distance: (N,), in units of the limit.
            known: number of classes.
        """
        labelled_so = np.isin(probabilities[:, :known].argmax(axis=1), self.outputs)
        score = alert_score(probabilities, distance, self.outputs)
        return np.asarray(~labelled_so & (score >= self.score), dtype=bool)

    def describe(
        self, probabilities: NDArray[np.floating], distance: float, outputs: Sequence[str]
    ) -> str:
        """Say why a cell to which the rule applies may be of an alert class.

        Args:
            probabilities: (C,), over all `outputs`.
            distance: in units of the limit.
        """
        names = " or ".join(outputs[index] for index in self.outputs)
        probability = float(probabilities[list(self.outputs)].sum())
        return (
            f"{POSSIBLE_BLAST}: {names} with probability {probability:.3f}, "
            f"{distance:.2f} times as far from known cells as the limit"
        )
