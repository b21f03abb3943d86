"""Results on disk: found again, bounded, and never in the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trainer.cache.results import ResultCache, key_of

VALUES = {key_of({"cell": index}): bytes([index % 256] * 32) for index in range(1200)}


def test_what_was_put_is_found_by_another_process_later(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "kept.sqlite"
    with ResultCache(path) as kept:
        kept.put(VALUES)
    with ResultCache(path) as kept, ResultCache(path) as other:
        found = kept.get(VALUES)
        assert found == VALUES
        other.put({key_of({"cell": "new"}): b"new"})
        assert list(kept.get([key_of({"cell": "new"}), b"?"]).values()) == [b"new"]
        kept.clear()
        assert not other.get(VALUES)


def test_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    with ResultCache(tmp_path / "kept.sqlite") as kept, ThreadPoolExecutor(4) as pool:

        def use(thread: int) -> int:
            for number in range(200):
                key = key_of({"thread": thread, "number": number})
                kept.put({key: key})
                assert kept.get([key]) == {key: key}
            return thread

        assert list(pool.map(use, range(4))) == [0, 1, 2, 3]
        keys = [key_of({"thread": t, "number": n}) for t in range(4) for n in range(200)]
        assert len(kept.get(keys)) == 800  # nothing was thrown away as damaged


def test_beyond_the_limit_the_oldest_go(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    with ResultCache(path) as kept:
        kept.put(VALUES)
    with ResultCache(path, limit_bytes=32 * 600) as kept:
        kept.get([])
    with ResultCache(path) as kept:
        assert 500 < len(kept.get(VALUES)) <= 600


def test_a_damaged_file_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    path.write_bytes(b"no database at all" * 500)
    with ResultCache(path) as kept:
        kept.put(VALUES)
        assert len(kept.get(VALUES)) == len(VALUES)
    data = bytearray(path.read_bytes())
    data[4096 : len(data) - 4096] = bytes(len(data) - 8192)
    path.write_bytes(data)
    with ResultCache(path) as kept:
        kept.get(VALUES)
        kept.put(VALUES)
        assert len(kept.get(VALUES)) == len(VALUES)


def test_where_nothing_can_be_written_it_still_serves(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with ResultCache(tmp_path / "file" / "kept.sqlite") as kept:
        kept.put(VALUES)
        assert len(kept.get(VALUES)) == len(VALUES)


def test_the_key_depends_on_values_not_on_their_order() -> None:
    assert key_of({"a": 1, "b": [2.5]}) == key_of({"b": [2.5], "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 2})
