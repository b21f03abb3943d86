"""Closer looks at a model: what it bears, and whether its heat maps say what it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop, Window
from trainer.errors import Cancelled
from trainer.evaluation.explanation_quality import deletion_insertion, likeness, share_inside
from trainer.evaluation.perturbation import PERTURBATIONS
from trainer.evaluation.strategies import balanced
from trainer.imaging.overlay import spread
from trainer.inference.classifier import Classifier
from trainer.inference.explanation import grad_cam
from trainer.inference.outputs import Outputs
from trainer.jobs.evaluate_cells import SeenCells
from trainer.models.head import Head
from trainer.models.softmax import softmax

EXPLAINED = 40  # each costs some seventy forward passes
_RANDOM_HEADS = 5

Views = NDArray[np.uint8]


@dataclass(frozen=True)
class Borne:
    """What became of the kept cells' balanced accuracy under one perturbation."""

    name: str
    unit: str
    level: float
    balanced_accuracy: float
    cells: int


@dataclass(frozen=True)
class Explained:
    """Means over some cells; `random_...` is what chance gives (see `explanation_quality`).

    Attributes:
        cells: how many were looked at.
        inside: share of the heat that lies on the cell; None where no cell was found.
        area: share of the square that the cell takes, which heat spread evenly would give.
        likeness: rank correlation with the maps of a head whose weights were left to chance.
    """

    cells: int
    deletion: float
    insertion: float
    random_deletion: float
    random_insertion: float
    inside: float | None
    area: float | None
    likeness: float | None

    def to_json(self) -> dict[str, object]:
        """For metrics.json."""
        return asdict(self)


def bear(
    seen: SeenCells,
    classifier: Classifier,
    known: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> list[Borne]:
    """Balanced accuracy of the kept cells, as they are (level 0) and under every perturbation.

    Nothing where they are not of two classes: there is no balance between fewer.
    """
    cells = [cell for cell in seen.kept if 0 <= seen.answered.labels[cell.row] < known]
    labels = seen.answered.labels[[cell.row for cell in cells]]
    if len(np.unique(labels)) < 2:
        return []
    views = np.stack([cell.view for cell in cells])
    todo = [
        (name, row.unit, level, row.apply)
        for name, row in PERTURBATIONS.items()
        for level in row.levels
    ]
    found = [Borne("none", "", 0.0, _balanced(classifier, views, labels, known), len(cells))]
    for done, (name, unit, level, apply) in enumerate(todo, 1):
        if should_stop():
            raise Cancelled
        changed = np.stack([apply(view, level) for view in views])
        figure = _balanced(classifier, changed, labels, known)
        found.append(Borne(name, unit, level, figure, len(cells)))
        on_progress(Progress("making cells worse", done, len(todo)))
    return found


def explain(
    seen: SeenCells,
    classifier: Classifier,
    grey: int,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> Explained | None:
    """How good the heat maps are of the class that the model holds likeliest."""
    step = max(len(seen.kept) // EXPLAINED, 1)
    cells = seen.kept[::step][:EXPLAINED]
    if not cells:
        return None
    views = np.stack([cell.view for cell in cells])
    outputs = answers(classifier, views)
    likeliest = outputs.logits.argmax(axis=1)
    heat = _heat(classifier.head, outputs)[np.arange(len(cells)), likeliest]
    curves = []
    for done, (view, index, own) in enumerate(zip(views, likeliest, heat, strict=True)):
        if should_stop():
            raise Cancelled
        curves.append(_curves(classifier, view, int(index), own, grey, seed + done))
        on_progress(Progress("hiding what is hot", done + 1, len(cells)))
    means = np.mean(np.array(curves), axis=0).tolist()
    masks = [cell.mask for cell in cells]
    lying = [
        (share_inside(own, mask), float(mask.mean()))
        for own, mask in zip(heat, masks, strict=True)
        if mask is not None
    ]
    inside, area = (_mean(column) for column in zip(*lying, strict=True)) if lying else (None, None)
    alike = _mean(_likeness(classifier.head, outputs, heat, likeliest, seed))
    return Explained(len(cells), means[0], means[1], means[2], means[3], inside, area, alike)


def answers(classifier: Classifier, views: Views) -> Outputs:
    """What the engine gives for uint8 (N, S, S, 3), in batches."""
    size = classifier.engine.batch
    parts = [
        classifier.engine.submit(views[start : start + size]).result()
        for start in range(0, len(views), size)
    ]
    logits, pooled, features = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("logits", "pooled", "features")
    )
    return Outputs(logits, pooled, features)


def _balanced(classifier: Classifier, views: Views, labels: NDArray[np.intp], known: int) -> float:
    called = answers(classifier, views).logits[:, :known].argmax(axis=1)
    return balanced(labels, called)


def _heat(head: Head, outputs: Outputs) -> NDArray[np.float32]:
    return grad_cam(outputs.features, head.gradient(outputs.pooled))


def _curves(
    classifier: Classifier,
    view: Views,
    index: int,
    heat: NDArray[np.float32],
    grey: int,
    seed: int,
) -> tuple[float, float, float, float]:
    size = view.shape[0]
    covered = classifier.covered(Window(0, 0, size), heat.shape[1])
    assert covered is not None
    placed = spread(heat, covered, size, size)

    def probability(views: Views) -> NDArray[np.float64]:
        return softmax(answers(classifier, views).logits, classifier.temperature)[:, index]

    found = deletion_insertion(view, placed, probability, grey=grey, seed=seed)
    return found.deletion, found.insertion, found.random_deletion, found.random_insertion


def _likeness(
    head: Head,
    outputs: Outputs,
    heat: NDArray[np.float32],
    likeliest: NDArray[np.intp],
    seed: int,
) -> NDArray[np.float64]:
    """With heads whose weights are the same numbers in an order left to chance."""
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
        other = _heat(mixed, outputs)[np.arange(len(heat)), likeliest]
        found.append(likeness(heat, other))
    return np.concatenate(found)


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    known = [float(value) for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else None
