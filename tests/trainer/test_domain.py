"""Cells of images: their names and their boxes."""

from __future__ import annotations

import pytest

from trainer.domain import Box, CellId


@pytest.mark.parametrize(
    ("number", "letters"), [(0, ""), (1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")]
)
def test_cells_are_lettered_as_columns_of_a_spreadsheet(number: int, letters: str) -> None:
    assert CellId("field.png", number).letters == letters
    assert CellId.of_letters("field.png", letters.lower()) == CellId("field.png", number)


@pytest.mark.parametrize("letters", ["1", "Ä", "A B"])
def test_other_letters_name_no_cell(letters: str) -> None:
    with pytest.raises(ValueError, match="Expected A to Z"):
        CellId.of_letters("field.png", letters)


def test_boxes_overlap_by_their_shared_share() -> None:
    box = Box(0, 0, 10, 10)
    assert box.iou(box) == 1
    assert box.iou(Box(5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert box.iou(Box(10, 10, 5, 5)) == 0
    assert Box(0, 0, 0, 0).iou(Box(0, 0, 0, 0)) == 0
    assert box.scaled(2) == Box(0, 0, 20, 20)
