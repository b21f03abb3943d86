"""Copies of drawn cells are found, however turned and encoded; look-alikes are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.trainer.data.audit.synthetic_sets import Picture, draw_cells, encode_jpeg
from trainer.data.audit.duplicates import find_duplicates
from trainer.data.audit.fingerprint import TURNS, compute_fingerprint, normalize_prints, turn_prints
from trainer.data.audit.measurements import ImageMeasurements
from trainer.errors import Cancelled


def encoded_anew(picture: Picture) -> Picture:
    return cv2.cvtColor(
        cv2.imdecode(np.frombuffer(encode_jpeg(picture, 30), np.uint8), cv2.IMREAD_COLOR),
        cv2.COLOR_BGR2RGB,
    )


def smaller(picture: Picture) -> Picture:
    return cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)


CHANGES = {
    "turned": np.rot90,
    "upside down": lambda picture: picture[::-1],
    "mirrored": lambda picture: picture[:, ::-1],
    "transposed": lambda picture: picture.transpose(1, 0, 2),
    "encoded anew": encoded_anew,
    "smaller": smaller,
    "darker": lambda picture: np.asarray(picture * 0.8, np.uint8),
    "all of it": lambda picture: encoded_anew(smaller(np.rot90(picture[:, ::-1]))),
}


def sight(picture: Picture, sha: str) -> ImageMeasurements:
    return ImageMeasurements(
        sha256=sha, fingerprint=compute_fingerprint(np.ascontiguousarray(picture))
    )


@pytest.fixture(scope="module")
def drawn() -> list[Picture]:
    return draw_cells(60, seed=11, size=128)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_among_look_alikes(change: str, drawn: list[Picture]) -> None:
    copy = CHANGES[change](drawn[7])
    sights = [sight(each, str(index)) for index, each in enumerate([*drawn, copy])]
    found = find_duplicates(sights)
    assert found.groups == ((7, 60),)
    assert found.identical == ()
    assert found.pairs[0].correlation > 0.9


def test_how_it_was_turned_is_said(drawn: list[Picture]) -> None:
    copy = np.rot90(drawn[3][:, ::-1], 3)
    pair = find_duplicates([sight(drawn[3], "a"), sight(copy, "b")]).pairs[0]
    assert pair.turn == "mirrored and turned by 270°"


def test_the_fingerprint_of_a_turned_image_is_the_turned_fingerprint(
    drawn: list[Picture],
) -> None:
    plain = compute_fingerprint(drawn[3])
    assert plain is not None
    for turn in range(len(TURNS)):
        picture = drawn[3][:, ::-1] if turn >= 4 else drawn[3]
        found = compute_fingerprint(np.ascontiguousarray(np.rot90(picture, turn % 4)))
        assert found is not None
        assert (normalize_prints(turn_prints(plain[None], turn)) @ normalize_prints(found[None]).T)[
            0, 0
        ] > 0.999


def test_groups_are_joined_and_bytes_count_even_where_nothing_is_seen(
    drawn: list[Picture],
) -> None:
    """Copies of copies; empty fields are alike only if their bytes are."""
    empty = np.full((64, 64, 3), 230, np.uint8)
    assert compute_fingerprint(empty) is None
    sights = [
        sight(drawn[0], "a"),
        sight(empty, "blank"),
        sight(drawn[0], "a"),
        sight(encoded_anew(drawn[0]), "c"),
        sight(empty, "blank"),
        sight(empty, "other blank"),
        ImageMeasurements(error="cut off"),
        ImageMeasurements(error="cut off"),
    ]
    found = find_duplicates(sights)
    assert found.groups == ((0, 2, 3), (1, 4))
    assert set(found.identical) == {(0, 2), (1, 4)}


def test_a_frame_around_all_images_makes_no_copies(drawn: list[Picture]) -> None:
    framed = [each.copy() for each in drawn[:30]]
    for each in framed:
        each[:6], each[-6:], each[:, :6], each[:, -6:] = 0, 0, 0, 0
    sights = [sight(each, str(index)) for index, each in enumerate(framed)]
    assert find_duplicates(sights).groups == ()


def test_many_copies_come_as_one_group_and_progress_is_told(drawn: list[Picture]) -> None:
    said = []
    first = sight(drawn[1], "")
    sights = [replace(first, sha256=str(index)) for index in range(300)]
    found = find_duplicates(sights, on_progress=said.append)
    assert found.groups == (tuple(range(300)),)
    assert said[-1].done == said[-1].total == 300
    with pytest.raises(Cancelled):
        find_duplicates(sights, should_stop=lambda: True)


def test_nothing_to_compare(tmp_path: Path) -> None:
    assert find_duplicates([]).groups == ()
    assert find_duplicates([ImageMeasurements(error="empty")]).groups == ()
