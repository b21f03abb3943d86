"""Masks among labelled images are found by what they are, and cells are not taken for them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import encode_picture, encode_tiff
from trainer.data.masks import describe_masks, find_masks, is_flat
from trainer.data.synthetic.demo import write_demo
from trainer.jobs.common.labelled.cells import read_labelled_manifest
from trainer.protocol.events import JobWarning

SIZE = 96


@pytest.fixture(scope="module")
def cell() -> np.ndarray:
    """A drawn cell with the noise of a camera."""
    rng = np.random.default_rng(0)
    pixels = np.full((SIZE, SIZE, 3), (225, 205, 215), float)
    cv2.circle(pixels, (48, 48), 24, (120, 60, 150), -1)
    pixels = cv2.GaussianBlur(pixels, (0, 0), 2) + rng.normal(0, 4, pixels.shape)
    return np.asarray(pixels.clip(0, 255), np.uint8)


def draw_mask(inside: int = 255, cells: int = 1) -> np.ndarray:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    for number in range(cells):
        value = inside if cells == 1 else number + 1
        cv2.circle(mask, (20 + 11 * number, 30 + 9 * number), 9, value, -1)
    return mask


def masks_of_all_kinds() -> dict[str, bytes]:
    """By suffix and kind: two values, instances, bits, a palette, colours, 16 bits, JPEG."""
    palette = Pillow.fromarray(draw_mask(cells=5))
    palette.putpalette(list(range(256)) * 3)
    colour = np.zeros((SIZE, SIZE, 3), np.uint8)
    colour[draw_mask() > 0] = (255, 0, 0)
    return {
        "two.png": encode_picture(draw_mask(), "PNG"),
        "one.png": encode_picture(draw_mask(1), "PNG"),
        "many.png": encode_picture(draw_mask(cells=6), "PNG"),
        "bits.tif": encode_tiff(draw_mask() > 0, photometric="minisblack"),
        "palette.png": encode_picture(palette, "PNG"),
        "colour.bmp": encode_picture(colour, "BMP"),
        "deep.tif": encode_tiff(draw_mask(cells=4).astype(np.uint16) * 100),
        "lossy.jpg": encode_picture(draw_mask(), "JPEG", quality=90),
    }


def put(root: Path, files: dict[str, bytes]) -> list[Path]:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return [root / name for name in files]


def test_masks_beside_cells_are_found_whatever_they_are_called(
    tmp_path: Path, cell: np.ndarray
) -> None:
    masks = put(tmp_path, {f"a/x_{name}": data for name, data in masks_of_all_kinds().items()})
    cells = put(tmp_path, {f"a/{n}.png": encode_picture(cell, "PNG") for n in range(3)})
    found = find_masks([*cells, *masks], tmp_path)
    assert found.paths == tuple(masks)
    assert found.complete


@pytest.mark.parametrize(
    "name",
    ["masks/1.png", "a/1_mask.png", "a/1-Mask.png", "a/1Mask.png", "a/seg/1.png", "a/gt_1.png"],
)
def test_a_mask_by_name_needs_no_neighbour_of_its_size(tmp_path: Path, name: str) -> None:
    paths = put(tmp_path, {name: encode_picture(draw_mask(), "PNG")})
    assert find_masks(paths, tmp_path).paths == tuple(paths)
    alone = put(tmp_path / "b", {"1.png": encode_picture(draw_mask(), "PNG")})
    assert find_masks(alone, tmp_path).paths == ()


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("a/1.jpg", "a/1_mask.png"),
        ("a/1.jpg", "a/masks/1.png"),
        ("a/x_01.jpg", "masks/mask-x_01.png"),
        ("a/Img7.JPG", "a/Img7Mask.tif"),
        ("a/7.png", "a/7_Maske.png"),
    ],
)
def test_a_soft_mask_is_known_by_the_name_of_its_image(
    tmp_path: Path, cell: np.ndarray, image: str, mask: str
) -> None:
    soft = cv2.GaussianBlur(draw_mask(), (0, 0), 12)
    kind = "TIFF" if mask.endswith("tif") else "PNG"
    files = {image: encode_picture(cell, "JPEG"), mask: encode_picture(soft, kind)}
    paths = put(tmp_path, files)
    assert find_masks(paths, tmp_path).paths == (tmp_path / mask,)
    (tmp_path / mask).write_bytes(b"a mask of numbers that no reader of images takes")
    assert find_masks(paths, tmp_path).paths == (tmp_path / mask,)


def test_cells_are_no_masks_whatever_they_are_called(tmp_path: Path, cell: np.ndarray) -> None:
    clipped = cell.copy()
    clipped[cell.min(axis=2) > 150] = 255
    disc = cv2.circle(np.zeros((SIZE, SIZE), np.uint8), (48, 48), 30, 1, -1)
    black = cell * disc[..., None]
    grey = cv2.cvtColor(cell, cv2.COLOR_RGB2GRAY)
    cut_out = black.max(axis=2, keepdims=True).repeat(3, axis=2)
    for each in (cell, clipped, black, cut_out, np.dstack([grey] * 3)):
        assert not is_flat(each)
    assert not is_flat(np.full((9, 9, 3), 200, np.uint8))
    paths = put(
        tmp_path,
        {
            "masks/1.png": encode_picture(cell, "PNG"),
            "seg/2_mask.jpg": encode_picture(clipped, "JPEG", quality=60),
            "a/3.png": encode_picture(Pillow.fromarray(cell).quantize(64), "PNG"),
            "a/4.jpg": encode_picture(grey, "JPEG", quality=40),
            "a/5.png": b"no image",
        },
    )
    assert find_masks(paths, tmp_path).paths == ()


def test_one_in_the_sample_leads_to_all(
    tmp_path: Path, cell: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.data.masks.SAMPLE_SIZE", 4)
    cells = put(tmp_path, {f"a/{n}.png": encode_picture(cell, "PNG") for n in range(10)})
    masks = put(tmp_path, {f"a/{n}b.png": encode_picture(draw_mask(), "PNG") for n in range(10)})
    assert find_masks([*cells, *masks], tmp_path).paths == tuple(masks)
    monkeypatch.setattr("trainer.data.masks.MOST_READ", 8)
    some = find_masks([*cells, *masks], tmp_path)
    assert 0 < len(some.paths) < 10
    assert not some.complete


def test_labelled_data_are_warned_of(tmp_path: Path, cell: np.ndarray) -> None:
    files = {f"{label}/{n}.png": encode_picture(cell, "PNG") for label in "ab" for n in range(2)}
    files |= {f"a/masks/{n}.png": encode_picture(draw_mask(), "PNG") for n in range(2)}
    put(tmp_path, files)
    events: list[object] = []
    read_labelled_manifest(tmp_path, events.append)
    (warning,) = [each for each in events if isinstance(each, JobWarning)]
    assert warning.message == (
        "2 images look like masks, not like cells: “a/masks/0.png”, “a/masks/1.png”."
    )
    assert "Take them out" in warning.hint


def test_drawn_cells_raise_no_warning(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo", per_kind=1, size=320)
    images = sorted(each for each in tmp_path.rglob("*.*") if each.suffix in (".jpg", ".tif"))
    assert len(images) > 5
    assert find_masks(images, tmp_path).paths == ()


def test_the_sentence_counts() -> None:
    assert describe_masks(1, "“x”") == "1 image looks like a mask, not like cells: “x”."
    assert describe_masks(2000, "“x”", at_least=True).startswith("At least 2,000 images look")
