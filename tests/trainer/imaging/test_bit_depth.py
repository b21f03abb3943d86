"""The depth of 16-bit images is that of their folder."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.imaging.image_files import build_png, encode_picture, encode_tiff, picture
from trainer.imaging import read_image
from trainer.imaging.bit_depth import FolderDepths, choose_depth, sample_depths
from trainer.imaging.files import read_file
from trainer.imaging.preprocess import decode_cell, read_cell

TWELVE = "12-bit in 16-bit samples, scaled by 255/4095"


def bright(seed: int) -> np.ndarray:
    """An image of a 12-bit camera whose background is near its brightest."""
    return picture(seed=seed).astype(np.uint16) * 15 + 7


def dark(seed: int = 0) -> np.ndarray:
    """An image of the same camera with a fifth of the light: 10 bits would hold it."""
    return np.asarray(bright(seed) // 5, np.uint16)


def write(path: Path, samples: np.ndarray) -> None:
    if path.suffix == ".png":
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
        path.write_bytes(build_png(samples.shape[1], samples.shape[0], 16, 2, rows))
    else:
        path.write_bytes(encode_tiff(samples, photometric="rgb"))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_dark_image_is_scaled_as_its_neighbours(tmp_path: Path, suffix: str) -> None:
    for number in range(5):
        write(tmp_path / f"{number}{suffix}", bright(number))
    write(tmp_path / f"dark{suffix}", dark())
    write(tmp_path / f"black{suffix}", dark() // 8)  # 8 bits would hold it
    for name, samples in (("dark", dark()), ("black", dark() // 8), ("3", bright(3))):
        image = read_image(tmp_path / f"{name}{suffix}")
        assert TWELVE in image.notes
        assert np.array_equal(image.pixels, np.round(samples / 4095 * 255))
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(tmp_path / f"dark{suffix}", alone)
    assert "10-bit in 16-bit samples" in read_image(alone / f"dark{suffix}").notes[-1]


def test_all_ways_to_read_a_file_agree(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", bright(1))
    write(tmp_path / "b.png", dark())
    path = tmp_path / "b.png"
    read = [read_cell(path).image, decode_cell(read_file(path, 100), path).image, read_image(path)]
    assert all(np.array_equal(read[0].pixels, each.pixels) for each in read)
    assert all(TWELVE in each.notes for each in read)


def test_a_neighbour_that_states_its_depth_counts_too(tmp_path: Path) -> None:
    metadata = {"axes": "YXS", "SignificantBits": 12}
    stated = encode_tiff(dark(1), ome=True, photometric="rgb", metadata=metadata)
    (tmp_path / "a.ome.tif").write_bytes(stated)
    write(tmp_path / "b.tif", dark())
    assert TWELVE in read_image(tmp_path / "b.tif").notes


def test_files_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "b.tif", dark())
    (tmp_path / "a.tif").write_bytes(b"no image")
    (tmp_path / "c.png").write_bytes(encode_picture(picture(), "PNG"))
    (tmp_path / ".d.tif").write_bytes(encode_tiff(bright(0), photometric="rgb"))
    assert sample_depths(tmp_path) == Counter({(10, (64, 48)): 1})
    assert sample_depths(tmp_path / "gone") == Counter()


def test_two_cameras_in_one_folder_keep_their_depths(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path / f"a{number}.tif", bright(number))
        full = picture(30, 40, seed=number).astype(np.uint16) * 257
        write(tmp_path / f"b{number}.tif", full)
    assert TWELVE in read_image(tmp_path / "a0.tif").notes
    assert "16-bit, scaled by 1/257" in read_image(tmp_path / "b0.tif").notes


def test_a_series_of_exposures_has_one_depth(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / f"{number}.png", bright(0) >> (number % 5))
    for number in range(5):
        image = read_image(tmp_path / f"{number}.png")
        assert TWELVE in image.notes
        assert np.array_equal(image.pixels, np.round((bright(0) >> number) / 4095 * 255))


SMALL, LARGE = (40, 30), (64, 48)


@pytest.mark.parametrize(
    ("own", "sample", "depth"),
    [
        (10, {(12, SMALL): 1, (10, SMALL): 1}, 12),
        (10, {(12, SMALL): 4, (10, SMALL): 9}, 12),
        (12, {(16, SMALL): 20, (12, LARGE): 3}, 16),
        (12, {(16, SMALL): 20, (12, LARGE): 4}, 12),
        (10, {(16, SMALL): 20, (12, LARGE): 4, (10, LARGE): 5}, 12),
        (12, {(16, SMALL): 9, (12, SMALL): 4, (12, LARGE): 4}, 16),
        (8, {(16, SMALL): 20, (12, SMALL): 1, (8, SMALL): 1}, 16),
        (12, {(8, SMALL): 50}, 12),
        (10, {}, 10),
    ],
)
def test_the_depth_among_neighbours(own: int, sample: dict, depth: int) -> None:
    assert choose_depth(own, Counter(sample)) == depth


def test_a_clipped_background_shows_its_camera(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", picture().astype(np.uint16) * 257)
    clipped = bright(0)
    clipped[:3] = 4095
    write(tmp_path / "b.tif", clipped)
    assert TWELVE in read_image(tmp_path / "b.tif").notes


def test_a_folder_is_sampled_again_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.imaging.bit_depth._VALID_SECONDS", 0.0)
    rule = FolderDepths().rule(tmp_path / "b.tif")
    write(tmp_path / "b.tif", dark())
    os.utime(tmp_path, ns=(1, 1))  # clocks of file systems are coarse
    assert rule(int(dark().max())) == 10
    write(tmp_path / "a.tif", bright(0))
    assert rule(int(dark().max())) == 12
