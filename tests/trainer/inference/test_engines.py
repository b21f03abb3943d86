"""The engines agree with each other, and a cell's figures do not depend on its company."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.domain import Precision
from trainer.errors import UserError
from trainer.inference.devices import choose_engine
from trainer.inference.flow import forward, ordered_map
from trainer.inference.keras_engine import KerasEngine, find_gpu
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.models.memory import out_of_memory
from trainer.models.openvino_runtime import native_precisions


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from trainer.models.random_package import random_package

    return random_package(tmp_path_factory.mktemp("models") / "random", input_size=64)


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (11, 64, 64, 3), np.uint8)


@pytest.mark.slow
def test_openvino_and_keras_agree(package: Any, cells: np.ndarray) -> None:
    from trainer.models.loading import load_network

    fast = OpenVinoEngine(package.graph, batch=11).submit(cells).result()
    slow = KerasEngine(load_network(package), device="CPU", batch=16).submit(cells).result()
    for name in ("logits", "pooled", "features"):
        ours, theirs = getattr(fast, name), getattr(slow, name)
        assert ours.shape == theirs.shape
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(theirs).max())


@pytest.mark.slow
def test_a_network_short_of_memory_gets_smaller_batches(package: Any, cells: np.ndarray) -> None:
    from trainer.models.loading import load_network

    network = load_network(package)

    class Small:
        def predict_on_batch(self, batch: np.ndarray) -> Any:
            if len(batch) > 3:
                raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
            return network.predict_on_batch(batch)

    whole = KerasEngine(network, device="GPU", batch=11).submit(cells).result()
    parts = KerasEngine(Small(), device="GPU", batch=11).submit(cells).result()
    np.testing.assert_allclose(parts.logits, whole.logits, atol=1e-4)
    assert not out_of_memory(ValueError("shape"))


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


def refuse_to_build() -> Any:
    raise AssertionError("the network was built although no GPU is used")


def test_the_device_and_why(package: Any) -> None:
    chosen = choose_engine(package.graph, refuse_to_build, device="cpu")
    assert (chosen.engine.device, chosen.engine.precision) == ("CPU", Precision.F32)
    assert chosen.reason == ""
    if find_gpu().backend:
        pytest.skip("this machine has a GPU")
    chosen = choose_engine(package.graph, refuse_to_build, device="auto")
    assert "GPU" in chosen.reason
    with pytest.raises(UserError, match="No GPU can be used"):
        choose_engine(package.graph, refuse_to_build, device="gpu")


def test_fast_is_what_passed_its_gate_and_runs_natively(package: Any) -> None:
    exact = choose_engine(package.graph, refuse_to_build, device="cpu", precision="fast")
    assert exact.engine.precision is Precision.F32
    assert "no faster precision" in exact.reason
    both = (Precision.F32, Precision.BF16)
    fast = choose_engine(
        package.graph, refuse_to_build, device="cpu", precision="fast", admitted=both
    )
    native = Precision.BF16 in native_precisions()
    assert fast.engine.precision is (Precision.BF16 if native else Precision.F32)


@pytest.mark.slow
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
