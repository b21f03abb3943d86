"""Drawn fields with the boxes of their cells, as COCO has them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from trainer.data.annotations.coco import format_coco
from trainer.data.annotations.records import AnnotatedImage, LabelledCell
from trainer.data.synthetic import draw_field
from trainer.domain import CellId, CellOrigin, LocatedCell

KINDS = ("monocyte", "seg_neutrophil", "lymphocyte")


def draw_labelled_field(path: Path, seed: int, kinds: tuple[str, ...] = KINDS) -> AnnotatedImage:
    """Draw a field to a file; what it holds, as a person would annotate it."""
    rng = np.random.default_rng(seed)
    field = draw_field(kinds, rng, size=(480, 360), red_cell_diameter=44.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), field.pixels[..., ::-1])
    cells = [
        LabelledCell(
            LocatedCell(CellId(path.name, number), each.box, (), CellOrigin.DRAWN, each.at_edge),
            each.kind,
            reviewed=True,
        )
        for number, each in enumerate(field.cells, 1)
    ]
    return AnnotatedImage(path.name, 480, 360, tuple(cells))


def write_fields(folder: Path, counts: dict[str, int]) -> Path:
    """So many fields of three cells in each split, each split with its COCO file."""
    for at, (split, count) in enumerate(counts.items()):
        place = folder / split
        images = [
            draw_labelled_field(place / f"{split} {index}.png", 100 * at + index)
            for index in range(count)
        ]
        (place / "_annotations.coco.json").write_text(format_coco(images, KINDS), "utf-8")
    return folder
