"""Make the README's picture from a demo folder and the results of classifying it.

leuko-trainer demo demo
leuko-trainer classify demo --out demo-results --heatmaps
python docs/pictures.py demo demo-results docs/images/demo.png
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

SIDE, LINE, COLUMNS = 220, 34, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    with (asked.demo / "labels.csv").open(encoding="utf-8", newline="") as file:
        drawn = {row["file"]: row["label"] for row in csv.DictReader(file)}
    with (asked.results / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["image"].endswith(".jpg")]
    chosen = [next(row for row in rows if drawn[row["image"]] == kind) for kind in kinds(drawn)]
    tiles = [tile(asked, row) for row in chosen]
    lines = [np.hstack(tiles[at : at + COLUMNS]) for at in range(0, len(tiles), COLUMNS)]
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(asked.out), np.vstack(lines))


def kinds(drawn: dict[str, str]) -> list[str]:
    """The model's five classes, as they are drawn."""
    others = {"eosinophil", "lymphocyte", "platelet"}
    return [name for name in sorted(set(drawn.values())) if name not in others][:COLUMNS]


def tile(asked: argparse.Namespace, row: dict[str, str]) -> np.ndarray:
    """The cell, its heat map below it, and what the model says."""
    image = cv2.imread(str(asked.demo / row["image"]))
    heat = cv2.imread(str(asked.results / "heatmaps" / f"{row['image']}.jpg"))
    pair = [cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for part in (image, heat)]
    words = np.full((LINE, SIDE, 3), 255, np.uint8)
    said = row["label"] if row["decision"] == "accept" else row["decision"]
    text = f"{said} {float(row['probability']):.2f}"
    cv2.putText(words, text, (6, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
    return np.vstack([*pair, words])


if __name__ == "__main__":
    main()
