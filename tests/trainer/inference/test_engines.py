"""The engines agree with each other, and a cell's figures do not depend on its company."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.keras_backends import backend_environment
from trainer.domain import Precision
from trainer.errors import UserError
from trainer.inference import keras_engine
from trainer.inference.devices import build_engine, choose_device, engine_under_way
from trainer.inference.keras_engine import (
    Forward,
    KerasEngine,
    compile_forward_pass,
    device_lost,
    find_gpu,
)
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.inference.pipeline import forward, ordered_map
from trainer.models.backend import out_of_memory
from trainer.models.export.runtime import native_precisions
from trainer.models.package.card import PrecisionGate
from trainer.models.package.layout import Package


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from trainer.testing import random_package

    return random_package(tmp_path_factory.mktemp("models") / "random", input_size=64)


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (11, 64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def by_keras(package: Any) -> Forward:
    from trainer.models.network.load import load_network

    return compile_forward_pass(load_network(package))


@pytest.mark.slow
def test_openvino_and_keras_agree(package: Any, by_keras: Forward, cells: np.ndarray) -> None:
    fast = OpenVinoEngine(package.graph, batch=11).submit(cells).result()
    slow = KerasEngine(by_keras, device="CPU", batch=16).submit(cells).result()
    for name in ("logits", "pooled", "features"):
        ours, theirs = getattr(fast, name), getattr(slow, name)
        assert ours.shape == theirs.shape
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(theirs).max())


AGREE = """
import sys
from pathlib import Path
import keras
import numpy as np
from trainer.inference.keras_engine import KerasEngine
from trainer.inference.keras_engine import compile_forward_pass
from trainer.models.network.load import load_network
from trainer.models.package.layout import Package, open_package

backend, package, cells, logits = sys.argv[1:]
assert keras.config.backend() == backend
forward = compile_forward_pass(load_network(open_package(Path(package))))
engine = KerasEngine(forward, device="x", batch=4)
flying = [engine.submit(part) for part in np.split(np.load(cells), [4, 8])]
found = [pending.result() for pending in flying]
assert all(part.logits.dtype == part.features.dtype == np.float32 for part in found)
np.save(logits, np.concatenate([part.logits for part in found]))
assert "tensorflow" not in sys.modules
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_agrees_without_tensorflow(
    backend: str, package: Any, cells: np.ndarray, tmp_path: Path
) -> None:
    pytest.importorskip(backend)
    np.save(tmp_path / "cells.npy", cells)
    files = [package.path, tmp_path / "cells.npy", tmp_path / "logits.npy"]
    command = [sys.executable, "-c", AGREE, backend, *map(str, files)]
    subprocess.run(command, check=True, env=backend_environment(backend))
    expected = OpenVinoEngine(package.graph, batch=11).submit(cells).result().logits
    found = np.load(tmp_path / "logits.npy")
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_a_network_short_of_memory_gets_smaller_batches(
    by_keras: Forward, cells: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    sizes: list[int] = []

    def small(batch: np.ndarray) -> Mapping[str, Any]:
        sizes.append(len(batch))
        if len(batch) > 3:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return by_keras(batch)

    whole = KerasEngine(by_keras, device="GPU", batch=11).submit(cells).result()
    short = KerasEngine(small, device="GPU", batch=11)
    np.testing.assert_allclose(short.submit(cells).result().logits, whole.logits, atol=1e-4)
    assert sizes[:3] == [11, 6, 3]
    assert "halving" in caplog.text
    sizes.clear()
    short.submit(cells).result()
    assert max(sizes) == 3
    assert not out_of_memory(ValueError("shape"))


def test_the_last_batch_is_run_at_the_size_of_the_others(
    by_keras: Forward, cells: np.ndarray
) -> None:
    seen: list[tuple[int, np.dtype[Any]]] = []

    def watched(batch: np.ndarray) -> Mapping[str, Any]:
        seen.append((len(batch), batch.dtype))
        return by_keras(batch)

    engine = KerasEngine(watched, device="GPU", batch=4)
    passed = list(forward(cells, engine, lambda cell: cell))
    assert seen == [(4, np.dtype(np.uint8))] * 3
    assert [len(batch.outputs.logits) for batch in passed if batch.outputs] == [4, 4, 3]
    whole = KerasEngine(by_keras, device="GPU", batch=11).submit(cells).result()
    rows = np.concatenate([batch.outputs.logits for batch in passed if batch.outputs])
    np.testing.assert_allclose(rows, whole.logits, atol=1e-4)


def test_batches_are_under_way_while_one_is_waited_for() -> None:
    """The second is handed to the card although nobody asked for the outputs of the first."""
    handed = [threading.Event(), threading.Event()]

    def fake(batch: np.ndarray) -> Mapping[str, Any]:
        handed[int(batch[0, 0, 0, 0])].set()
        zeros = np.zeros((len(batch), 1), np.float32)
        return {"logits": zeros, "pooled": zeros, "features": zeros}

    engine = KerasEngine(fake, device="GPU", batch=1)
    for place in range(2):
        engine.submit(np.full((1, 2, 2, 3), place, np.uint8))
    assert all(event.wait(60) for event in handed)


def test_a_lost_card_is_told_of_when_the_outputs_are_asked_for(cells: np.ndarray) -> None:
    def lost(_: np.ndarray) -> Mapping[str, Any]:
        raise RuntimeError("CUDA_ERROR_LAUNCH_FAILED")

    pending = KerasEngine(lost, device="GPU", batch=11).submit(cells)
    with pytest.raises(RuntimeError) as caught:
        pending.result()
    assert device_lost(caught.value)


def test_the_backend_that_was_chosen_is_the_one_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert set(keras_engine._candidate_backends()) <= {"jax"}
    monkeypatch.delenv("KERAS_BACKEND")
    assert "tensorflow" in keras_engine._candidate_backends()


def test_a_cell_gets_the_same_bits_at_any_place(package: Any, cells: np.ndarray) -> None:
    engine = OpenVinoEngine(package.graph, batch=4)
    alone = [engine.submit(cell[None]).result() for cell in cells[:4]]
    together = engine.submit(cells[:4]).result()
    turned = engine.submit(cells[3::-1].copy()).result()
    for place in range(4):
        for name in ("logits", "pooled", "features"):
            expected = getattr(together, name)[place]
            assert np.array_equal(getattr(alone[place], name)[0], expected)
            assert np.array_equal(getattr(turned, name)[3 - place], expected)


def test_many_batches_in_flight_come_back_in_order(package: Any, cells: np.ndarray) -> None:
    engine = OpenVinoEngine(package.graph, batch=2)
    items = [None if index % 4 == 3 else cell for index, cell in enumerate(cells)]
    passed = list(forward(items, engine, lambda item: item))
    back = [item for batch in passed for item in batch.items]
    assert [b is None for b in back] == [i is None for i in items]
    rows = [row for batch in passed if batch.outputs for row in batch.outputs.logits]
    expected = [engine.submit(c[None]).result().logits[0] for c in items if c is not None]
    assert np.array_equal(rows, expected)


def test_the_lookahead_is_bounded() -> None:
    from concurrent.futures import ThreadPoolExecutor

    begun: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        results = ordered_map(lambda n: begun.append(n) or n, iter(range(1000)), pool, 5)
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        results.close()
    assert len(begun) <= 3 + 5


def test_wrong_size_is_an_error(package: Any) -> None:
    engine = OpenVinoEngine(package.graph, batch=2)
    with pytest.raises(UserError, match="Expected up to 2 cells of 64 x 64"):
        engine.submit(np.zeros((1, 32, 32, 3), np.uint8))


@pytest.fixture
def graph_alone(package: Any, tmp_path: Path) -> Package:
    """A package without its Keras network, which nothing but a GPU by Keras needs."""
    for file in (package.graph, package.graph.with_suffix(".bin")):
        shutil.copy(file, tmp_path)
    return Package(tmp_path, package.card)


def test_the_device_and_why(graph_alone: Package) -> None:
    chosen = choose_device(device="cpu")
    engine = build_engine(chosen, graph_alone)
    assert (engine.device, engine.precision) == ("CPU", Precision.F32)
    assert chosen.reason == ""
    if find_gpu().backend:
        pytest.skip("this machine has a GPU")
    chosen = choose_device(device="auto")
    assert "GPU" in chosen.reason
    with pytest.raises(UserError, match="No GPU can be used"):
        choose_device(device="gpu")


def test_fast_is_what_passed_its_gate_and_runs_natively(graph_alone: Package) -> None:
    bf16 = PrecisionGate(precision=Precision.BF16, admitted=True)
    only = graph_alone.card.model_copy(update={"precisions": ()})
    chosen = choose_device(device="cpu", precision="fast", admitted=only.admitted)
    assert build_engine(chosen, graph_alone).precision is Precision.F32
    assert "no faster precision" in chosen.reason
    both = graph_alone.card.model_copy(update={"precisions": (bf16,)})
    fast = choose_device(device="cpu", precision="fast", admitted=both.admitted)
    native = Precision.BF16 in native_precisions()
    fast_engine = build_engine(fast, graph_alone)
    assert fast_engine.precision is (Precision.BF16 if native else Precision.F32)


def test_an_engine_is_built_beside_other_work(graph_alone: Package, cells: np.ndarray) -> None:
    choice = choose_device(device="cpu")
    with engine_under_way(choice, graph_alone) as wait_for_engine:
        at_once = build_engine(choice, graph_alone)
        engine = wait_for_engine()
    here, there = (each.submit(cells[:3]).result() for each in (at_once, engine))
    assert here.logits.tobytes() == there.logits.tobytes()
    graph_alone.graph.write_text("damaged")
    with (
        pytest.raises(RuntimeError),
        engine_under_way(choice, graph_alone) as wait_for_engine,
    ):
        wait_for_engine()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in")
def test_an_nvidia_card_that_nothing_reaches_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho Imaginary 9000\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    search = find_gpu()
    if search.backend:
        pytest.skip("this machine has a GPU")
    assert "Imaginary 9000 is there" in search.reason
