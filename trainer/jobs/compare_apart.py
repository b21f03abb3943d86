"""A comparison class by class and source by source: where one network is better than another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.confusion import confusion_matrix
from trainer.evaluation.metrics import measure_classes, measure_shares
from trainer.jobs.evaluate_cells import LEAST_APART

Shares = NDArray[np.float64]


def by_class(
    labels: NDArray[np.intp],
    shown: Mapping[str, Shares],
    classes: Sequence[str],
    groups: NDArray[np.generic] | None,
) -> dict[str, dict[str, dict[str, Interval]]]:
    """Class -> name of the model -> sensitivity, specificity, PPV and F1, everything accepted.

    Args:
        labels: (N,), of the test cells.
        shown: probabilities (N, C) on them, by name.
        groups: (N,) patients, where they are known.
    """
    found = {
        name: measure_classes(labels, each.argmax(axis=1), labels=classes, clusters=groups)
        for name, each in shown.items()
    }
    return {one: {name: figures[one] for name, figures in found.items()} for one in classes}


def confusions(
    labels: NDArray[np.intp], shown: Mapping[str, Shares]
) -> dict[str, NDArray[np.int64]]:
    """Name of the model -> cells (C, C): rows as labelled, columns as called."""
    return {
        name: confusion_matrix(labels, each.argmax(axis=1), classes=each.shape[1])
        for name, each in shown.items()
    }


def by_source(
    labels: NDArray[np.intp],
    shown: Mapping[str, Shares],
    sources: Iterable[str],
    groups: NDArray[np.generic] | None,
) -> dict[str, dict[str, Interval]]:
    """Source -> name of the model -> share of its cells that are right.

    Args:
        sources: (N,), of the test cells; "" where it is not said.

    Returns:
        Nothing where all are of one source. A source rarely holds every class alike, so of one
        source models can be compared, but of one model not the sources.
    """
    names = np.array(list(sources))
    counted = {str(one): int((names == one).sum()) for one in np.unique(names)}
    if len(counted) < 2:
        return {}
    return {
        one or "not said": measure_shares(
            {name: (each.argmax(axis=1) == labels, names == one) for name, each in shown.items()},
            clusters=groups,
        )
        for one, count in counted.items()
        if count >= LEAST_APART
    }
