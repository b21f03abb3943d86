"""Intervals of what the audit's probes told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.analysis import Probed
from trainer.data.audit.probe import Probe
from trainer.domain import Interval
from trainer.evaluation.bootstrap import bootstrap


def intervals_of(probed: Sequence[Probed], seed: int) -> dict[tuple[str, str], Interval]:
    """95 % intervals of each balanced accuracy, by target and place.

    Groups (a patient's images, copies) are drawn as a whole, labels keep their numbers. What
    the folds told is taken as it is: the chance of the training itself is not in it.
    """
    return {(each.target, each.place): _interval(each.probe, seed) for each in probed}


def _interval(probe: Probe, seed: int) -> Interval:
    is_label = probe.truth[:, None] == np.arange(len(probe.labels))
    hit = is_label & (probe.told == probe.truth)[:, None]

    def balanced(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):  # a label that was not drawn: undefined, left out
            recalls = (weights @ hit) / (weights @ is_label)
        return np.asarray(recalls.mean(axis=1), np.float64)

    (interval,) = bootstrap(
        balanced, len(probe.truth), seed=seed, strata=probe.truth, clusters=probe.groups
    )
    return interval
