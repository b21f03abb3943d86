from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukogui.case.listing import list_images
from trainer.errors import UserError
from trainer.imaging.file_names import IMAGE_SUFFIXES
from trainer.imaging.folders.search import find_images
from trainer.natural_order import is_natural_sorted, natural_sorted

NAMES = ["cell2.jpg", "cell10.JPG", "b/x.tif", "b/a&<b>.png", "ü/😀.webp", ".hidden.jpg", "no.txt"]

PIECES = ["a", "A", "b", "_", "-", " ", ".", "/", "0", "00", "1", "9", "10", "007", "ß", "ü"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / "case" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "case" / "b" / "loop").symlink_to(tmp_path / "case")
    (tmp_path / "case" / "same.jpg").symlink_to(tmp_path / "case" / "cell2.jpg")
    return tmp_path / "case"


def test_finds_what_the_trainer_finds(folder: Path) -> None:
    listing = list_images(folder)
    assert tuple(listing.files) == find_images([folder]).relative
    assert len(listing.files) == 5


def test_takes_the_same_files_for_images(tmp_path: Path) -> None:
    for suffix in (*IMAGE_SUFFIXES, ".gif", ".csv", ""):
        (tmp_path / f"x{suffix}").touch()
    taken = {Path(name).suffix for name in list_images(tmp_path).files}
    assert taken == IMAGE_SUFFIXES


def key_by_definition(name: str) -> tuple[list[list[str | int]], str]:
    """Folder by folder, numbers as numbers, upper and lower case together."""
    parts = [re.split(r"([0-9]+)", part) for part in name.casefold().split("/")]
    keys = [[int(each) if at % 2 else each for at, each in enumerate(part)] for part in parts]
    return keys, name


@given(st.sets(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join)))
def test_sorts_as_the_trainer_does(names: set[str]) -> None:
    ordered = sorted(names, key=key_by_definition)
    assert natural_sorted(names, str) == ordered
    assert is_natural_sorted(ordered)
    assert len(names) < 2 or not is_natural_sorted(ordered[::-1])


def test_many_are_sorted_in_parts() -> None:
    names = [f"{number * 7919 % 5003}.png" for number in range(5003)]
    assert natural_sorted(names, str) == [f"{number}.png" for number in range(5003)]


def test_tells_while_it_finds(tmp_path: Path) -> None:
    for number in range(1200):
        (tmp_path / f"{number}.png").touch()
    batches: list[list[str]] = []
    listing = list_images(tmp_path, batches.append)
    assert len(batches) == 3
    assert sorted(name for batch in batches for name in batch) == sorted(listing.files)
    assert listing.files[2] == "2.png"


def test_stops_when_told_to(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number}.png").touch()
    assert len(list_images(tmp_path, should_stop=lambda: True).files) == 1


def test_a_folder_that_is_gone_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be opened"):
        list_images(tmp_path / "gone")
