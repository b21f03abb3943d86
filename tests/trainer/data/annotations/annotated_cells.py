"""Annotated images for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.data.annotations.records import AnnotatedImage, LabelledCell
from trainer.domain import Box, CellId, CellOrigin, LocatedCell
from trainer.errors import UserError

OUTLINE = ((10.0, 20.0), (30.0, 18.0), (42.5, 31.0), (28.0, 50.0), (9.0, 41.0))


def annotated_image(name: str = "a/field 1.jpg") -> AnnotatedImage:
    """A reviewed cell with an outline, and a predicted one with a box alone."""
    traced = LocatedCell(CellId(name, 1), Box(9, 18, 33.5, 32), OUTLINE, CellOrigin.DRAWN)
    boxed = LocatedCell(CellId(name, 2), Box(100, 0, 40, 30.5), at_edge=True)
    cells = (
        LabelledCell(traced, "basophil", reviewed=True),
        LabelledCell(boxed, "seg_neutrophil", probability=0.875),
    )
    return AnnotatedImage(name, 200, 150, cells)


def put(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def message_of(read, path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read(path)
    return str(caught.value)
