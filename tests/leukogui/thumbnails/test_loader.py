from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from leukogui.thumbnails import render
from leukogui.thumbnails.disk_cache import SIDE, DiskCache
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import THREADS, ThumbnailLoader
from tests.leukogui.window_fixtures import PATIENCE
from trainer.domain import Box


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ThumbnailLoader]:
    shop = ThumbnailLoader(tmp_path / "cache")
    yield shop
    shop.close()


def wait_for(qtbot: QtBot, shop: ThumbnailLoader, path: Path) -> None:
    qtbot.waitUntil(
        lambda: shop.get(ThumbnailKey(path)) is not None or bool(shop.error(ThumbnailKey(path))),
        timeout=PATIENCE,
    )


def test_a_thumbnail_has_the_size_asked_for_and_keeps_its_shape(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path
) -> None:
    path = tmp_path / "wide & <b>.png"
    Image.new("RGB", (900, 300), (200, 10, 30)).save(path)
    shop.request([ThumbnailKey(path)], 96)
    wait_for(qtbot, shop, path)
    image = shop.get(ThumbnailKey(path))
    assert image is not None
    assert (image.width(), image.height()) == (96, 32)
    assert image.pixelColor(5, 5).red() == pytest.approx(200, abs=3)


def test_it_is_kept_on_disk_until_the_file_changes(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path
) -> None:
    path = tmp_path / "cell.png"
    Image.new("RGB", (800, 800), (10, 200, 30)).save(path)
    shop.request([ThumbnailKey(path)], 64)
    wait_for(qtbot, shop, path)
    cache = DiskCache(tmp_path / "cache")
    before = cache.key(path)
    assert cache.get(before) is not None
    Image.new("RGB", (801, 800), (10, 200, 30)).save(path)
    assert cache.get(cache.key(path)) is None


def test_a_file_that_cannot_be_read_says_why(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.png").write_text("no image", encoding="utf-8")
    for name in ("empty.jpg", "text.png", "gone.jpg"):
        shop.request([ThumbnailKey(tmp_path / name)], 64)
        wait_for(qtbot, shop, tmp_path / name)
        assert shop.error(ThumbnailKey(tmp_path / name))


def test_only_the_last_wish_counts(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    make = render.render_thumbnail

    def make_when_let(path: Path, cache: DiskCache, side: int) -> object:
        gate.wait(PATIENCE / 1000)
        return make(path, cache, side)

    monkeypatch.setattr(render, "render_thumbnail", make_when_let)
    paths = [tmp_path / f"{number}.png" for number in range(30)]
    for path in paths:
        Image.new("RGB", (60, 60)).save(path)
    shop.request(map(ThumbnailKey, paths), 64)
    shop.request([ThumbnailKey(paths[-1])], 64)
    gate.set()
    wait_for(qtbot, shop, paths[-1])
    shop.close()
    made = sum(shop.get(ThumbnailKey(path)) is not None for path in paths)
    assert made <= 1 + THREADS  # those that had begun


def test_a_closed_shop_begins_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    shop = ThumbnailLoader(tmp_path / "cache")
    shop.close()
    before = threading.active_count()
    shop.request([ThumbnailKey(tmp_path / "cell.png")], 64)
    assert threading.active_count() == before


def test_the_oldest_are_pruned(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    noise = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)
    for number in range(5):
        cache.put(f"{number:040d}", noise)
    size = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*.jpg"))
    cache.prune(size // 2)
    left = list((tmp_path / "cache").rglob("*.jpg"))
    assert 1 <= len(left) <= 2


def test_a_cache_that_cannot_be_written_costs_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    shop = ThumbnailLoader(tmp_path / "file" / "cache")
    path = tmp_path / "cell.png"
    Image.new("RGB", (400, 400)).save(path)
    shop.request([ThumbnailKey(path)], 64)
    wait_for(qtbot, shop, path)
    shop.close()
    assert shop.get(ThumbnailKey(path)) is not None


FIELD_SIZE = (400, 300)


def field_with_squares(folder: Path) -> tuple[Path, list[Box]]:
    """An image with squares of one red each, 20 px apart from the edges at least."""
    picture = np.full((FIELD_SIZE[1], FIELD_SIZE[0], 3), 255, np.uint8)
    boxes = []
    for number in range(20):
        x, y = 20 + 70 * (number % 5), 20 + 70 * (number // 5)
        picture[y : y + 40, x : x + 40] = (10 * number, 0, 0)
        boxes.append(Box(x, y, 40, 40))
    Image.fromarray(picture).save(folder / "field.png")
    return folder / "field.png", boxes


def test_the_cells_of_a_field_are_cut_from_one_reading(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, boxes = field_with_squares(tmp_path)
    readings = []
    read = render.read_image
    monkeypatch.setattr(render, "read_image", lambda *a, **k: readings.append(1) or read(*a, **k))
    shop.boxes_of = lambda field: boxes if field == path else ()
    keys = [ThumbnailKey(path, box) for box in boxes]
    shop.request(keys[3:7], 60)
    qtbot.waitUntil(lambda: all(shop.get(key) for key in keys[3:7]), timeout=PATIENCE)
    for number in range(3, 7):
        image = shop.get(keys[number])
        assert image is not None
        assert (image.width(), image.height()) == (60, 60)
        assert image.pixelColor(30, 30).red() == pytest.approx(10 * number, abs=6)
        assert image.pixelColor(2, 2).red() > 240  # the margin around the cell
    # The others are on the disk now: they are shown without another reading.
    shop.request(keys, 60)
    qtbot.waitUntil(lambda: all(shop.get(key) for key in keys), timeout=PATIENCE)
    assert len(readings) == 1
    assert shop.get(ThumbnailKey(path)) is None


def test_a_cell_at_the_edge_is_shown_without_a_gap(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path
) -> None:
    path, _ = field_with_squares(tmp_path)
    keys = [
        ThumbnailKey(path, Box(0, 0, 30, 30)),
        ThumbnailKey(path, Box(380, 280, 20, 20)),
        ThumbnailKey(path, Box(-50, -50, 1000, 1000)),
        ThumbnailKey(path, Box(390, 290, 60, 60)),
    ]
    shop.request(keys, 64)
    qtbot.waitUntil(lambda: all(shop.get(key) for key in keys), timeout=PATIENCE)
    images = [shop.get(key) for key in keys]
    sizes = [(image.width(), image.height()) for image in images if image is not None]
    assert sizes == [(64, 64), (64, 64), (64, 48), (64, 64)]


def test_cells_of_a_field_that_cannot_be_read_say_why(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path
) -> None:
    keys = [ThumbnailKey(tmp_path / "gone.jpg", Box(at, 0, 9, 9)) for at in range(3)]
    shop.request(keys, 64)
    qtbot.waitUntil(lambda: all(shop.error(key) for key in keys), timeout=PATIENCE)
    (tmp_path / "text.png").write_text("no image", encoding="utf-8")
    key = ThumbnailKey(tmp_path / "text.png", Box(0, 0, 9, 9))
    shop.request([key], 64)
    qtbot.waitUntil(lambda: bool(shop.error(key)), timeout=PATIENCE)
