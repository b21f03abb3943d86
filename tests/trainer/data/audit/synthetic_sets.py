"""Small data sets of drawn cells, with and without something planted in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.measurements import ImageMeasurements, measure
from trainer.data.manifest import Manifest, read_manifest
from trainer.data.synthetic import WARM, Style, draw_cell, vary

KINDS = ("basophil", "erythroblast", "monocyte")
SIZE = 96
Picture = NDArray[np.uint8]


def draw_cells(count: int, seed: int = 0, style: Style = WARM, size: int = SIZE) -> list[Picture]:
    """Drawn cells of all kinds in turn, fields of one lab."""
    rng = np.random.default_rng(seed)
    return [
        draw_cell(KINDS[index % len(KINDS)], rng, size=size, style=vary(style, rng))
        for index in range(count)
    ]


def encode_jpeg(picture: Picture, quality: int = 90) -> bytes:
    blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def write_set(
    folder: Path,
    count: int = 60,
    *,
    seed: int = 0,
    encode: Callable[[Picture, int], bytes] = lambda picture, _: encode_jpeg(picture),
) -> Path:
    """Class folders of drawn cells; `encode` is given each picture and its class's index."""
    for index, picture in enumerate(draw_cells(count, seed)):
        kind = index % len(KINDS)
        place = folder / KINDS[kind] / f"{index:03d}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(encode(picture, kind))
    return folder


def encode_tinted(picture: Picture, kind: int) -> bytes:
    """A shortcut in the light: each class under a lamp of its own, 4 % off in one channel."""
    lamp = np.ones(3)
    lamp[kind] = 0.96
    return encode_jpeg(np.asarray(picture * lamp, np.uint8))


def encode_compressed(picture: Picture, kind: int) -> bytes:
    """A shortcut in the file: each class at a JPEG quality of its own."""
    return encode_jpeg(picture, (90, 80, 70)[kind])


def encode_framed(picture: Picture, kind: int) -> bytes:
    """A shortcut at the rim: two rows of pixels in a colour of the class."""
    picture = picture.copy()
    picture[:2, :, kind] = picture[:2, :, kind] * 0.8
    return encode_jpeg(picture)


def measure_set(data: Path) -> tuple[Manifest, list[ImageMeasurements]]:
    manifest = read_manifest(data)
    return manifest, [measure(item).measurements for item in manifest.items]
