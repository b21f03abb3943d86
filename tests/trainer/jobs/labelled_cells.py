"""Drawn cells with their labels in a CSV, to train on."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np

from trainer.data.samples import COOL, WARM, draw_cell, vary

KINDS = ("monocyte", "seg_neutrophil", "lymphocyte")
PER_KIND = {"train": 6, "val": 4, "test": 4}


def write_cells(folder: Path) -> Path:
    """A CSV of drawn cells of two labs: two classes, and lymphocytes as another class."""
    rng = np.random.default_rng(11)
    rows = []
    for split, count in PER_KIND.items():
        for kind in KINDS:
            for index in range(count):
                lab, style = (("warm", WARM), ("cool", COOL))[index % 2]
                name = f"{split}_{kind}_{index}.png"
                picture = draw_cell(kind, rng, size=160, style=vary(style, rng))
                cv2.imwrite(str(folder / name), picture[..., ::-1])
                rows.append((name, kind, split, lab))
    table = folder / "cells.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", "label", "split", "source"), *rows])
    return table
