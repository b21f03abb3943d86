"""Complete, valid packages with random weights: for tests and for benchmarks.

They recognise nothing. Their activations are of a natural size, though, so that heat maps
and probabilities are not all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.models.backbones import find_backbone
from trainer.models.export.openvino import round_to_float16
from trainer.models.export.package_writer import PackageContents, write_package
from trainer.models.network.load import build_from_card
from trainer.models.package.card import Card
from trainer.models.package.layout import Package
from trainer.models.package.reference_cells import ReferenceCells
from trainer.models.package.source import Source
from trainer.models.package.thresholds import Thresholds

CLASS_NAMES = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
CELL_COUNT = 8
LOGIT_SPREAD = 0.2


def random_package(
    folder: Path,
    backbone: str = "MobileNetV2",
    classes: Sequence[str] = CLASS_NAMES,
    other_classes: Sequence[str] = (),
    input_size: int | None = None,
    seed: int = 0,
    **stated: Any,
) -> Package:
    """Write a package with random weights into `folder`, which must not exist.

    Args:
        input_size: pixels; None takes the backbone's smallest that is a multiple of 32
            and at least 64 (96 for Xception).
        seed: equal seeds give equal weights.
        stated: `head`, `view` and `feature_map` of the card, where they are not the default.

    Raises:
        UserError: no such backbone, or the folder exists.
    """
    card = random_card(folder.name.lower(), backbone, classes, other_classes, input_size, **stated)
    keras.utils.set_random_seed(seed)
    images = draw_blots(card.input_size, seed)
    network = build_from_card(card)
    scale_activations(network, images)
    pooled = keras.ops.convert_to_numpy(network(images, training=False)["pooled"])
    reference = ReferenceCells(
        pooled,
        np.arange(CELL_COUNT) % len(card.outputs),
        np.array([f"random {index}" for index in range(CELL_COUNT)]),
    )
    return write_package(folder, card, PackageContents(network, images, reference))


def random_card(
    name: str,
    backbone: str,
    classes: Sequence[str] = CLASS_NAMES,
    other_classes: Sequence[str] = (),
    input_size: int | None = None,
    **stated: Any,
) -> Card:
    """Build the card of such a package, without its files.

    Raises:
        UserError: no such backbone.
    """
    row = find_backbone(backbone)
    return Card(
        id=name,
        title="Random weights: recognises nothing",
        created=datetime.now(UTC).replace(microsecond=0),
        backbone=row.name,
        classes=tuple(classes),
        other_classes=tuple(other_classes),
        input_size=input_size or max(64, -(-row.smallest // 32) * 32),
        preprocessing=row.preprocessing,
        thresholds=Thresholds(
            review_probability=0.5, unknown_probability=0.5, unknown_distance=2.0
        ),
        sources=(Source(name="random", red_cell_diameter=60.0, image_width=360),),
        notes=("Random weights, for tests and for measuring speed.",),
        **{name: value for name, value in stated.items() if value is not None},
    )


def scale_activations(network: keras.Model, images: NDArray[np.float32]) -> None:
    """Bring the activations of a random network to a natural size.

    Batch norm takes its statistics from `images`, (N, H, W, 3) RGB 0-255, and the last
    layer is scaled so that logits spread a little.
    """
    norms = [layer for layer in network.layers if isinstance(layer, _BATCH_NORM)]
    momentum = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    network(images, training=True)
    for layer, before in zip(norms, momentum, strict=True):
        layer.momentum = before
    logits = keras.ops.convert_to_numpy(network(images, training=False)["logits"])
    factor = LOGIT_SPREAD / max(float(logits.std()), 1e-12)
    last = network.get_layer("logits")
    last.kernel.assign(last.kernel * factor)
    last.bias.assign((last.bias - logits.mean(axis=0)) * factor)
    round_to_float16(network)


_BATCH_NORM = keras.layers.BatchNormalization


def draw_blots(size: int, seed: int) -> NDArray[np.float32]:
    """Draw coloured blots of several sizes: float32 (CELL_COUNT, size, size, 3), integers 0-255."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size] / size
    images = np.full((CELL_COUNT, size, size, 3), 128.0) + rng.normal(
        0, 6, (CELL_COUNT, size, size, 3)
    )
    for index in range(CELL_COUNT):
        for _ in range(6):
            centre, width = rng.uniform(0.2, 0.8, 2), rng.uniform(0.03, 0.25)
            blot = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * width**2))
            images[index] += blot[..., None] * rng.uniform(-120, 120, 3)
    whole: NDArray[np.float32] = np.rint(images.clip(0, 255)).astype(np.float32)
    return whole
