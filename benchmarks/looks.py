"""Measure whether eight looks at each corrected cell (turns and mirrors) help an adaptation.

    python benchmarks/looks.py DATA [--labs bcisc,raabin] [--cells 5,20] [--draws 12]

DATA is as for `adapt.py`; the cells that are measured are seen once, as they are. One draw chooses
the same cells for both, so that the difference is of the looks alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from adapt import draw_cells, old_head
from lab_scores import BUNDLED_MODEL, read_views
from numpy.typing import NDArray

from trainer.inference.classifier import Classifier
from trainer.models.head import Head
from trainer.models.package.layout import open_package
from trainer.training.held_head import CorrectedCells, OldHead, fit_held_head

LOOKS = 8


def main() -> None:
    """Print a line a lab and number of cells."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--labs", default="bcisc,raabin")
    parser.add_argument("--cells", default="5,20")
    parser.add_argument("--draws", type=int, default=12)
    arguments = parser.parse_args()
    package = open_package(BUNDLED_MODEL)
    classifier = Classifier.from_package(package, device="cpu")
    old, classes = old_head(package), np.array(package.card.classes)
    print("| lab | cells a class | one look, mean (worst) | eight | difference (s.e.) |")
    print("|---|---|---|---|---|")
    for lab in arguments.labs.split(","):
        found = read_views(arguments.data / lab, package.card)
        found = [each for each in found if each.item.label in classes]
        labels = np.array([int(np.flatnonzero(classes == each.item.label)[0]) for each in found])
        pooled = look(np.stack([each.view for each in found]), classifier)
        for count in map(int, arguments.cells.split(",")):
            shares = np.array(
                [measure(pooled, labels, old, count, draw) for draw in range(arguments.draws)]
            )
            print(format_row(lab, count, shares), flush=True)


def look(views: NDArray[np.uint8], classifier: Classifier) -> NDArray[np.float32]:
    """Compute the pooled features of all looks: (8, N, K); the first is the cell as it is."""
    looks = []
    for mirrored in (False, True):
        for turns in range(4):
            seen = np.rot90(views[:, :, ::-1] if mirrored else views, turns, axes=(1, 2))
            looks.append(compute_features(np.ascontiguousarray(seen), classifier))
    return np.stack(looks)


def compute_features(views: NDArray[np.uint8], classifier: Classifier) -> NDArray[np.float32]:
    """Run views through the graph: (N, K)."""
    step = classifier.engine.batch
    outputs = [
        classifier.engine.submit(views[start : start + step]).result()
        for start in range(0, len(views), step)
    ]
    return np.concatenate([each.pooled for each in outputs])


def measure(
    pooled: NDArray[np.float32], labels: NDArray[np.intp], old: OldHead, count: int, draw: int
) -> tuple[float, float]:
    """Balanced accuracy with one look and with eight, on the cells that were not drawn."""
    chosen = draw_cells(labels, count, draw)
    rest = np.setdiff1d(np.arange(len(labels)), chosen)
    one = CorrectedCells(pooled[0, chosen], labels[chosen])
    all_looks = pooled[:, chosen].reshape(-1, pooled.shape[2])
    eight = CorrectedCells(all_looks, np.tile(labels[chosen], LOOKS), looks=LOOKS)
    heads = (fit_held_head(old, one), fit_held_head(old, eight))
    first, second = (score(head, pooled[0, rest], labels[rest], old.classes) for head in heads)
    return first, second


def score(head: Head, pooled: NDArray[np.float32], labels: NDArray[np.intp], known: int) -> float:
    """Balanced accuracy among the classes of the model."""
    right = head.logits(pooled)[:, :known].argmax(axis=1) == labels
    return float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))


def format_row(lab: str, count: int, shares: NDArray[np.float64]) -> str:
    """Format a row: both means and worst draws, and the mean difference of the same draws."""
    one, eight = (f"{column.mean():.3f} ({column.min():.3f})" for column in shares.T)
    gain = shares[:, 1] - shares[:, 0]
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    return f"| {lab} | {count} | {one} | {eight} | {gain.mean():+.4f} ({error:.4f}) |"


if __name__ == "__main__":
    main()
