"""Drawn cells and their labels, to train and to measure on."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from trainer.data.synthetic import COOL, WARM, Style, draw_cell, vary

KINDS = ("monocyte", "seg_neutrophil", "lymphocyte")
PER_KIND = {"train": 6, "val": 4, "test": 4}


def cell_drawer(folder: Path, *, seed: int, size: int) -> Callable[[str, str, Style], None]:
    """Draws a cell to a file of the folder, given its name, kind and style; no two are alike."""
    rng = np.random.default_rng(seed)

    def draw(name: str, kind: str, style: Style) -> None:
        picture = draw_cell(kind, rng, size=size, style=vary(style, rng))
        cv2.imwrite(str(folder / name), picture[..., ::-1])

    return draw


def write_table(folder: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """The CSV that says what the cells are."""
    table = folder / "cells.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return table


def write_cells(folder: Path) -> Path:
    """A CSV of drawn cells of two labs: two classes, and lymphocytes as another class."""
    draw = cell_drawer(folder, seed=11, size=160)
    rows = []
    for split, count in PER_KIND.items():
        for kind in KINDS:
            for index in range(count):
                lab, style = (("warm", WARM), ("cool", COOL))[index % 2]
                name = f"{split}_{kind}_{index}.png"
                draw(name, kind, style)
                rows.append((name, kind, split, lab))
    return write_table(folder, ("file", "label", "split", "source"), rows)
