"""Fields are decoded once for their cells, and not held for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.domain import Box, SourceProfile
from trainer.errors import ImageError
from trainer.imaging.model_input import ImageTask, Product
from trainer.imaging.preprocess import ViewParameters, preprocess
from trainer.imaging.reader import Image
from trainer.imaging.recent_images import RecentImages
from trainer.imaging.view import View

PARAMETERS = ViewParameters(View(), 64, SourceProfile(red_cell_diameter=30.0))


def picture(value: int, side: int = 100) -> Image:
    return Image.from_pixels(np.full((side, side, 3), value, np.uint8))


def test_an_image_is_read_once_by_all_threads() -> None:
    images, reads = RecentImages(10**6), []

    def read() -> Image:
        reads.append(1)
        return picture(1)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: images.get("a", read), range(50)))
    assert len(reads) == 1
    assert len({id(image) for image in found}) == 1


def test_the_oldest_is_dropped_first() -> None:
    images, reads = RecentImages(65_000), []  # two pictures of 30,000 bytes

    def get(key: str) -> None:
        images.get(key, lambda: reads.append(key) or picture(1))

    for key in ("a", "b", "a", "c", "a", "b"):
        get(key)
    assert reads == ["a", "b", "c", "b"]


def test_what_is_too_large_and_what_fails_is_not_held() -> None:
    images, reads = RecentImages(1000), []
    for _ in range(2):
        images.get("large", lambda: reads.append(1) or picture(1))
    assert len(reads) == 2

    def fail() -> Image:
        raise ImageError("The file is empty.")

    with pytest.raises(ImageError):
        images.get("x", fail)
    assert images.get("x", lambda: picture(7, 10)).pixels[0, 0, 0] == 7


def test_a_field_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "f.png"
    task = ImageTask("f", path, Box(50, 50, 30, 30))
    seen = []
    for value in (100, 200):
        cv2.imwrite(str(path), np.full((140 + value, 200, 3), value, np.uint8))
        found = preprocess(task, PARAMETERS, Product.IMAGE)
        assert found.image is not None
        seen.append((int(found.image[40, 40, 0]), found.sha256))
    assert [value for value, _ in seen] == [100, 200]
    assert seen[0][1] != seen[1][1]
    path.unlink()
    assert "does not exist" in preprocess(task, PARAMETERS).error
