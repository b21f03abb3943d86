"""Which layers learn, and how fast."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.trainer.training.tiny_network import QUICK
from trainer.models.backbones import BACKBONES
from trainer.models.network.build import build_network
from trainer.models.network.freeze_point import split_at_freeze_point
from trainer.testing import draw_blots
from trainer.training.trainable import Schedule, micro_batches, set_trainable


def learned(network: keras.Model) -> int:
    return sum(int(np.prod(variable.shape)) for variable in network.trainable_variables)


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONES)
def test_the_last_block_of_every_network_is_a_part_of_it(name: str) -> None:
    network = build_network(name, 3, max(64, BACKBONES[name].smallest))
    counts, splits = [], []
    for unfreeze in ("none", "top", "all"):
        set_trainable(network, unfreeze)
        counts.append(learned(network))
        splits.append(split_at_freeze_point(network))
        upper = splits[-1].upper if splits[-1] else network
        assert learned(upper) == counts[-1]
    head, top, whole = counts
    shapes = [split.shape if split else None for split in splits]
    assert shapes[0] == (BACKBONES[name].channels,)
    assert shapes[2] is None
    assert splits[1] is not None
    image = draw_blots(network.input_shape[1], 1)[:1]
    expected, found = network(image)["logits"], splits[1].upper(splits[1].lower(image))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert head == 3 * (BACKBONES[name].channels + 1)
    assert 0.1 < top / whole < 0.8
    frozen = [v for v in network.layers if isinstance(v, keras.layers.BatchNormalization)]
    assert not any(layer.trainable for layer in frozen)


def test_a_share_of_the_layers_counts_from_the_top() -> None:
    network = build_network("MobileNetV2", 3, 32)
    counts = []
    for share in (0.0, 0.3, 1.0):
        set_trainable(network, share)
        counts.append(learned(network))
    assert counts == sorted(set(counts))


def test_the_rate_rises_then_falls_by_steps_however_batches_are_cut() -> None:
    whole = Schedule(QUICK, 1)
    rates = [float(whole(step)) for step in range(QUICK.steps + 1)]
    assert max(rates) == pytest.approx(QUICK.rate)
    assert rates[QUICK.warm_up :] == sorted(rates[QUICK.warm_up :], reverse=True)
    assert rates[-1] == pytest.approx(QUICK.rate * QUICK.final_rate)
    cut = Schedule(QUICK, 4)
    last_parts = [float(cut(4 * step + 3)) for step in range(QUICK.steps)]
    assert last_parts == pytest.approx(rates[:-1])


def test_twins_stay_together_when_a_batch_is_cut() -> None:
    images, targets = np.arange(8.0).reshape(8, 1), np.arange(8.0)
    assert [part[1].tolist() for part in micro_batches(images, targets, 2, True)] == [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
    ]
    assert [part[1].tolist() for part in micro_batches(images, targets, 4, False)] == [
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
    ]
