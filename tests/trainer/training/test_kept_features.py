"""Features on disk: found again, bounded, and never in the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.training.kept_features import KeptFeatures, key_of

VECTORS = {key_of({"cell": index}): np.full(8, index, np.float32) for index in range(1200)}


def test_what_was_put_is_found_by_another_process_later(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "features.sqlite"
    with KeptFeatures(path) as kept:
        kept.put(VECTORS)
    with KeptFeatures(path) as kept, KeptFeatures(path) as other:
        found = kept.get(VECTORS)
        assert all((found[key] == value).all() for key, value in VECTORS.items())
        other.put({key_of({"cell": "new"}): np.ones(3)})
        assert (kept.get([key_of({"cell": "new"}), b"?"])[key_of({"cell": "new"})] == 1).all()
        kept.clear()
        assert not other.get(VECTORS)


def test_beyond_the_limit_the_oldest_go(tmp_path: Path) -> None:
    path = tmp_path / "features.sqlite"
    with KeptFeatures(path) as kept:
        kept.put(VECTORS)
    with KeptFeatures(path, limit_bytes=32 * 600) as kept:
        kept.get([])
    with KeptFeatures(path) as kept:
        assert 500 < len(kept.get(VECTORS)) <= 600


def test_a_damaged_file_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "features.sqlite"
    path.write_bytes(b"no database at all" * 500)
    with KeptFeatures(path) as kept:
        kept.put(VECTORS)
        assert len(kept.get(VECTORS)) == len(VECTORS)
    data = bytearray(path.read_bytes())
    data[4096 : len(data) - 4096] = bytes(len(data) - 8192)
    path.write_bytes(data)
    with KeptFeatures(path) as kept:
        kept.get(VECTORS)
        kept.put(VECTORS)
        assert len(kept.get(VECTORS)) == len(VECTORS)


def test_where_nothing_can_be_written_it_still_serves(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with KeptFeatures(tmp_path / "file" / "features.sqlite") as kept:
        kept.put(VECTORS)
        assert len(kept.get(VECTORS)) == len(VECTORS)


def test_the_key_depends_on_values_not_on_their_order() -> None:
    assert key_of({"a": 1, "b": [2.5]}) == key_of({"b": [2.5], "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 2})
