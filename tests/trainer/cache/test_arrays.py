"""Arrays on disk: found again, whole or not at all, and never in the disk's way."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.cache.arrays import MAX_ARRAYS, STALE_SECONDS, ArrayCache, NotCachedError
from trainer.cache.results import key_of

SHAPE = (10, 4, 3)
ARRAY = np.random.default_rng(0).normal(size=SHAPE).astype(np.float16)


def key(name: str) -> bytes:
    return key_of({"name": name})


def blocks(array: NDArray[np.float16] = ARRAY) -> Iterator[NDArray[np.float16]]:
    yield array[:4]
    yield array[4:]


def test_what_was_put_is_found_later_and_not_read_into_memory(tmp_path: Path) -> None:
    put = ArrayCache(tmp_path / "new").put(key("a"), SHAPE, blocks())
    found = ArrayCache(tmp_path / "new").get(key("a"), SHAPE)
    for array in (put, found):
        assert isinstance(array, np.memmap)
        assert array.dtype == np.float16
        assert (array == ARRAY).all()
    assert ArrayCache(tmp_path / "new").get(key("b"), SHAPE) is None


@pytest.mark.parametrize("fault", ["empty", "cut short", "a bit", "the end", "longer", "text"])
def test_what_is_damaged_is_missing_and_can_be_put_again(tmp_path: Path, fault: str) -> None:
    arrays = ArrayCache(tmp_path)
    arrays.put(key("a"), SHAPE, blocks())
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    changed = bytearray(data)
    changed[-20] ^= 1
    ended = bytearray(data)
    ended[-1] ^= 1
    damaged = {
        "empty": b"",
        "cut short": data[:-50],
        "a bit": changed,
        "the end": ended,
        "longer": data + b"more",
        "text": b"no array" * 100,
    }
    path.write_bytes(damaged[fault])
    assert arrays.get(key("a"), SHAPE) is None
    arrays.put(key("a"), SHAPE, blocks())
    assert path.read_bytes() == data


def test_an_array_of_another_shape_is_not_that_array(tmp_path: Path) -> None:
    arrays = ArrayCache(tmp_path)
    arrays.put(key("a"), SHAPE, blocks())
    assert arrays.get(key("a"), (5, 8, 3)) is None


def test_what_was_not_used_for_the_longest_time_goes_first(tmp_path: Path) -> None:
    arrays = ArrayCache(tmp_path)
    names = [f"array {number}" for number in range(MAX_ARRAYS)]
    for age, name in enumerate(names):
        arrays.put(key(name), SHAPE, blocks())
        os.utime(max(tmp_path.iterdir(), key=os.path.getctime), (1000 + age, 1000 + age))
    assert arrays.get(key(names[0]), SHAPE) is not None
    arrays.put(key("one more"), SHAPE, blocks())
    left = [name for name in (*names, "one more") if arrays.get(key(name), SHAPE) is not None]
    assert left == [names[0], *names[2:], "one more"]


def test_together_they_keep_to_the_limit(tmp_path: Path) -> None:
    arrays = ArrayCache(tmp_path, limit_bytes=800)
    for name in ("a", "b"):
        arrays.put(key(name), SHAPE, blocks())
    assert arrays.get(key("a"), SHAPE) is None
    assert arrays.get(key("b"), SHAPE) is not None
    with pytest.raises(NotCachedError, match="more than the"):
        ArrayCache(tmp_path, limit_bytes=100).put(key("c"), SHAPE, blocks())
    assert arrays.get(key("b"), SHAPE) is not None


def test_a_small_disk_is_left_alone(small_disk: Path) -> None:
    arrays = ArrayCache(small_disk / "arrays", spare_bytes=20_000)
    arrays.put(key("a"), SHAPE, blocks())
    with pytest.raises(NotCachedError, match="are free in"):
        ArrayCache(small_disk / "arrays").put(key("b"), SHAPE, blocks())
    large = np.zeros((20, 512), np.float16)
    with pytest.raises(NotCachedError, match="are free in") as caught:
        arrays.put(key("b"), (60, 512), blocks(np.concatenate([large] * 3)))
    assert "to have them kept" in caught.value.hint
    assert arrays.get(key("a"), SHAPE) is not None
    arrays.put(key("c"), large.shape, blocks(large))


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotCachedError, match="is no folder"):
        ArrayCache(tmp_path / "file" / "arrays").put(key("a"), SHAPE, blocks())


def test_what_was_broken_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[NDArray[np.float16]]:
        yield ARRAY[:4]
        raise KeyboardInterrupt

    arrays = ArrayCache(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        arrays.put(key("a"), SHAPE, broken())
    assert not list(tmp_path.iterdir())
    old, new = tmp_path / ".killed.part", tmp_path / ".busy.part"
    for path in (old, new):
        path.write_bytes(b"half")
    then = time.time() - 2 * STALE_SECONDS
    os.utime(old, (then, then))
    arrays.put(key("a"), SHAPE, blocks())
    assert new.exists()
    assert not old.exists()
