"""The head in numpy against the network itself, and its file."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.errors import PackageError
from trainer.models.head import Head, load_head
from trainer.models.package.card import HeadSpec
from trainer.models.safe_files.npz import read_arrays, write_arrays

SPECS = [
    HeadSpec(),
    HeadSpec(batch_norm=True),
    HeadSpec(hidden=9),
    HeadSpec(batch_norm=True, hidden=9),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_logits_and_gradient_are_those_of_a_gradient_tape(spec: HeadSpec) -> None:
    import keras
    import tensorflow as tf

    from trainer.models.network.build import build_network, head_of

    keras.utils.set_random_seed(5)
    network = build_network("MobileNetV2", 4, 32, spec)
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if layer.name in ("head_norm", "head_hidden"):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
            if layer.name == "head_hidden":
                layer.kernel.assign(rng.normal(0, 0.1, layer.kernel.shape))
                layer.bias.assign(rng.normal(0, 0.1, layer.bias.shape))
    pooled = rng.normal(0, 1, (6, 1280)).astype(np.float32)
    after = keras.Model(network.get_layer("pooled").output, network.output["logits"])
    with tf.GradientTape(persistent=True) as tape:
        x = tf.constant(pooled)
        tape.watch(x)
        logits = after(x, training=False)
        columns = [logits[:, index] for index in range(4)]
    slopes = np.stack([tape.gradient(column, x).numpy() for column in columns], axis=1)

    head = head_of(network)
    np.testing.assert_allclose(head.logits(pooled), logits.numpy(), rtol=0, atol=1e-5)
    np.testing.assert_allclose(head.gradient(pooled), slopes, rtol=0, atol=1e-5)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 5), st.integers(2, 4), st.booleans(), st.integers(0, 3))
def test_the_gradient_is_the_limit_of_differences(
    count: int, classes: int, norm: bool, hidden: int
) -> None:
    rng = np.random.default_rng(count + 10 * classes + 100 * hidden)
    k, width = 6, hidden or 6
    head = Head(
        rng.normal(size=(width, classes)),
        rng.normal(size=classes),
        *((rng.normal(size=k), rng.normal(size=k)) if norm else (None, None)),
        *((rng.normal(size=(k, hidden)), rng.normal(size=hidden)) if hidden else (None, None)),
    )
    pooled = rng.normal(size=(count, k))
    slopes = head.gradient(pooled)
    assert slopes.shape == (count, classes, k)
    for index in range(k):
        step = np.zeros(k)
        step[index] = 1e-7
        change = (head.logits(pooled + step) - head.logits(pooled - step)) / 2e-7
        np.testing.assert_allclose(slopes[:, :, index], change, atol=1e-5)


def full_head() -> Head:
    rng = np.random.default_rng(1)
    shapes = [(3, 2), (2,), (5,), (5,), (5, 3), (3,)]
    return Head(*(rng.normal(size=shape).astype(np.float32) for shape in shapes))


def test_a_head_comes_back_from_its_file(tmp_path: Path) -> None:
    head = full_head()
    head.save(tmp_path / "head.npz")
    again = load_head(tmp_path / "head.npz")
    pooled = np.random.default_rng(2).normal(size=(4, 5)).astype(np.float32)
    np.testing.assert_array_equal(head.logits(pooled), again.logits(pooled))


def test_equal_heads_give_equal_files(tmp_path: Path) -> None:
    full_head().save(tmp_path / "a.npz")
    full_head().save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(3, 2), (3,)], "bias"),
        ([(3, 2), (2,), (4,), (4,)], "batch norm"),
        ([(3, 2), (2,), None, None, (5, 4), (4,)], "hidden layer of 4"),
        ([(3, 2), (2,), None, None, (5, 3), (4,)], "hidden kernel"),
        ([(3, 2), (2,), (3,), None], "only one of"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    shapes: list[tuple[int, ...] | None], message: str
) -> None:
    with pytest.raises(PackageError, match=message):
        Head(*(None if shape is None else np.zeros(shape, np.float32) for shape in shapes))


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("pickle-ran"),)  # type: ignore[return-value]


def test_a_pickle_in_a_head_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "head.npz", kernel=np.array([Bomb()], dtype=object), bias=np.zeros(1))
    with pytest.raises(PackageError, match="pickled objects"):
        load_head(tmp_path / "head.npz")
    with zipfile.ZipFile(tmp_path / "head.npz", "w") as archive:
        archive.writestr("kernel.npy", pickle.dumps(Bomb()))
    with pytest.raises(PackageError, match="cannot be read"):
        load_head(tmp_path / "head.npz")
    assert not (tmp_path / "pickle-ran").exists()


def test_an_array_that_announces_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    header = b"\x93NUMPY\x01\x00"
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    text += b" " * (118 - len(text)) + b"\n"
    data = header + len(text).to_bytes(2, "little") + text + b"\0" * 64
    with zipfile.ZipFile(tmp_path / "head.npz", "w") as archive:
        archive.writestr("kernel.npy", data)
    with pytest.raises(PackageError, match="announces 4000000000000 bytes, but 64"):
        read_arrays(tmp_path / "head.npz")


def test_arrays_that_would_unpack_to_too_much_are_refused(tmp_path: Path) -> None:
    write_arrays(tmp_path / "big.npz", {"zeros": np.zeros(3_000_000, np.float32)})
    assert (tmp_path / "big.npz").stat().st_size < 100_000
    with pytest.raises(PackageError, match="would unpack to 12 MB"):
        read_arrays(tmp_path / "big.npz", limit=10_000_000)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and no more", b"\x80\x04K\x01."])
def test_a_damaged_head_is_refused(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "head.npz").write_bytes(damage)
    with pytest.raises(PackageError, match=r"“head.npz” is damaged or not a file of arrays"):
        load_head(tmp_path / "head.npz")


def test_a_head_of_other_arrays_is_refused(tmp_path: Path) -> None:
    write_arrays(tmp_path / "head.npz", {"weights": np.zeros(3, np.float32)})
    with pytest.raises(PackageError, match="not the head of a model: it holds weights"):
        load_head(tmp_path / "head.npz")


def test_a_head_with_numbers_that_are_none_is_refused(tmp_path: Path) -> None:
    kernel = np.array([[1, np.nan]], np.float32)
    write_arrays(tmp_path / "head.npz", {"kernel": kernel, "bias": np.zeros(2, np.float32)})
    with pytest.raises(PackageError, match="not finite"):
        load_head(tmp_path / "head.npz")
