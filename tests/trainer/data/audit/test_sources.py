"""Labs are found without being told of them; one lab is left whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.data.audit.drawn_sets import KINDS, Picture, cells, jpeg
from trainer.data.audit.association import associate
from trainer.data.audit.file_traits import FileTraits
from trainer.data.audit.measurements import Sight, see
from trainer.data.audit.sources import find_sources
from trainer.data.item import Item
from trainer.data.synthetic import COOL, WARM


def looked_at(pictures: list[Picture], folder: Path, quality: int = 90) -> list[Sight]:
    sights = []
    for index, picture in enumerate(pictures):
        path = folder / f"{len(list(folder.iterdir()))}.jpg"
        path.write_bytes(jpeg(picture, quality))
        sights.append(see(Item(path, KINDS[index % 3])).sight)
    return sights


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> list[Sight]:
    return looked_at(cells(60, 1, WARM), tmp_path_factory.mktemp("warm"))


def test_one_lab_is_left_whole(warm: list[Sight]) -> None:
    found = find_sources(warm)
    assert found.count == 1
    assert found.parted_by == ()
    assert not found.number.any()


def test_two_labs_are_told_by_their_light(warm: list[Sight], tmp_path: Path) -> None:
    found = find_sources([*warm, *looked_at(cells(40, 2, COOL), tmp_path)])
    lab = np.repeat([0, 1], [60, 40])
    assert found.count >= 2
    assert associate(found.number > 0, lab).v > 0.95
    assert "border" in found.parted_by[0] or "together" in found.parted_by[0]


def test_two_scanners_are_told_by_their_files(warm: list[Sight]) -> None:
    other = [replace(sight, file=FileTraits("JPEG", 400, 400, 8, 1, 9, 95.0)) for sight in warm]
    found = find_sources([*warm, *other[:30]])
    assert associate(found.number > 0, np.repeat([0, 1], [60, 30])).v == pytest.approx(1.0)


def test_a_few_odd_images_are_no_source(warm: list[Sight]) -> None:
    odd = [replace(sight, file=FileTraits("PNG", 999, 999, 8, 1, 9)) for sight in warm[:5]]
    assert find_sources([*warm, *odd]).count == 1


def test_an_even_spread_is_one_source() -> None:
    """Sizes from 200 to 400 pixels, each as frequent: nothing parts them."""
    border = np.zeros(31, np.float32)
    sights = [
        Sight(border=border, file=FileTraits("JPEG", side, side, 8, 1, 9, 90.0))
        for side in range(200, 400)
    ]
    assert find_sources(sights).count == 1
    with pytest.raises(ValueError, match="Invalid sight"):
        find_sources([Sight(error="cut off")])
