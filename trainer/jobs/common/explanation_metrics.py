"""A closer look at a model: whether its heat maps say what it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

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
from trainer.inference.engine import Outputs
from trainer.inference.explanation import grad_cam
from trainer.inference.pipeline import forward
from trainer.jobs.common.scored_cells import LabelledPredictions
from trainer.models.head import Head
from trainer.models.probabilities import softmax

FAITHFULNESS_CELLS = 40  # each costs some seventy forward passes
_RANDOM_HEADS = 5

Views = NDArray[np.uint8]


@dataclass(frozen=True)
class FaithfulnessResult:
    """Means over some cells; `random_...` is what chance gives (see `explanation_quality`).

    Attributes:
        cells: how many were looked at.
        inside: share of the heat that lies on the cell; None where no cell was found.
        area: share of the square that the cell takes, which heat spread evenly would give.
        likeness: rank correlation with the maps of a head whose weights were left to chance.
        intervals: of deletion, insertion, inside and likeness, low and high: 95 %, by bootstrap
            over the cells.
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

    def with_chance_level(self) -> dict[str, tuple[float | None, float | None]]:
        """Each figure as it was measured, and what chance gives."""
        return {
            "deletion": (self.deletion, self.random_deletion),
            "insertion": (self.insertion, self.random_insertion),
            "inside": (self.inside, self.area),
            "likeness": (self.likeness, None),
        }

    def to_json(self) -> dict[str, object]:
        """For metrics.json."""
        return asdict(self)


def measure_faithfulness(
    predictions: LabelledPredictions,
    classifier: Classifier,
    grey: int,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> FaithfulnessResult | None:
    """How good the heat maps are of the class that the model holds likeliest."""
    step = max(len(predictions.samples) // FAITHFULNESS_CELLS, 1)
    cells = predictions.samples[::step][:FAITHFULNESS_CELLS]
    if not cells:
        return None
    views = np.stack([cell.view for cell in cells])
    outputs = compute_outputs(classifier, views)
    likeliest = outputs.logits.argmax(axis=1)
    heat = _compute_heatmaps(classifier.head, outputs)[np.arange(len(cells)), likeliest]
    curves = []
    for done, (view, index, own) in enumerate(zip(views, likeliest, heat, strict=True)):
        if should_stop():
            raise Cancelled
        curves.append(_measure_curves(classifier, view, int(index), own, grey, seed + done))
        on_progress(Progress("hiding what is hot", done + 1, len(cells)))
    masks = [cell.mask for cell in cells]
    lying = [
        (heat_fraction_inside(own, mask), float(mask.mean()))
        for own, mask in zip(heat, masks, strict=True)
        if mask is not None
    ]
    alike = _measure_rank_correlation(classifier.head, outputs, heat, likeliest, seed)
    return _summarize(np.array(curves), np.array(lying).reshape(-1, 2), alike, seed)


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
    between = {name: _mean_interval(values, seed) for name, values in measured.items()}
    return FaithfulnessResult(
        len(curves),
        means[0],
        means[1],
        means[2],
        means[3],
        _finite_mean(inside[:, 0]),
        _finite_mean(inside[:, 1]),
        _finite_mean(correlations),
        {name: bounds for name, bounds in between.items() if bounds},
    )


def compute_outputs(classifier: Classifier, views: Views) -> Outputs:
    """What the engine gives for uint8 (N, S, S, 3), in as many batches at once as it likes."""
    passed = forward(views, classifier.engine, lambda view: view)
    parts = [batch.outputs for batch in passed if batch.outputs]
    logits, pooled, features = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("logits", "pooled", "features")
    )
    return Outputs(logits, pooled, features)


def _compute_heatmaps(head: Head, outputs: Outputs) -> NDArray[np.float32]:
    return grad_cam(outputs.features, head.gradient(outputs.pooled))


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
    placed = project_heat_map(heat, covered, size, size)

    def probability(views: Views) -> NDArray[np.float64]:
        return softmax(compute_outputs(classifier, views).logits, classifier.temperature)[:, index]

    found = deletion_insertion(view, placed, probability, grey=grey, seed=seed)
    return found.deletion, found.insertion, found.random_deletion, found.random_insertion


def _measure_rank_correlation(
    head: Head,
    outputs: Outputs,
    heat: NDArray[np.float32],
    likeliest: NDArray[np.intp],
    seed: int,
) -> NDArray[np.float64]:
    """(N,), means over heads with the same weights in an order that is left to chance."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(_RANDOM_HEADS):
        hidden = head.hidden_kernel
        mixed = replace(
            head,
            kernel=random.permutation(head.kernel.ravel()).reshape(head.kernel.shape),
            hidden_kernel=None
            if hidden is None
            else random.permutation(hidden.ravel()).reshape(hidden.shape),
        )
        other = _compute_heatmaps(mixed, outputs)[np.arange(len(heat)), likeliest]
        found.append(rank_correlation(heat, other))
    known = np.isfinite(found)
    return safe_ratio(np.where(known, found, 0).sum(axis=0), known.sum(axis=0))


def _mean_interval(values: NDArray[np.float64], seed: int) -> tuple[float, float] | None:
    """A 95 % interval of the mean of cells; None of fewer than two."""
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return None
    (found,) = bootstrap(lambda weights: weights @ known / len(known), len(known), seed=seed)
    return found.low, found.high


def _finite_mean(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
