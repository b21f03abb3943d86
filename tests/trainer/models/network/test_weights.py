"""ImageNet weights from a real server on this computer, and files of weights."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import numpy as np
import pytest

from trainer.domain import Progress
from trainer.errors import Cancelled, PackageError, UserError
from trainer.models import backbones
from trainer.models.backbones import WeightsFile, find_backbone
from trainer.models.network.imagenet import (
    FOLDER_VARIABLE,
    Offer,
    default_folders,
    download,
    fetch_imagenet_weights,
)

DATA = np.random.default_rng(0).bytes(300_000)
MD5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()


class Shop(ThreadingHTTPServer):
    """Serves `DATA`; `cut` bytes are sent at most, `ranges` tells whether it can resume."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.asked: list[str] = []
        self.cut = len(DATA)
        self.ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/vgg16.h5"


class Counter(BaseHTTPRequestHandler):
    """Answers one request, with ranges."""

    server: Shop

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.asked.append(wanted)
        found = re.fullmatch(r"bytes=(\d+)-", wanted)
        start = int(found.group(1)) if found and self.server.ranges else 0
        if self.path != "/vgg16.h5":
            self.send_error(404)
        elif start >= len(DATA):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(DATA)}")
            self.end_headers()
        else:
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(DATA) - start))
            self.end_headers()
            self.wfile.write(DATA[start : start + self.server.cut])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    server = Shop()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    row = dataclasses.replace(find_backbone("VGG16"), weights=WeightsFile(server.url, MD5))
    monkeypatch.setattr(backbones, "BACKBONES", {row.name: row})
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(folder: Path, **more: object) -> Path:
    return fetch_imagenet_weights("VGG16", consent=lambda _: True, folders=[folder], **more)  # type: ignore[arg-type]


def test_nothing_is_fetched_without_consent(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"not on this computer.*put vgg16\.h5 from http"):
        fetch_imagenet_weights("VGG16", folders=[tmp_path])
    offers: list[Offer] = []
    with pytest.raises(UserError, match="not on this computer"):
        fetch_imagenet_weights(
            "VGG16", folders=[tmp_path], consent=lambda x: bool(offers.append(x))
        )
    assert offers == [Offer("VGG16", shop.url, tmp_path)]
    assert shop.asked == []


def test_a_download_is_checked_and_kept(shop: Shop, tmp_path: Path) -> None:
    seen: list[Progress] = []
    path = fetch(tmp_path / "deep" / "er", on_progress=seen.append)
    assert path.read_bytes() == DATA
    assert [item.name for item in path.parent.iterdir()] == ["vgg16.h5"]
    assert seen[-1].done == seen[-1].total == len(DATA)
    assert fetch(path.parent) == path
    assert len(shop.asked) == 1


def test_a_download_goes_on_where_it_broke_off(shop: Shop, tmp_path: Path) -> None:
    shop.cut = 100_000
    with pytest.raises(UserError, match="could not be downloaded"):
        fetch(tmp_path)
    assert (tmp_path / "vgg16.h5.part").stat().st_size == 100_000
    assert not (tmp_path / "vgg16.h5").exists()
    shop.cut = len(DATA)
    assert fetch(tmp_path).read_bytes() == DATA
    assert shop.asked == ["", "bytes=100000-"]


def test_a_server_that_cannot_go_on_starts_again(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "vgg16.h5.part").write_bytes(b"old" * 10_000)
    shop.ranges = False
    assert fetch(tmp_path).read_bytes() == DATA


def test_a_part_that_is_whole_is_taken(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "vgg16.h5.part").write_bytes(DATA)
    assert fetch(tmp_path).read_bytes() == DATA


def test_a_part_that_is_too_long_is_fetched_anew(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "vgg16.h5.part").write_bytes(DATA + b"more")
    assert fetch(tmp_path).read_bytes() == DATA


def test_a_download_can_be_stopped_and_keeps_its_part(shop: Shop, tmp_path: Path) -> None:
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        fetch(tmp_path, should_stop=lambda: next(asked))
    assert (tmp_path / "vgg16.h5.part").stat().st_size > 0
    assert fetch(tmp_path).read_bytes() == DATA


def test_a_damaged_download_is_thrown_away(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "vgg16.h5.part").write_bytes(b"wrong" * 1000)
    with pytest.raises(UserError, match="checksum is not the published one"):
        fetch(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_gone_from_the_server_is_an_error_in_words(
    shop: Shop, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"could not be downloaded: Not Found.*put it into"):
        download(
            shop.url.replace("vgg16", "gone"), tmp_path / "x", "", lambda _: None, lambda: False
        )


def test_no_network_is_an_error_in_words(shop: Shop, tmp_path: Path) -> None:
    url = shop.url.replace(str(shop.server_address[1]), "1")
    with pytest.raises(UserError, match="HTTPS_PROXY"):
        download(url, tmp_path / "x", "", lambda _: None, lambda: False)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://example.org/x", "ftp://x/y"])
def test_only_safe_addresses_are_fetched(url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not an address"):
        download(url, tmp_path / "x", "", lambda _: None, lambda: False)


def test_a_damaged_file_in_the_folder_is_not_used(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "vgg16.h5").write_bytes(b"damaged")
    with pytest.raises(PackageError, match=r"is damaged.*Delete it"):
        fetch(tmp_path)
    assert shop.asked == []


def test_an_offline_folder_comes_first(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    (tmp_path / "vgg16.h5").write_bytes(DATA)
    assert default_folders()[0] == tmp_path
    assert fetch_imagenet_weights("VGG16") == tmp_path / "vgg16.h5"
    assert shop.asked == []


def test_published_files_have_a_sum_where_keras_gives_one() -> None:
    published = [row for row in backbones.BACKBONES.values() if row.build is None]
    assert len(published) == 6
    for row in published:
        assert row.weights.url.startswith("https://storage.googleapis.com/")
        assert row.weights.name.endswith(".h5")
        assert len(row.weights.md5) == (0 if row.name == "MobileNetV2" else 32)


# Files of weights for the backbone.


def published_like(path: Path, layers: list[tuple[str, list[np.ndarray]]]) -> None:
    """A file as Keras Applications publishes them."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name, _ in layers]
        for name, arrays in layers:
            group = file.create_group(name)
            keys = [f"{name}/{index}:0" for index in range(len(arrays))]
            group.attrs["weight_names"] = [key.encode() for key in keys]
            for key, array in zip(keys, arrays, strict=True):
                group[key] = array


def vgg_layers() -> list[tuple[str, list[np.ndarray]]]:
    from trainer.models.network.build import build_network
    from trainer.models.network.layers import backbone_layers

    layers = backbone_layers(build_network("VGG16", 2, 32))
    return [(layer.name, layer.get_weights()) for layer in layers]


def test_a_published_file_is_loaded_in_order(tmp_path: Path) -> None:
    from trainer.models.network.build import build_network
    from trainer.models.network.layers import backbone_layers

    layers = vgg_layers()
    published_like(tmp_path / "vgg.h5", layers)
    network = build_network("VGG16", 5, 64, weights=tmp_path / "vgg.h5")
    for layer, (_, arrays) in zip(backbone_layers(network), layers, strict=True):
        for found, expected in zip(layer.get_weights(), arrays, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_a_published_file_of_another_network_is_refused(tmp_path: Path) -> None:
    from trainer.models.network.build import build_network

    layers = vgg_layers()
    published_like(tmp_path / "short.h5", layers[:-3])
    with pytest.raises(PackageError, match="it has 13 layers with weights, the file 11"):
        build_network("VGG16", 5, 64, weights=tmp_path / "short.h5")
    layers[4] = (layers[4][0], [layers[4][1][0][..., :100], layers[4][1][1][:100]])
    published_like(tmp_path / "other.h5", layers)
    message = "block2_conv2 expects 3x3x128x128, 128, the file has 3x3x128x100, 100"
    with pytest.raises(PackageError, match=message):
        build_network("VGG16", 5, 64, weights=tmp_path / "other.h5")


def test_a_missing_file_of_weights_is_named(tmp_path: Path) -> None:
    from trainer.models.network.build import build_network

    with pytest.raises(PackageError, match=r"no file of weights “.*gone\.h5”"):
        build_network("VGG16", 5, 64, weights=tmp_path / "gone.h5")


def test_a_published_file_with_a_link_elsewhere_is_refused(tmp_path: Path) -> None:
    from trainer.models.network.build import build_network

    layers = vgg_layers()
    published_like(tmp_path / "vgg.h5", layers)
    with h5py.File(tmp_path / "vgg.h5", "r+") as file:
        file["more"] = h5py.SoftLink("/block1_conv1")
    with pytest.raises(PackageError, match="points to something outside"):
        build_network("VGG16", 5, 64, weights=tmp_path / "vgg.h5")
