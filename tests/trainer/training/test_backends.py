"""The same training on every backend of Keras that is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.training.tiny_network import tiny

CODE = """
import sys
import keras
import numpy as np
from dataclasses import replace
from tests.trainer.training.drawn_cells import drawn_cells
from tests.trainer.training.test_augment import STILL
from tests.trainer.training.tiny_network import QUICK, held_out, tiny
from trainer.training.finetune import Lesson, fine_tune

backend, start, end = sys.argv[1:]
assert keras.backend.backend() == backend
network = tiny(dropout=0.0)
with np.load(start) as file:
    network.set_weights([file[name] for name in file.files])
recipe = replace(QUICK, steps=12, rate=3e-3, check_every=4, consistency=0.5)
recipe = replace(recipe, augmentation=STILL)
history = fine_tune(network, Lesson(drawn_cells(), recipe, held_out=held_out()))
weights = {f"w{place}": array for place, array in enumerate(network.get_weights())}
np.savez(end, loss=history.loss, checks=np.array(history.checks), **weights)
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_learns_what_tensorflow_learns(backend: str, tmp_path: Path) -> None:
    pytest.importorskip(backend)
    start = tmp_path / "start.npz"
    weights = tiny(dropout=0.0).get_weights()
    np.savez(start, **{f"w{place:02}": array for place, array in enumerate(weights)})
    ends = {}
    for each in ("tensorflow", backend):
        ends[each] = tmp_path / f"{each}.npz"
        command = [sys.executable, "-c", CODE, each, str(start), str(ends[each])]
        subprocess.run(command, check=True, env={**os.environ, "KERAS_BACKEND": each})
    with np.load(ends["tensorflow"]) as one, np.load(ends[backend]) as other:
        for name in one.files:
            assert np.abs(one[name] - other[name]).max() < 2e-3, name
        assert np.abs(one["w0"] - weights[0]).max() > 2e-3
