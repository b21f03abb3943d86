"""What the measured confusions of several networks suggest, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.ensembles import (
    ConfusedPair,
    balanced_accuracy_of,
    choose_cascade,
    confused_pairs,
    measure_agreement,
)
from trainer.jobs.common.explanation_metrics import FaithfulnessResult
from trainer.jobs.compare.cost import Speed, TrainingCost
from trainer.jobs.compare.predictions import SplitPredictions
from trainer.models.class_colours import readable_name
from trainer.models.export.flops import Cost

ClassProbabilities = NDArray[np.float64]
# Networks whose sensitivities differ by less are alike.
_SIMILAR_SENSITIVITY = 0.02
_CASCADE_USELESS_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """One network of a comparison.

    Attributes:
        name: of its backbone, or the id of a model that was there before.
        predictions: of each seed, the first of which is compared cell by cell.
        cost, speed: of the first seed's package.
        training_costs: of each seed; empty for a model that was there before.
        faithfulness: how good the heat maps of the first seed's package are; None if unknown.
    """

    name: str
    predictions: tuple[SplitPredictions, ...]
    cost: Cost
    speed: Speed
    training_costs: tuple[TrainingCost, ...]
    faithfulness: FaithfulnessResult | None = None


def build_recommendations(
    models: Sequence[ComparedModel],
    labels: NDArray[np.intp],
    probabilities: Mapping[str, ClassProbabilities],
    classes: Sequence[str],
) -> list[str]:
    """Sentences, most useful first.

    Args:
        labels: (N,), of the test cells.
        probabilities: probabilities (N, C) on them, by contender.
    """
    said = [
        _describe_confused_pair(each) for each in confused_pairs(labels, probabilities, classes)
    ]
    if len(models) > 1:
        said += [
            _describe_agreement(labels, list(probabilities.values())),
            _describe_cascade(models),
        ]
    return said


def _describe_confused_pair(pair: ConfusedPair) -> str:
    cells, found = pair.cells, pair.sensitivity
    best = max(found, key=lambda name: found[name])
    words = (
        f"{readable_name(pair.first)} and {readable_name(pair.second)} are taken for one "
        "another in "
        f"{sum(cells.values())} cells over all networks"
    )
    if len(cells) == 1 or found[best] - min(found.values()) < _SIMILAR_SENSITIVITY:
        return f"{words}: more such cells to learn from would help most."
    return (
        f"{words}. {best} tells them apart best: it finds at least {found[best]:.0%} of either and "
        f"mixes up {cells[best]}."
    )


def _describe_agreement(
    labels: NDArray[np.intp], probabilities: Sequence[ClassProbabilities]
) -> str:
    found = measure_agreement(labels, probabilities)
    if not found.coverage:
        return "There is no cell on which all networks agree."
    all_ = "Both" if len(probabilities) == 2 else f"All {len(probabilities)}"
    return (
        f"{all_} networks agree on {found.coverage:.1%} of the cells, and are right on "
        f"{found.accuracy:.1%} of these: the others are worth a person's look first."
    )


def _describe_cascade(models: Sequence[ComparedModel]) -> str:
    quick = max(models, key=lambda each: each.speed.many)
    by_val = {each.name: _validation_accuracy(each) for each in models}
    better = max((each for each in models if each is not quick), key=lambda e: by_val[e.name])
    if by_val[better.name] <= by_val[quick.name]:
        return (
            f"{quick.name}, the quickest, is no worse than the others on the validation cells: "
            "nothing is gained by asking another one."
        )
    pairs = [
        (one.labels, one.probabilities, other.probabilities)
        for one, other in (
            (quick.predictions[0].val, better.predictions[0].val),
            (quick.predictions[0].test, better.predictions[0].test),
        )
    ]
    found = choose_cascade(pairs[0], pairs[1], quick.speed.many / better.speed.many)
    if found.deferral_rate > _CASCADE_USELESS_SHARE:
        return (
            f"{quick.name}, the quickest, would have to ask {better.name} of nearly every cell: "
            f"nothing is gained by asking it first."
        )
    return (
        f"{quick.name} first, asking {better.name} where it is less sure than "
        f"{min(found.threshold, 1):.3f} (chosen on validation cells): {found.deferral_rate:.1%} "
        "of the "
        f"test cells are passed on, balanced accuracy {found.balanced_accuracy:.3f} at "
        f"{found.cost:.1f} times the cost of {quick.name} alone."
    )


def _validation_accuracy(model: ComparedModel) -> float:
    val = model.predictions[0].val
    return balanced_accuracy_of(val.labels, val.probabilities.argmax(axis=1))
