from __future__ import annotations

from pathlib import Path

import pytest

from trainer.atomic_files import (
    remove_partial_files,
    write_bytes,
    write_text,
    write_together,
    write_with,
)
from trainer.errors import UserError


def test_what_is_written_is_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ü.txt"
    write_text(path, "one\ntwo\n")
    assert path.read_bytes() == b"one\ntwo\n"
    write_bytes(path, b"three")
    assert path.read_bytes() == b"three"
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    write_text(path, "old")

    def fail(temporary: Path) -> None:
        temporary.write_text("half", encoding="utf-8")
        raise OSError(5, "Input/output error")

    with pytest.raises(UserError, match="could not be written: Input/output error"):
        write_with(path, fail)
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_files_of_one_result_come_together_or_not_at_all(small_disk: Path) -> None:
    write_together(small_disk, {"table.csv": b"old"})
    new = {"figures/one.png": bytes(30_000), "table.csv": b"new", "report.html": bytes(60_000)}
    with pytest.raises(UserError, match=r"full: report.html was not written\. 90,003 bytes"):
        write_together(small_disk, new)
    assert (small_disk / "table.csv").read_bytes() == b"old"
    assert [path.name for path in small_disk.iterdir()] == ["table.csv"]
    write_together(small_disk, {**new, "report.html": b"short"})
    assert (small_disk / "table.csv").read_bytes() == b"new"
    assert (small_disk / "figures" / "one.png").stat().st_size == 30_000


def test_a_mistake_of_the_writer_passes_as_it_is(tmp_path: Path) -> None:
    def fail(temporary: Path) -> None:
        temporary.touch()
        raise LookupError("a mistake")

    with pytest.raises(LookupError, match="a mistake"):
        write_with(tmp_path / "x", fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["name", "a/b/name"])
def test_a_file_in_the_place_of_the_folder_is_told_in_words(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="is no folder: a file lies there") as told:
        write_text(tmp_path / "file" / below, "x")
    assert isinstance(told.value.__cause__, OSError)
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    left = tmp_path / "a" / ".0123456789ab.part"
    kept = tmp_path / "a" / "mine.part"
    left.touch()
    kept.touch()
    remove_partial_files(tmp_path)
    assert list((tmp_path / "a").iterdir()) == [kept]
