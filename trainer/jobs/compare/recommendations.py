"""Write recommendations from the measured confusions of several networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cases.review_classes import name_in_sentence
from trainer.evaluation.ensembles import (
    ConfusedPair,
    ProbabilityArray,
    balanced_accuracy_of,
    choose_cascade,
    confused_pairs,
    measure_agreement,
)
from trainer.jobs.common.alert_levels import AlertLevels
from trainer.jobs.common.explanation.metrics import FaithfulnessResult
from trainer.jobs.compare.cost import Speed, TrainingCost
from trainer.jobs.compare.predictions import SplitPredictions
from trainer.models.export.flops import Cost

# Networks whose sensitivities differ by less are alike.
_SIMILAR_SENSITIVITY = 0.02
_CASCADE_USELESS_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """One network of a comparison.

    Attributes:
        name: of its backbone, or the id of a model that existed before.
        predictions: of each seed, the first of which is compared cell by cell.
        cost, speed: of the first seed's package.
        training_costs: of each seed; empty for a model that existed before.
        faithfulness: of the heat maps of the first seed's package; None if unknown.
        alert: of the first seed's package; None where no class has the role alert.
    """

    name: str
    predictions: tuple[SplitPredictions, ...]
    cost: Cost
    speed: Speed
    training_costs: tuple[TrainingCost, ...]
    faithfulness: FaithfulnessResult | None = None
    alert: AlertLevels | None = None


def build_recommendations(
    models: Sequence[ComparedModel],
    labels: NDArray[np.intp],
    probabilities: Mapping[str, ProbabilityArray],
    classes: Sequence[str],
) -> list[str]:
    """Write the recommendations as sentences, most useful first.

    Args:
        labels: (N,), of the test cells.
        probabilities: (N, C) on them, by model.
    """
    sentences = [
        _describe_confused_pair(each) for each in confused_pairs(labels, probabilities, classes)
    ]
    if len(models) > 1:
        sentences += [
            _describe_agreement(labels, list(probabilities.values())),
            _describe_cascade(models),
        ]
    return sentences


def _describe_confused_pair(pair: ConfusedPair) -> str:
    cells, sensitivity = pair.cells, pair.sensitivity
    best = max(sensitivity, key=lambda name: sensitivity[name])
    start = (
        f"{name_in_sentence(pair.first)} and {name_in_sentence(pair.second)} are taken for one "
        "another in "
        f"{sum(cells.values())} cells over all networks"
    )
    if len(cells) == 1 or sensitivity[best] - min(sensitivity.values()) < _SIMILAR_SENSITIVITY:
        return f"{start}: more such cells to learn from would help most."
    return (
        f"{start}. {best} tells them apart best: it finds at least {sensitivity[best]:.0%} of "
        f"either and mixes up {cells[best]}."
    )


def _describe_agreement(labels: NDArray[np.intp], probabilities: Sequence[ProbabilityArray]) -> str:
    agreement = measure_agreement(labels, probabilities)
    if not agreement.coverage:
        return "There is no cell on which all networks agree."
    all_ = "Both" if len(probabilities) == 2 else f"All {len(probabilities)}"
    return (
        f"{all_} networks agree on {agreement.coverage:.1%} of the cells, and are right on "
        f"{agreement.accuracy:.1%} of these: the others are worth a person's look first."
    )


def _describe_cascade(models: Sequence[ComparedModel]) -> str:
    fastest = max(models, key=lambda each: each.speed.many)
    by_val = {each.name: _validation_accuracy(each) for each in models}
    second = max((each for each in models if each is not fastest), key=lambda e: by_val[e.name])
    if by_val[second.name] <= by_val[fastest.name]:
        return (
            f"{fastest.name}, the quickest, is no worse than the others on the validation cells: "
            "nothing is gained by asking another one."
        )
    pairs = [
        (one.labels, one.probabilities, other.probabilities)
        for one, other in (
            (fastest.predictions[0].val, second.predictions[0].val),
            (fastest.predictions[0].test, second.predictions[0].test),
        )
    ]
    cascade = choose_cascade(pairs[0], pairs[1], fastest.speed.many / second.speed.many)
    if cascade.deferral_rate > _CASCADE_USELESS_SHARE:
        return (
            f"{fastest.name}, the quickest, would have to ask {second.name} of nearly every cell: "
            f"nothing is gained by asking it first."
        )
    return (
        f"{fastest.name} first, asking {second.name} where it is less sure than "
        f"{min(cascade.threshold, 1):.3f} (chosen on validation cells): "
        f"{cascade.deferral_rate:.1%} of the test cells are passed on, balanced accuracy "
        f"{cascade.balanced_accuracy:.3f} at "
        f"{cascade.cost:.1f} times the cost of {fastest.name} alone."
    )


def _validation_accuracy(model: ComparedModel) -> float:
    val = model.predictions[0].val
    return balanced_accuracy_of(val.labels, val.probabilities.argmax(axis=1))
