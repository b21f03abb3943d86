"""Labs are found without being told of them; one lab is left whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.data.audit.synthetic_sets import KINDS, Picture, draw_cells, encode_jpeg
from trainer.data.audit.association import associate
from trainer.data.audit.file_traits import FileTraits
from trainer.data.audit.measurements import ImageMeasurements, measure
from trainer.data.audit.sources import cluster_sources
from trainer.data.item import Item
from trainer.data.synthetic import COOL, WARM


def looked_at(pictures: list[Picture], folder: Path, quality: int = 90) -> list[ImageMeasurements]:
    sights = []
    for index, picture in enumerate(pictures):
        path = folder / f"{len(list(folder.iterdir()))}.jpg"
        path.write_bytes(encode_jpeg(picture, quality))
        sights.append(measure(Item(path, KINDS[index % 3])).measurements)
    return sights


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> list[ImageMeasurements]:
    return looked_at(draw_cells(60, 1, WARM), tmp_path_factory.mktemp("warm"))


def test_one_lab_is_left_whole(warm: list[ImageMeasurements]) -> None:
    found = cluster_sources(warm)
    assert found.count == 1
    assert found.criteria == ()
    assert not found.labels.any()


def test_two_labs_are_told_by_their_light(warm: list[ImageMeasurements], tmp_path: Path) -> None:
    found = cluster_sources([*warm, *looked_at(draw_cells(40, 2, COOL), tmp_path)])
    lab = np.repeat([0, 1], [60, 40])
    assert found.count >= 2
    assert associate(found.labels > 0, lab).v > 0.95
    assert "border" in found.criteria[0] or "together" in found.criteria[0]


def test_two_scanners_are_told_by_their_files(warm: list[ImageMeasurements]) -> None:
    other = [replace(sight, file=FileTraits("JPEG", 400, 400, 8, 1, 9, 95.0)) for sight in warm]
    found = cluster_sources([*warm, *other[:30]])
    assert associate(found.labels > 0, np.repeat([0, 1], [60, 30])).v == pytest.approx(1.0)


def test_a_few_odd_images_are_no_source(warm: list[ImageMeasurements]) -> None:
    odd = [replace(sight, file=FileTraits("PNG", 999, 999, 8, 1, 9)) for sight in warm[:5]]
    assert cluster_sources([*warm, *odd]).count == 1


def test_an_even_spread_is_one_source() -> None:
    """Sizes from 200 to 400 pixels, each as frequent: nothing parts them."""
    border = np.zeros(31, np.float32)
    sights = [
        ImageMeasurements(margin=border, file=FileTraits("JPEG", side, side, 8, 1, 9, 90.0))
        for side in range(200, 400)
    ]
    assert cluster_sources(sights).count == 1
    with pytest.raises(ValueError, match="Invalid sight"):
        cluster_sources([ImageMeasurements(error="cut off")])
