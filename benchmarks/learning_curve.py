"""Whether the learning curve of a lab's own cells says what twice as many would bring.

    python benchmarks/learning_curve.py DATA [--model PACKAGE] [--draws N] [--out table.md]

DATA and the labs are those of `adapt.py`; of the model's own labs the head is fitted without the
classes that the lab shares with another, so that there is something to learn. Each draw takes N
cells, as many of every class, and measures their curve as `adapt --curve` does; then heads are
fitted on the N and on 2 N cells and measured on all others of the lab. "Within" is the share of
the draws in which that lies in the expected interval.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from adapt import (
    FOREIGN,
    OWN_LABS,
    Cells,
    balanced_accuracy,
    head_without,
    old_head,
    own_items,
    read_cells,
    shared_classes,
)
from lab_scores import BUNDLED_MODEL, read_items
from numpy.typing import NDArray

from trainer.domain import never_stop
from trainer.jobs.adapt.learning_curve import measure_learning_curve
from trainer.models.package.card import Card
from trainer.models.package.layout import open_package
from trainer.training.held_head import CorrectedCells, OldHead, fit_held_head

SIZES = (40, 80)


def main() -> None:
    """Measure every lab, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, default=BUNDLED_MODEL)
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--out", type=Path, help="file for the table")
    arguments = parser.parse_args()
    package = open_package(arguments.model)
    lines = [
        "| lab | cells | expected with as many | measured | expected with twice as many "
        "| measured | within |",
        "|---|---|---|---|---|---|---|",
    ]
    labs: list[tuple[str, Cells, OldHead]] = []
    for name in FOREIGN:
        cells = read_cells(package, list(read_items(arguments.data / name)))
        labs.append((name, cells, old_head(package)))
    own = read_cells(package, own_items(arguments.data))
    train = own.part(np.array([not source.startswith("test ") for source in own.sources]))
    for name in OWN_LABS:
        shared = shared_classes(train, name, package.card)
        left = (train.sources == name) & np.isin(train.labels, shared)
        labs.append((name, train.part(left), head_without(package, train.part(~left))))
    for name, cells, old in labs:
        for line in measure_lab(name, cells, old, package.card, arguments.draws):
            print(line, flush=True)
            lines.append(line)
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure_lab(name: str, cells: Cells, old: OldHead, card: Card, draws: int) -> Iterator[str]:
    """A row for each number of cells that the lab has enough for."""
    classes = np.array(card.classes)
    known = cells.part(np.isin(cells.labels, classes))
    labels = np.array([int(np.flatnonzero(classes == label)[0]) for label in known.labels])
    counts = np.bincount(labels)
    for size in SIZES:
        # A class of few cells could not be measured on what is left.
        enough = np.flatnonzero(counts >= 2 * size // len(np.unique(labels)) + 5)
        kept = np.isin(labels, enough)
        if len(enough) < 2:
            continue
        found = [
            measure_draw(known.part(kept), labels[kept], old, size, draw) for draw in range(draws)
        ]
        rows = np.array([each for each in found if each is not None])
        if not len(rows):
            continue
        within = (rows[:, 3] <= rows[:, 5]) & (rows[:, 5] <= rows[:, 4])
        mean = rows.mean(axis=0)
        yield (
            f"| {name} | {size} | {mean[0]:.3f} | {mean[1]:.3f} "
            f"| {mean[2]:.3f} ({mean[3]:.3f}-{mean[4]:.3f}) | {mean[5]:.3f} "
            f"| {within.sum()} of {len(rows)} |"
        )


def measure_draw(
    cells: Cells, labels: NDArray[np.intp], old: OldHead, size: int, draw: int
) -> tuple[float, ...] | None:
    """Expected and measured with as many; expected with its interval and measured with twice."""
    rng = np.random.default_rng([size, draw])
    each = size // len(np.unique(labels))
    orders = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    once, twice = (np.concatenate([order[: times * each] for order in orders]) for times in (1, 2))
    rest = np.setdiff1d(np.arange(len(labels)), twice)
    curve = measure_learning_curve(
        old,
        CorrectedCells(cells.pooled[once], labels[once]),
        [str(row) for row in once],
        lambda logits: logits[:, : old.classes].argmax(axis=1) == labels[once],
        lambda _: None,
        never_stop,
    )
    expected = [curve.expect(len(rows)) if curve else None for rows in (once, twice)]
    if expected[0] is None or expected[1] is None:
        return None
    measured = []
    for rows in (once, twice):
        head = fit_held_head(old, CorrectedCells(cells.pooled[rows], labels[rows]))
        measured.append(balanced_accuracy(head, old, cells.pooled[rest], labels[rest]))
    later = expected[1]
    return (expected[0].value, measured[0], later.value, later.low, later.high, measured[1])


if __name__ == "__main__":
    main()
