"""Sample cells: deterministic, of the sizes they claim, honest about being drawings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from trainer.data.manifest import read_manifest
from trainer.data.synthetic import (
    COOL,
    KINDS,
    WARM,
    SyntheticCell,
    draw_cell,
    draw_cell_with_truth,
    draw_stack,
    vary,
    write_demo,
)
from trainer.domain import Progress
from trainer.errors import Cancelled, ImageError, UserError
from trainer.imaging import read_image

PLAIN = replace(WARM, noise=0.0, shading=0.0)
# Diameters in red cells, as they come out on smears, where white cells lie flattened.
DIAMETERS = {
    "basophil": (1.45, 2.2),
    "erythroblast": (0.95, 1.65),
    "monocyte": (1.8, 2.75),
    "myeloblast": (1.65, 2.5),
    "seg_neutrophil": (1.6, 2.3),
    "eosinophil": (1.5, 2.25),
    "lymphocyte": (1.15, 1.8),
    "platelet": (0.4, 1.1),
}


def drawn(kind: str, seed: int, **style: float) -> SyntheticCell:
    return draw_cell_with_truth(
        kind, np.random.default_rng(seed), size=256, style=replace(PLAIN, **style)
    )


def density(cell: SyntheticCell) -> np.ndarray:
    """Optical density (H, W, 3) against the style's background."""
    return -np.log(np.maximum(cell.pixels, 1) / np.asarray(cell.style.background))


def lobes(mask: np.ndarray) -> int:
    """How many pieces a nucleus falls into, at most, as it is worn away from its edge."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    levels = np.arange(0.5, depth.max(), 0.5)
    return max(cv2.connectedComponents((depth > d).astype(np.uint8))[0] - 1 for d in levels)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([16, 65, 128, 300]))
@settings(max_examples=4, deadline=None)
def test_any_kind_at_any_size_is_the_same_for_the_same_seed(
    kind: str, seed: int, size: int
) -> None:
    once, again = (draw_cell(kind, np.random.default_rng(seed), size=size) for _ in range(2))
    assert once.shape == (size, size, 3)
    assert once.dtype == np.uint8
    assert np.array_equal(once, again)
    assert once.std() > 5
    other = draw_cell(kind, np.random.default_rng(seed + 1), size=size)
    assert not np.array_equal(once, other)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_cells_have_the_size_of_their_kind_and_lie_in_the_middle(kind: str, seed: int) -> None:
    cell = drawn(kind, seed)
    low, high = DIAMETERS[kind]
    assert low < 2 * np.sqrt(cell.cell.sum() / np.pi) / cell.red_cell_diameter < high
    assert not (cell.nucleus & ~cell.cell).any()
    assert cell.nucleus.any() == (kind != "platelet")
    middle = np.argwhere(cell.cell).mean(axis=0)
    assert np.hypot(*(middle - 127.5)) < 0.4 * cell.red_cell_diameter


@pytest.mark.parametrize("style", [WARM, COOL])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "platelet"])
def test_nuclei_are_darkest_and_the_slide_is_background(kind: str, style: object) -> None:
    cell = draw_cell_with_truth(kind, np.random.default_rng(3), size=256, style=style)
    red = density(cell)[..., 0]
    nucleus = np.median(red[cell.nucleus])
    assert nucleus > 0.7
    assert nucleus > 1.15 * np.median(red[cell.cell & ~cell.nucleus])
    assert np.percentile(np.abs(red), 10) < 0.05


def test_each_kind_has_what_it_is_known_by() -> None:
    cells = {kind: [drawn(kind, seed) for seed in range(6)] for kind in KINDS}

    def nuclear_share(kind: str) -> float:
        return float(np.median([c.nucleus.sum() / c.cell.sum() for c in cells[kind]]))

    def plasm(kind: str) -> np.ndarray:
        return np.median([np.median(density(c)[c.cell & ~c.nucleus], 0) for c in cells[kind]], 0)

    assert np.median([lobes(c.nucleus) for c in cells["seg_neutrophil"]]) >= 3
    assert np.median([lobes(c.nucleus) for c in cells["myeloblast"]]) == 1
    assert nuclear_share("myeloblast") > 0.65 > nuclear_share("monocyte") > 0.25
    assert nuclear_share("lymphocyte") > 0.65 > nuclear_share("erythroblast")
    red, green, blue = plasm("eosinophil")
    assert green > 2 * red and blue > red  # absorbs green and blue: red
    red, green, blue = plasm("myeloblast")
    assert red > 0.9 * green and green > 2 * blue  # absorbs red and green: blue
    assert plasm("basophil")[1] > 2 * plasm("seg_neutrophil")[1]  # dark granules


def test_red_cells_are_there_and_may_be_left_out() -> None:
    full, bare = (drawn("monocyte", 5, crowding=crowding) for crowding in (0.8, 0.0))
    stained = [(density(c)[..., 1] > 0.12)[~c.cell].mean() for c in (full, bare)]
    assert stained[0] > 0.3 > stained[1]


def test_a_stack_is_sharpest_where_it_was_asked_to_be() -> None:
    stack = draw_stack("basophil", np.random.default_rng(2), planes=4, sharpest=1, size=200)
    assert stack.shape == (4, 200, 200, 3)
    sharp = [cv2.Laplacian(cv2.blur(plane[..., 1], (3, 3)), cv2.CV_32F).var() for plane in stack]
    assert sharp[1] > sharp[0] > sharp[3]
    assert sharp[1] > sharp[2] > sharp[3]


def test_a_shortcut_can_be_planted() -> None:
    style = replace(PLAIN, frame_colour=(10, 200, 30), frame_width=0.05)
    picture = draw_cell("monocyte", np.random.default_rng(1), size=100, style=style)
    frame = np.ones((100, 100), bool)
    frame[5:-5, 5:-5] = False
    assert (picture[frame] == (10, 200, 30)).all()
    assert not (picture[~frame] == (10, 200, 30)).all(axis=1).any()


def test_a_jpeg_round_trip_changes_little() -> None:
    plain, squeezed = (
        draw_cell(
            "monocyte", np.random.default_rng(1), size=128, style=replace(PLAIN, jpeg=quality)
        )
        for quality in (None, 60)
    )
    assert 0 < np.abs(plain.astype(int) - squeezed).mean() < 6


def test_varied_styles_keep_the_lab() -> None:
    style = vary(WARM, np.random.default_rng(0))
    assert style.red_cell == WARM.red_cell
    assert np.allclose(style.background, WARM.background, rtol=0.03)
    assert style != WARM


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid kind"):
        draw_cell("blast", np.random.default_rng(0))


# --- the demo folder ---


def test_the_demo_folder(tmp_path: Path) -> None:
    folder = tmp_path / "Übung" / "demo"
    images = write_demo(folder, per_kind=2, size=96, unreadable=True)
    manifest = read_manifest(folder / "labels.csv")
    assert manifest.counts() == {"": dict.fromkeys(sorted(KINDS), 2)}
    assert [item.path for item in manifest.items] == images[:-1]
    labels = [item.label for item in manifest.items]
    assert labels != sorted(labels)
    assert {path.name for path in folder.iterdir()} == {
        *(path.name for path in images),
        "README.txt",
        "labels.csv",
    }
    assert "DRAWINGS" in (folder / "README.txt").read_text("utf-8")
    (stack,) = (path for path in images if path.suffix == ".tif")
    with Image.open(stack) as planes:
        assert "drawing" in planes.tag_v2[0x010E]
    planes = read_image(stack)
    assert (len(planes.planes), planes.sharpest) == (3, 1)
    with Image.open(next(path for path in images if path.suffix == ".jpg")) as picture:
        assert picture.size == (96, 96)
        assert "drawing" in picture.info["comment"].decode()
        assert "drawing" in picture.getexif()[0x010E]


def test_one_file_of_the_demo_cannot_be_read(tmp_path: Path) -> None:
    cut = write_demo(tmp_path, per_kind=1, size=64, unreadable=True)[-1]
    with pytest.raises(ImageError):
        read_image(cut)


def test_the_demo_is_the_same_again_and_clears_only_its_own_files(tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in write_demo(tmp_path, per_kind=2, size=64)}
    (tmp_path / "my notes.txt").write_text("mine")
    assert write_demo(tmp_path, per_kind=1, size=64)[-1].name == "cell_008.jpg"
    assert not (tmp_path / "cell_009.jpg").exists()
    assert (tmp_path / "my notes.txt").read_text() == "mine"
    again = {path: path.read_bytes() for path in write_demo(tmp_path, per_kind=2, size=64)}
    assert again == first
    other = write_demo(tmp_path, per_kind=2, size=64, seed=1)
    assert not {path.read_bytes() for path in other} & set(first.values())


def test_the_demo_counts_and_stops(tmp_path: Path) -> None:
    seen: list[Progress] = []
    write_demo(tmp_path, per_kind=1, size=64, on_progress=seen.append)
    assert [(p.done, p.total) for p in seen] == [(n, len(KINDS)) for n in range(1, len(KINDS) + 1)]
    with pytest.raises(Cancelled):
        write_demo(tmp_path, per_kind=1, size=64, should_stop=lambda: True)
    assert not list(tmp_path.glob("cell_*"))


def test_other_peoples_folders_are_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "cell_001.jpg"
    mine.write_bytes(b"a patient")
    (tmp_path / "README.txt").write_text("Our lab's images")
    with pytest.raises(UserError, match="not empty"):
        write_demo(tmp_path, per_kind=1, size=64)
    assert mine.read_bytes() == b"a patient"
    with pytest.raises(UserError, match="is a file"):
        write_demo(mine, per_kind=1, size=64)
