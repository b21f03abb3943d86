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
from leukogui.thumbnails.loader import THREADS, ThumbnailLoader
from tests.leukogui.window_fixtures import PATIENCE


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ThumbnailLoader]:
    shop = ThumbnailLoader(tmp_path / "cache")
    yield shop
    shop.close()


def wait_for(qtbot: QtBot, shop: ThumbnailLoader, path: Path) -> None:
    qtbot.waitUntil(lambda: shop.get(path) is not None or bool(shop.error(path)), timeout=PATIENCE)


def test_a_thumbnail_has_the_size_asked_for_and_keeps_its_shape(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path
) -> None:
    path = tmp_path / "wide & <b>.png"
    Image.new("RGB", (900, 300), (200, 10, 30)).save(path)
    shop.request([path], 96)
    wait_for(qtbot, shop, path)
    image = shop.get(path)
    assert image is not None
    assert (image.width(), image.height()) == (96, 32)
    assert image.pixelColor(5, 5).red() == pytest.approx(200, abs=3)


def test_it_is_kept_on_disk_until_the_file_changes(
    qtbot: QtBot, shop: ThumbnailLoader, tmp_path: Path
) -> None:
    path = tmp_path / "cell.png"
    Image.new("RGB", (800, 800), (10, 200, 30)).save(path)
    shop.request([path], 64)
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
        shop.request([tmp_path / name], 64)
        wait_for(qtbot, shop, tmp_path / name)
        assert shop.error(tmp_path / name)


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
    shop.request(paths, 64)
    shop.request(paths[-1:], 64)
    gate.set()
    wait_for(qtbot, shop, paths[-1])
    shop.close()
    made = sum(shop.get(path) is not None for path in paths)
    assert made <= 1 + THREADS  # those that had begun


def test_a_closed_shop_begins_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    shop = ThumbnailLoader(tmp_path / "cache")
    shop.close()
    before = threading.active_count()
    shop.request([tmp_path / "cell.png"], 64)
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
    shop.request([path], 64)
    wait_for(qtbot, shop, path)
    shop.close()
    assert shop.get(path) is not None
