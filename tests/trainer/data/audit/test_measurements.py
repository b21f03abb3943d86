"""What is taken from one image: file traits, looks, oddities, and why it cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from tests.trainer.data.audit.synthetic_sets import Picture, draw_cells, encode_jpeg, measure_set
from trainer.data.audit.analysis import analyse
from trainer.data.audit.appearance import (
    APPEARANCE_FEATURES,
    MARGIN_FEATURES,
    background_mask,
    margin_mask,
    measure_appearance,
    measure_margin,
)
from trainer.data.audit.file_traits import TRAIT_NAMES
from trainer.data.audit.measurements import ImageMeasurements, measure
from trainer.data.audit.outliers import find_outliers
from trainer.data.item import Item
from trainer.imaging.segmentation.white_cell import segment_cell


def seen(folder: Path, name: str, data: bytes) -> ImageMeasurements:
    path = folder / name
    path.write_bytes(data)
    return measure(Item(path, "monocyte")).measurements


def saved(picture: Picture, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(picture).save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def cell() -> Picture:
    return draw_cells(1, seed=4, size=160)[0]


def test_traits_of_a_jpeg_and_of_a_png(tmp_path: Path, cell: Picture) -> None:
    exif = Pillow.Exif()
    exif[271] = "a camera"
    made = saved(cell, "JPEG", quality=75, subsampling="4:2:0", progressive=True, exif=exif)
    file = seen(tmp_path, "a.jpg", made).file
    assert file is not None
    assert (file.format, file.width, file.height, file.size) == ("JPEG", 160, 160, len(made))
    assert file.quality == pytest.approx(75, abs=0.5)
    assert (file.subsampling, file.progressive, file.exif, file.profile) == (4, True, True, False)
    assert len(file.feature_vector()) == len(TRAIT_NAMES)
    plain = seen(tmp_path, "a.png", saved(cell, "PNG")).file
    assert plain is not None
    assert (plain.format, plain.quality, plain.subsampling) == ("PNG", 0.0, 0)


def test_looks_are_the_plain_statistics(cell: Picture) -> None:
    mask = margin_mask(*cell.shape[:2])
    look = measure_appearance(cell, mask)
    assert look is not None
    told = dict(zip(APPEARANCE_FEATURES, look, strict=True))
    red = cell[..., 0][mask]
    assert told["mean red"] == pytest.approx(red.mean(), rel=1e-5)
    assert told["spread of red"] == pytest.approx(red.std(), rel=1e-4)
    for name, percent in (("darkest", 10), ("middling", 50), ("brightest", 90)):
        assert told[f"{name} red"] == pytest.approx(np.percentile(red, percent), abs=1)
    assert mask.mean() == pytest.approx(1 - 0.84**2, abs=0.01)
    assert len(measure_margin(cell)) == len(MARGIN_FEATURES)
    assert measure_appearance(cell, np.zeros_like(mask)) is None


def test_jpeg_squares_show() -> None:
    """Steps on the 8-pixel grid count, the same steps elsewhere do not."""
    blocks = np.kron(np.random.default_rng(0).integers(90, 160, (12, 12)), np.ones((8, 8)))
    on_grid = np.repeat(blocks.astype(np.uint8)[..., None], 3, axis=2)
    off_grid = np.ascontiguousarray(np.roll(on_grid, 3, axis=1))
    everywhere = np.ones(on_grid.shape[:2], np.bool_)
    steps = [
        dict(zip(APPEARANCE_FEATURES, look, strict=True))["JPEG squares"]
        for picture in (on_grid, off_grid)
        if (look := measure_appearance(picture, everywhere)) is not None
    ]
    assert steps[0] > 15
    assert steps[1] < 0


def test_the_background_holds_no_pixel_of_the_cell(cell: Picture) -> None:
    found = segment_cell(cell)
    away = background_mask(found, *cell.shape[:2])
    side = cell.shape[0]
    rows, columns = np.nonzero(found.mask)
    assert not away[rows * side // 128, columns * side // 128].any()
    assert not away[side // 2, side // 2]
    assert away[0].all()
    assert 0.3 < away.mean() < 0.75


def test_odd_images_are_told_apart(tmp_path: Path, cell: Picture) -> None:
    grey = np.repeat(cell.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    deep = io.BytesIO()
    tifffile.imwrite(deep, cell.astype(np.uint16) * 257, photometric="rgb")
    odd = {
        "grey.jpg": (encode_jpeg(grey), "grey"),
        "deep.tif": (deep.getvalue(), "more than 8 bits"),
        "tiny.png": (saved(cell[:40, :40], "PNG"), "tiny"),
        "wide.png": (saved(cell[40:140], "PNG"), "other shape"),
        "large.png": (saved(np.kron(cell, np.ones((3, 3, 1), np.uint8)), "PNG"), "other size"),
        "named.png": (encode_jpeg(cell), "wrong name"),
        "empty.png": (saved(np.full((160, 160, 3), 235, np.uint8), "PNG"), "empty"),
    }
    plain = [seen(tmp_path, f"{index}.jpg", encode_jpeg(cell)) for index in range(9)]
    sights = plain + [seen(tmp_path, name, data) for name, (data, _) in odd.items()]
    told: dict[int, set[str]] = {}
    for oddity in find_outliers(sights):
        told.setdefault(oddity.row, set()).add(oddity.kind)
    assert not told.keys() & set(range(9))
    for row, (_, kind) in enumerate(odd.values(), start=9):
        assert kind in told[row]
    assert find_outliers([ImageMeasurements(error="empty")]) == ()


def test_an_image_that_cannot_be_read_says_why(tmp_path: Path, cell: Picture) -> None:
    whole = encode_jpeg(cell)
    assert "cut off" in seen(tmp_path, "cut.jpg", whole[: len(whole) // 2]).error
    assert "empty" in seen(tmp_path, "empty.jpg", b"").error
    assert measure(Item(tmp_path / "gone.jpg", "monocyte")).measurements.error


def test_tables_count_every_image_once(tmp_path: Path, cell: Picture) -> None:
    lines = ["file,label,split,patient,source"]
    for index in range(50):
        (tmp_path / f"{index}.jpg").write_bytes(encode_jpeg(cell, 50 + index))
        split = ("train", "val", "test")[index % 3]
        lines.append(f"{index}.jpg,{'ab'[index % 2]},{split},p{index % 30},lab {index % 2}")
    (tmp_path / "50.jpg").write_bytes(b"nothing")
    lines.append("50.jpg,a,,,")
    table = tmp_path / "data.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    tables = {each.by: each for each in analyse(*measure_set(table)).tables}
    for each in tables.values():
        assert sum(map(sum, each.counts)) == 51
    assert tables["split"].columns == ("train", "val", "test", "not known")
    assert tables["patient"].columns[-1] == "others (11)"
    assert tables["patient"].distinct == 30
    assert tables["format"].columns == ("JPEG", "not read")
    assert tables["source"].counts[0] == (25, 0, 1)
