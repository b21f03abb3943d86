"""Check the heat maps of a package that was just written, on cells that were held out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import Item
from trainer.domain import SourceProfile
from trainer.errors import Cancelled
from trainer.evaluation.map_gates import FEWEST_CELLS, MOST_CELLS
from trainer.inference.classifier import Classifier
from trainer.inference.turned_maps import TurnGrid
from trainer.jobs.common.explanation.map_gates import measure_map_gates
from trainer.jobs.common.labelled.cells import measure_sources
from trainer.jobs.common.labelled.scored_cells import sample_balanced
from trainer.jobs.common.labelled.views import read_views
from trainer.jobs.train.state import EvaluationSet, TrainedModel, TrainingContext
from trainer.models.export.package_writer import replace_card
from trainer.models.package.layout import Package
from trainer.models.package.map_gates import MapGates, describe_failures
from trainer.protocol.events import JobWarning

_TEST = "test"


def check_maps(context: TrainingContext, model: TrainedModel, package: Package) -> Package:
    """Measure the gates of the package's heat maps, and put them into its card.

    Measured on a source that was left out of training where there is one, else on test cells;
    where these are too few, the card says nothing. A training that is cancelled here is done.

    Raises:
        UserError: the disk is full.
    """
    name = choose_set(model.sets, {source.name for source in package.card.sources})
    seed = context.plan.request.seed
    items = sample_balanced(model.sets[name].items, package.card.outputs, MOST_CELLS, seed)
    cells = read_views(items, package.card, _find_profiles(items, model, context))
    if len(cells) < FEWEST_CELLS:
        return package
    source = "the test split" if name == _TEST else f"{name}, left out of training"
    try:
        found = _measure(np.stack([view for _, view in cells]), package, source, context)
    except Cancelled:
        return package
    if found is None:
        return package
    if not found.gates.passed:
        text = f"The heat maps of {package.card.id} do not pass: {describe_failures(found.gates)}."
        context.emit(JobWarning(text, "They are drawn only where a person asks for them."))
    update = {"map_gates": found.gates, "turned_maps": found.turned}
    return replace_card(package, package.card.model_copy(update=update))


class _CheckedMaps(NamedTuple):
    gates: MapGates
    turned: bool


def _measure(
    views: NDArray[np.uint8], package: Package, source: str, context: TrainingContext
) -> _CheckedMaps | None:
    """Measure maps of one pass; where these do not pass, and means with the half turn do, those.

    Raises:
        Cancelled: the training was stopped.
    """
    classifier = Classifier.from_package(package, device="cpu")

    def measure(classifier: Classifier) -> MapGates | None:
        return measure_map_gates(
            views,
            classifier,
            seed=context.plan.request.seed,
            source=source,
            on_progress=context.emit,
            should_stop=context.should_stop,
        )

    gates = measure(classifier)
    if gates is None:
        return None
    grid = TurnGrid.of(package.card)
    if not gates.passed and grid is not None:
        of_turned = measure(replace(classifier, turn_grid=grid))
        if of_turned is not None and of_turned.passed:
            return _CheckedMaps(of_turned, turned=True)
    return _CheckedMaps(gates, turned=False)


def choose_set(sets: Mapping[str, EvaluationSet], known: Collection[str]) -> str:
    """Choose the largest set of sources that were left out; "test" where none is large enough.

    Args:
        known: names of the sources that the model learned from.
    """
    left_out = [
        name
        for name, cells in sets.items()
        if len(cells.items) >= FEWEST_CELLS
        and not any(item.source in known for item in cells.items)
    ]
    return max(left_out, key=lambda name: len(sets[name].items), default=_TEST)


def _find_profiles(
    items: Sequence[Item], model: TrainedModel, context: TrainingContext
) -> Mapping[str, SourceProfile]:
    unknown = [item for item in items if item.source not in model.profiles]
    measured = measure_sources(unknown, context.emit, context.should_stop) if unknown else {}
    return {**measured, **model.profiles}
