"""Several models over one case, side by side: how far they disagree on each cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainer.cases.current_runs import current_predictions, current_runs_of, same_model
from trainer.cases.records import Run
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Decision, Prediction, ShouldStop
from trainer.errors import Cancelled

Shares = Mapping[str, float]


@dataclass(frozen=True)
class ModelRuns:
    """The runs of one model, at one precision, over a case; oldest first."""

    runs: tuple[Run, ...]

    @property
    def name(self) -> str:
        """Id of the model."""
        return self.runs[-1].model


@dataclass(frozen=True)
class CellComparison:
    """What several models make of one cell.

    Attributes:
        predictions: of each model, in the order in which they were given; None: it has not seen
            the cell, or could not read its image.
        disagreement: 0-1. Half of it is whether their labels differ, half the Jensen-Shannon
            divergence of their probabilities (Lin 1991) as a share of its maximum; so cells with
            different labels come before all others. 0 where fewer than two have seen it.
    """

    cell: CellId
    predictions: tuple[Prediction | None, ...]
    disagreement: float


def models_of(runs: Sequence[Run]) -> list[ModelRuns]:
    """Group the runs of a case by model and precision; the one that ran last comes first."""
    found: list[ModelRuns] = []
    left = list(runs)
    while left:
        same = current_runs_of(left)
        found.append(ModelRuns(tuple(same)))
        left = [run for run in left if not same_model(run, same[-1])]
    return found


def compare_models(
    store: CaseStore, models: Sequence[ModelRuns], should_stop: ShouldStop = lambda: False
) -> list[CellComparison]:
    """Compare models cell by cell; the most disagreement comes first.

    Args:
        models: of one case, two or more.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    cells: dict[CellId, list[Prediction | None]] = {}
    for at, model in enumerate(models):
        for _, prediction in current_predictions(store, model.runs):
            if should_stop():
                raise Cancelled
            if prediction.decision is not Decision.FAILED:
                cells.setdefault(prediction.cell_id, [None] * len(models))[at] = prediction
    classes = [probability_names(model.runs[-1]) for model in models]
    compared = [
        CellComparison(cell, tuple(found), _disagreement(found, classes))
        for cell, found in cells.items()
    ]
    compared.sort(key=lambda each: (each.cell.image, each.cell.number))
    return sorted(compared, key=lambda each: -each.disagreement)


def read_disagreement(
    store: CaseStore, case_id: int, should_stop: ShouldStop = lambda: False
) -> dict[CellId, float]:
    """Return how far the models over a case disagree on each cell, 0-1; empty for one model.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    models = models_of(store.runs.list_of_case(case_id))
    if len(models) < 2:
        return {}
    return {each.cell: each.disagreement for each in compare_models(store, models, should_stop)}


def probability_names(run: Run) -> tuple[str, ...]:
    """Return the names of the probabilities of a run; empty where it does not hold them."""
    facts = run.settings.get("model_facts")
    if not isinstance(facts, dict):
        return ()
    return (*facts.get("classes", ()), *facts.get("other_classes", ()))


def _disagreement(found: Sequence[Prediction | None], classes: Sequence[tuple[str, ...]]) -> float:
    given = [(each, names) for each, names in zip(found, classes, strict=True) if each is not None]
    if len(given) < 2:
        return 0.0
    differ = len({each.label for each, _ in given}) > 1
    shares = [probability_shares(each, names) for each, names in given]
    return (differ + _divergence(shares)) / 2


def probability_shares(prediction: Prediction, names: tuple[str, ...]) -> Shares:
    """Return the probabilities by class; the label alone where their names are not known."""
    if len(names) != len(prediction.probabilities):
        return {prediction.label: 1.0}
    total = sum(prediction.probabilities) or 1.0
    return {
        name: value / total for name, value in zip(names, prediction.probabilities, strict=True)
    }


def _divergence(shares: Sequence[Shares]) -> float:
    """Jensen-Shannon divergence of distributions, as a share of its maximum."""
    mean = {
        name: sum(each.get(name, 0.0) for each in shares) / len(shares)
        for name in dict.fromkeys(name for each in shares for name in each)
    }
    spread = _entropy(mean) - sum(map(_entropy, shares)) / len(shares)
    return min(max(spread / math.log(len(shares)), 0.0), 1.0)


def _entropy(shares: Shares) -> float:
    return -sum(value * math.log(value) for value in shares.values() if value > 0)
