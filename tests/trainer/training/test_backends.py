"""The same training on every backend of Keras that is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.keras_backends import backend_environment
from tests.trainer.training.tiny_network import tiny_network

CODE = """
import sys
import keras
import numpy as np
from dataclasses import replace
from tests.trainer.training.drawn_cells import drawn_cells
from tests.trainer.training.test_augmentation import STILL
from tests.trainer.training.tiny_network import QUICK, tiny_network, validation_set
from pathlib import Path
from trainer.training.frozen_activations import cache_activations
from trainer.training.finetune import fine_tune
from trainer.cache.arrays import ArrayCache
from trainer.training.task import FineTuneTask

backend, start, end = sys.argv[1:]
assert keras.backend.backend() == backend
recipe = replace(QUICK, steps=16, rate=3e-3, check_every=4, consistency=0.5, augmentation=STILL)
results = {}
for name, changes in {"whole": {}, "upper": {"unfreeze": 0.6, "cut_looks": 2}}.items():
    network = tiny_network(dropout=0.0)
    with np.load(start) as file:
        network.set_weights([file[key] for key in file.files])
    lesson = FineTuneTask(drawn_cells(), replace(recipe, **changes), validation=validation_set())
    lesson = cache_activations(network, lesson, ArrayCache(Path(end).with_suffix("")))
    history = fine_tune(network, lesson)
    assert bool(history.views_per_cell) == (name == "upper")
    results |= {f"{name} w{place}": each for place, each in enumerate(network.get_weights())}
    results |= {f"{name} loss": history.loss, f"{name} checks": np.array(history.checks)}
np.savez(end, **results)
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_learns_what_tensorflow_learns(backend: str, tmp_path: Path) -> None:
    pytest.importorskip(backend)
    start = tmp_path / "start.npz"
    weights = tiny_network(dropout=0.0).get_weights()
    np.savez(start, **{f"w{place:02}": array for place, array in enumerate(weights)})
    ends = {}
    for each in ("tensorflow", backend):
        ends[each] = tmp_path / f"{each}.npz"
        command = [sys.executable, "-c", CODE, each, str(start), str(ends[each])]
        subprocess.run(command, check=True, env=backend_environment(each))
    with np.load(ends["tensorflow"]) as one, np.load(ends[backend]) as other:
        for name in one.files:
            assert np.abs(one[name] - other[name]).max() < 2e-3, name
        assert np.abs(one["whole w0"] - weights[0]).max() > 2e-3
        assert np.abs(one["upper w0"] - weights[0]).max() == 0
