"""Measure how faithful a model's heat maps are: deletion, insertion, heat on the cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop, Window
from trainer.errors import Cancelled
from trainer.evaluation.bootstrap import bootstrap
from trainer.evaluation.confusion import safe_ratio
from trainer.evaluation.faithfulness import (
    deletion_insertion,
    heat_fraction_inside,
    rank_correlation,
)
from trainer.imaging.overlay import project_heat_map
from trainer.inference.classifier import Classifier
from trainer.inference.contribution import contribution_maps
from trainer.inference.engine import Outputs, join_outputs
from trainer.inference.pipeline import forward
from trainer.inference.turned_maps import MapPasses
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions
from trainer.models.head import Head
from trainer.models.package.map_gates import MapGates
from trainer.models.probabilities import softmax

FAITHFULNESS_CELLS = 40  # each costs some seventy forward passes
_RANDOM_HEADS = 5

Views = NDArray[np.uint8]


@dataclass(frozen=True)
class FaithfulnessResult:
    """Means over some cells; `random_...` is the chance level (see `evaluation.faithfulness`).

    Attributes:
        cells: how many were measured.
        inside: share of the heat on the cell (0-1); None where no cell was segmented.
        area: share of the square that the cell takes, the chance level of `inside`.
        likeness: rank correlation with the maps of a head with permuted weights.
        intervals: of deletion, insertion, inside and likeness, low and high: 95 %, by bootstrap
            over the cells.
        gates: of the maps; None where there are too few cells.
    """

    cells: int
    deletion: float
    insertion: float
    random_deletion: float
    random_insertion: float
    inside: float | None
    area: float | None
    likeness: float | None
    intervals: Mapping[str, tuple[float, float]]
    gates: MapGates | None = None

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> FaithfulnessResult:
        """What `to_json` returned, as read back; older ones have no gates."""
        gates = record.get("gates")
        found = MapGates.model_validate(gates) if gates else None
        return cls(**{**record, "gates": found})

    def with_chance_level(self) -> dict[str, tuple[float | None, float | None]]:
        """Return each measure with its chance level."""
        return {
            "deletion": (self.deletion, self.random_deletion),
            "insertion": (self.insertion, self.random_insertion),
            "inside": (self.inside, self.area),
            "likeness": (self.likeness, None),
        }

    def to_json(self) -> dict[str, object]:
        """Return the fields for metrics.json."""
        gates = self.gates.model_dump(mode="json") if self.gates else None
        return {**asdict(replace(self, gates=None)), "gates": gates}


def measure_faithfulness(
    predictions: LabelledPredictions,
    classifier: Classifier,
    grey: int,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> FaithfulnessResult | None:
    """Measure the heat maps of each cell's predicted class; None where there is no cell.

    Of at most `FAITHFULNESS_CELLS` cells, of every class as many.

    Args:
        grey: level (0-255) that hides a place.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    cells = predictions.balanced_samples(FAITHFULNESS_CELLS)
    if not cells:
        return None
    views = np.stack([cell.view for cell in cells])
    outputs = compute_outputs(classifier, views)
    likeliest = outputs.logits.argmax(axis=1)
    maps = _MapsOfHead(classifier.map_passes(views, outputs), classifier.temperature)
    heat = maps.of(classifier.head)[np.arange(len(cells)), likeliest]
    curves = []
    for done, (view, index, heat_map) in enumerate(zip(views, likeliest, heat, strict=True)):
        if should_stop():
            raise Cancelled
        curves.append(_measure_curves(classifier, view, int(index), heat_map, grey, seed + done))
        on_progress(Progress("hiding what is hot", done + 1, len(cells)))
    masks = [cell.mask for cell in cells]
    inside = [
        (heat_fraction_inside(np.maximum(heat_map, 0), mask), float(mask.mean()))
        for heat_map, mask in zip(heat, masks, strict=True)
        if mask is not None
    ]
    correlations = _measure_rank_correlation(classifier.head, maps, heat, likeliest, seed)
    return _summarize(np.array(curves), np.array(inside).reshape(-1, 2), correlations, seed)


def _summarize(
    curves: NDArray[np.float64],
    inside: NDArray[np.float64],
    correlations: NDArray[np.float64],
    seed: int,
) -> FaithfulnessResult:
    """Means over the cells: areas under curves (N, 4), heat on the cell and its area (M, 2)."""
    means = curves.mean(axis=0).tolist()
    measured = {
        "deletion": curves[:, 0],
        "insertion": curves[:, 1],
        "inside": inside[:, 0],
        "likeness": correlations,
    }
    intervals = {name: _mean_interval(values, seed) for name, values in measured.items()}
    return FaithfulnessResult(
        len(curves),
        means[0],
        means[1],
        means[2],
        means[3],
        _finite_mean(inside[:, 0]),
        _finite_mean(inside[:, 1]),
        _finite_mean(correlations),
        {name: bounds for name, bounds in intervals.items() if bounds},
    )


def compute_outputs(classifier: Classifier, views: Views) -> Outputs:
    """Compute the engine's outputs for uint8 (N, S, S, 3), in parallel batches."""
    batches = forward(views, classifier.engine, lambda view: view)
    return join_outputs([batch.outputs for batch in batches if batch.outputs])


@dataclass(frozen=True, eq=False)
class _MapsOfHead:
    """The maps of the same cells by one head or another."""

    passes: MapPasses
    temperature: float

    def of(self, head: Head) -> NDArray[np.float32]:
        """Contributions float32 (N, C, h, w)."""
        logits = head.logits(self.passes.outputs[0].pooled)
        return contribution_maps(self.passes.logit_parts(head), softmax(logits, self.temperature))


def _measure_curves(
    classifier: Classifier,
    view: Views,
    index: int,
    heat: NDArray[np.float32],
    grey: int,
    seed: int,
) -> tuple[float, float, float, float]:
    size = view.shape[0]
    covered = classifier.heatmap_window(Window(0, 0, size), heat.shape[1])
    assert covered is not None
    projected = project_heat_map(heat, covered, size, size)

    def probability(views: Views) -> NDArray[np.float64]:
        return softmax(compute_outputs(classifier, views).logits, classifier.temperature)[:, index]

    curves = deletion_insertion(view, projected, probability, grey=grey, seed=seed)
    return curves.deletion, curves.insertion, curves.random_deletion, curves.random_insertion


def _measure_rank_correlation(
    head: Head,
    maps: _MapsOfHead,
    heat: NDArray[np.float32],
    likeliest: NDArray[np.intp],
    seed: int,
) -> NDArray[np.float64]:
    """(N,), means over heads with the same weights in random order."""
    random = np.random.default_rng(seed)
    correlations = []
    for _ in range(_RANDOM_HEADS):
        hidden = head.hidden_kernel
        permuted = replace(
            head,
            kernel=random.permutation(head.kernel.ravel()).reshape(head.kernel.shape),
            hidden_kernel=None
            if hidden is None
            else random.permutation(hidden.ravel()).reshape(hidden.shape),
        )
        other = maps.of(permuted)[np.arange(len(heat)), likeliest]
        correlations.append(rank_correlation(heat, other))
    finite = np.isfinite(correlations)
    return safe_ratio(np.where(finite, correlations, 0).sum(axis=0), finite.sum(axis=0))


def _mean_interval(values: NDArray[np.float64], seed: int) -> tuple[float, float] | None:
    """A 95 % interval of the mean of cells; None of fewer than two."""
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        return None
    (interval,) = bootstrap(lambda weights: weights @ finite / len(finite), len(finite), seed=seed)
    return interval.low, interval.high


def _finite_mean(values: NDArray[np.float64]) -> float | None:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else None
