from __future__ import annotations

from pathlib import Path

import keras
import pytest

from trainer.models.export.flops import measure_cost
from trainer.testing import random_package


@pytest.mark.slow
def test_a_network_is_counted(tmp_path: Path) -> None:
    package = random_package(tmp_path / "tiny", input_size=64)
    counted = measure_cost(package)
    network = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(64, 64, 3)
    )
    head = (1280 + 1) * len(package.card.classes)
    norms = sum(
        layer.count_params() for layer in network.layers if "BN" in layer.name or "bn" in layer.name
    )
    # The export folds batch norms: two numbers of four become the convolution's bias.
    assert network.count_params() - norms < counted.parameters <= network.count_params() + head
    # Sandler et al. (CVPR 2018) count 300 million multiply-adds at 224 px, the classifier
    # of 1,000 classes included; places go with the square of the side.
    assert counted.gflops == pytest.approx(2 * 0.300 * (64 / 224) ** 2, rel=0.05)
    on_disk = sum(path.stat().st_size for path in package.path.iterdir()) / 1e6
    assert counted.megabytes == pytest.approx(on_disk)
