from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from trainer.imaging.scale.pixel_size import PixelSize, read_pixel_size

PIXELS = np.full((16, 20, 3), 200, np.uint8)


def tiff(**options: object) -> bytes:
    file = BytesIO()
    tifffile.imwrite(file, PIXELS, **options)
    return file.getvalue()


def plain(resolution: tuple[float, float], unit: str) -> bytes:
    return tiff(photometric="rgb", metadata=None, resolution=resolution, resolutionunit=unit)


def ome(**metadata: object) -> bytes:
    return tiff(ome=True, photometric="rgb", metadata={"axes": "YXS", **metadata})


def test_resolution_tags_with_a_unit() -> None:
    found = read_pixel_size(plain((100_000, 100_000), "CENTIMETER"))
    assert found == PixelSize(pytest.approx(0.1), "TIFF resolution")
    inch = read_pixel_size(plain((254_000, 254_000), "INCH"))
    assert inch == PixelSize(pytest.approx(0.1), "TIFF resolution")


@pytest.mark.parametrize("dots", [1, 72, 96, 300, 600, 1200, 9600])
def test_printing_sizes_say_nothing_of_the_slide(dots: int) -> None:
    assert read_pixel_size(plain((dots, dots), "INCH")) is None


def test_a_resolution_without_a_unit_says_nothing() -> None:
    assert read_pixel_size(plain((100_000, 100_000), "NONE")) is None


def test_axes_that_disagree_are_not_trusted() -> None:
    assert read_pixel_size(plain((100_000, 50_000), "CENTIMETER")) is None


def test_ome_in_its_units() -> None:
    sizes = {"PhysicalSizeX": 0.16, "PhysicalSizeY": 0.16}
    assert read_pixel_size(ome(**sizes)) == PixelSize(0.16, "OME")
    micro = {"PhysicalSizeXUnit": "µm", "PhysicalSizeYUnit": "µm"}
    assert read_pixel_size(ome(**sizes, **micro)) == PixelSize(0.16, "OME")
    nano = {"PhysicalSizeXUnit": "nm", "PhysicalSizeYUnit": "nm"}
    found = read_pixel_size(ome(PhysicalSizeX=160, PhysicalSizeY=160, **nano))
    assert found == PixelSize(pytest.approx(0.16), "OME")
    unknown = {"PhysicalSizeXUnit": "pixel", "PhysicalSizeYUnit": "pixel"}
    assert read_pixel_size(ome(**sizes, **unknown)) is None
    assert read_pixel_size(ome()) is None


@pytest.mark.parametrize("unit", ["um", "micron", "\\u00B5m"])
def test_imagej(unit: str) -> None:
    data = tiff(imagej=True, photometric="rgb", resolution=(8.0, 8.0), metadata={"unit": unit})
    assert read_pixel_size(data) == PixelSize(pytest.approx(0.125), "ImageJ")


def test_imagej_without_a_unit_says_nothing() -> None:
    assert read_pixel_size(tiff(imagej=True, photometric="rgb", resolution=(8.0, 8.0))) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("dots", [72, 96, 300, 25_400])
def test_jpeg_and_png_are_never_asked(kind: str, dots: int) -> None:
    file = BytesIO()
    Pillow.fromarray(PIXELS).save(file, kind, dpi=(dots, dots))
    assert read_pixel_size(file.getvalue()) is None


def test_damaged_bytes_say_nothing() -> None:
    whole = plain((100_000, 100_000), "CENTIMETER")
    for end in range(0, len(whole), 13):
        read_pixel_size(whole[:end])
    assert read_pixel_size(b"II*\0" + b"\xff" * 40) is None
    assert read_pixel_size(b"") is None
