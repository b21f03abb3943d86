"""The heat map of one cell by a method of choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Window
from trainer.inference.classifier import Classifier
from trainer.inference.contribution import contrast_maps
from trainer.inference.engine import Outputs
from trainer.inference.explanation import grad_cam, grad_cam_plus_plus, occlusion
from trainer.models.probabilities import softmax

MapMethod = Literal["contribution", "gradcam", "gradcam++", "occlusion"]


@dataclass(frozen=True, eq=False)
class CellMap:
    """A heat map with the square that it covers.

    Attributes:
        values: float32 (h, w), as the method gives them.
        window: in pixels of the image, as the window of the view that it was made from.
    """

    values: NDArray[np.float32]
    window: Window


def compute_map(
    classifier: Classifier,
    view: NDArray[np.uint8],
    outputs: Outputs,
    window: Window,
    method: MapMethod,
    index: int,
    against: int | None = None,
) -> CellMap:
    """Compute the heat map of one class of one cell.

    Args:
        view: uint8 (S, S, 3), of which the network gave `outputs`.
        window: the square that the view covers.
        index: of the class.
        against: of the class that it is told from, by contributions; None: from all others.
    """
    if method == "occlusion":  # whose patches tile the view itself
        grey = classifier.weighting.grey
        found = occlusion(view, lambda views: _probabilities(classifier, views), grey=grey)
        return CellMap(found[index], window)
    if method != "contribution":
        classifier = classifier.of_one_pass()
    values = _compute_values(classifier, view[None], outputs, method, index, against)
    covered = classifier.heatmap_window(window, values.shape[1])
    assert covered is not None
    return CellMap(values, covered)


def _compute_values(
    classifier: Classifier,
    views: NDArray[np.uint8],
    outputs: Outputs,
    method: MapMethod,
    index: int,
    against: int | None,
) -> NDArray[np.float32]:
    if method == "contribution":
        if against is None:
            return np.asarray(classifier.contributions(views, outputs)[0, index])
        pair = np.array([index]), np.array([against])
        return np.asarray(contrast_maps(classifier.logit_parts(views, outputs), *pair)[0])
    gradient = classifier.head.gradient(outputs.pooled)
    weights = classifier.weighting.weights(views, outputs.features.shape[1])
    if method == "gradcam":
        return np.asarray(grad_cam(outputs.features, gradient)[0, index])
    return np.asarray(grad_cam_plus_plus(outputs.features, gradient, weights)[0, index])


def _probabilities(classifier: Classifier, views: NDArray[np.uint8]) -> NDArray[np.float32]:
    logits = classifier.compute_outputs(views).logits
    return softmax(logits, classifier.temperature).astype(np.float32)
