"""How well corrected cells of a lab adapt a model: old head, refitted head, held head.

    python benchmarks/adapt.py DATA [--model PACKAGE] [--draws N] [--cells N,N,...] [--out table.md]

DATA is the folder of the labs (see `lab_scores.py`). The model must not have seen the
labs of FOREIGN: the bundled one knows two of them from the fifth on, so give one made by
`train --leave-out` of these. Its own labs are left out of the head only: the head is fitted on
the cells of the others, but the features below it have seen them, so
their rows flatter all heads alike. Blasts are
of one lab alone, and so are erythroblasts; these cells stay, and the other classes that the lab
shares with another are left out: the probe of its look.

Each draw takes k cells of every class, fits, and measures on all other cells of the lab. A refitted
head knows none but the lab's classes, as `train --from --preset head` made it; so the column
"among the lab's classes" lets every head choose among these alone. "Old test" is the held-out part
of `seed`, "unknown kinds" the area under the ROC curve of the summed probability outside of the
classes, and the share that the threshold of the card calls so. "Held, 10 outside" also takes ten
cells of those kinds. "25 in all" takes 25 cells of the lab, whatever they are: at random, by
k-means centres as `suggest` does, and those of which the old head is least sure. Features are
cached as those of a training are, and seconds are of one core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lab_scores import BUNDLED_MODEL, FOREIGN, OWN, read_items
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import roc_auc_score

from trainer.cache.results import ResultCache
from trainer.data.item import Item
from trainer.data.manifest import Manifest, hashes_by_path
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.jobs.common.labelled.cells import cached_source_profiles
from trainer.jobs.suggest import choose_nearest
from trainer.jobs.train.feature_extractor import cached_extractor
from trainer.jobs.train.features import FeatureReader
from trainer.locations import cache_folder
from trainer.models.head import Head
from trainer.models.package.card import Card
from trainer.models.package.layout import Package, open_package
from trainer.models.probabilities import softmax
from trainer.training.augmentation import Augmentation
from trainer.training.head_fit import Examples, fit_head
from trainer.training.held_head import CorrectedCells, OldHead, fit_held_head, within_class_spread

OWN_LABS = ("barcelona", "munich", "chula")
TRAINING_CELLS = 250  # of each class and lab, for the heads without a lab
WITH_OUTSIDE, OUTSIDE_CELLS = "held, 10 outside", 10
SUGGESTED = 25
AT_RANDOM, K_MEANS, LEAST_SURE = "held, at random", "held, k-means", "held, least sure"
VALIDATION_SHARE = 4  # every fourth cell of a class chooses the penalty of a refitted head


@dataclass(frozen=True, eq=False)
class Cells:
    """Features of labelled cells: (N, K), labels by name and sources, (N,)."""

    pooled: NDArray[np.float32]
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]

    def part(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Cells:
        """Select some."""
        return Cells(self.pooled[rows], self.labels[rows], self.sources[rows])


def main() -> None:
    """Measure every lab, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, default=BUNDLED_MODEL)
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--cells", default="1,5,10,20,40")
    parser.add_argument("--out", type=Path, help="file for the table")
    arguments = parser.parse_args()
    package = open_package(arguments.model)
    counts = [int(word) for word in arguments.cells.split(",")]
    labs = {name: read_cells(package, list(read_items(arguments.data / name))) for name in FOREIGN}
    own = read_cells(package, own_items(arguments.data))
    test = own.part(np.array([source.startswith("test ") for source in own.sources]))
    train = own.part(np.array([not source.startswith("test ") for source in own.sources]))
    lines = [
        "| lab | cells a class | head | balanced accuracy, mean (worst) | among the lab's classes "
        "| old test, mean (worst) | unknown kinds: AUROC (found) | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, cells in labs.items():
        lines += measure_lab(
            name, cells, old_head(package), package.card, test, counts, arguments.draws
        )
    for name in OWN_LABS:
        shared = shared_classes(train, name, package.card)
        left = (train.sources == name) & np.isin(train.labels, shared)
        head = head_without(package, train.part(~left))
        lines += measure_lab(
            f"{name} (head only)",
            train.part(left),
            head,
            package.card,
            test,
            counts,
            arguments.draws,
            refits=False,
        )
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


def own_items(data: Path) -> list[Item]:
    """The held-out cells of the model's labs, their source marked so, and some others of each."""
    held_out = [
        Item(item.path, item.label, source=f"test {item.source}") for item in read_items(data / OWN)
    ]
    items: list[Item] = []
    for folder in (OWN, "barcelona_more", "munich_more", "chula_cells"):
        items += training_items(data / folder)
    kept: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        kept.setdefault((item.label, item.source), []).append(item)
    return held_out + [item for each in kept.values() for item in each[:TRAINING_CELLS]]


def training_items(folder: Path) -> list[Item]:
    """The cells of a folder that are not held out."""
    import csv

    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [
            Item(folder / row["file"], row["label"], source=row["source"])
            for row in csv.DictReader(file)
            if row.get("split", "train") == "train"
        ]


def read_cells(package: Package, items: Sequence[Item]) -> Cells:
    """Features of cells, computed once."""
    root = items[0].path.parent
    manifest = Manifest(tuple(items), tuple(sorted({item.label for item in items})), root)
    hashes = hashes_by_path(manifest)
    with ResultCache(cache_folder() / "kept.sqlite") as cache:
        emit = lambda _: None  # noqa: E731
        profiles = cached_source_profiles(items, hashes, cache, emit, never_stop)
        extractor = cached_extractor(package, cache)
        view = package.card.view.to_view()
        reader = FeatureReader(extractor, view, Augmentation(), cache, emit, never_stop)
        found = reader.compute_features(items, hashes, profiles)
    print(f"{root}: {len(found.items)} cells", file=sys.stderr, flush=True)
    labels = np.array([item.label for item in found.items])
    return Cells(found.pooled[0], labels, np.array([item.source for item in found.items]))


def old_head(package: Package) -> OldHead:
    """The head of a package, as an adaptation begins at it."""
    reference = package.reference()
    spread = within_class_spread(reference.pooled, reference.labels)
    card = package.card
    return OldHead(package.head(), card.temperature, len(card.classes), spread)


def shared_classes(train: Cells, lab: str, card: Card) -> list[str]:
    """Classes of a lab of which another lab has cells as well."""
    here, elsewhere = train.sources == lab, train.sources != lab
    return [
        name
        for name in card.classes
        if (here & (train.labels == name)).sum() >= 2 * VALIDATION_SHARE
        and (elsewhere & (train.labels == name)).any()
    ]


def head_without(package: Package, train: Cells) -> OldHead:
    """A head for all outputs of the card, fitted on the cells given."""
    names = np.array(package.card.outputs)
    known = np.isin(train.labels, names)
    cells = train.part(known)
    labels = np.array([int(np.flatnonzero(names == label)[0]) for label in cells.labels])
    weight = balanced_weights(labels)
    choosing = np.arange(len(labels)) % VALIDATION_SHARE == 0
    parts = [
        Examples(cells.pooled[rows], labels[rows], weight[rows]) for rows in (~choosing, choosing)
    ]
    fitted = fit_head(parts[0], parts[1], len(names), package.card.head).head
    before = old_head(package)
    return OldHead(fitted, 1.0, before.classes, within_class_spread(cells.pooled, labels))


def balanced_weights(labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Outputs alike."""
    counts = np.bincount(labels)
    return np.asarray(1.0 / counts[labels])


def measure_lab(
    name: str,
    cells: Cells,
    old: OldHead,
    card: Card,
    test: Cells,
    counts: Sequence[int],
    draws: int,
    *,
    refits: bool = True,
) -> list[str]:
    """Rows of the table of one lab."""
    classes = np.array(card.classes)
    inside = np.isin(cells.labels, classes)
    known, outside = cells.part(inside), cells.part(~inside)
    labels = np.array([int(np.flatnonzero(classes == label)[0]) for label in known.labels])
    rows = [
        format_row(name, "0", "old", [score(old.head, old, card, known, labels, test, outside)])
    ]
    far = CorrectedCells(outside.pooled, np.full(len(outside.labels), old.classes, dtype=np.intp))
    for count in counts:
        if min(np.bincount(labels)[np.unique(labels)]) <= count:
            continue
        found: dict[str, list[tuple[float, ...]]] = {}
        for draw in range(draws):
            chosen = draw_cells(labels, count, draw)
            support = CorrectedCells(known.pooled[chosen], labels[chosen])
            rest = np.setdiff1d(np.arange(len(labels)), chosen)
            unseen = outside
            for kind in head_kinds(refits and count >= 2, outside):
                cells_of_fit = support
                if kind == WITH_OUTSIDE:
                    rows_of_far = np.random.default_rng(draw).permutation(len(far.labels))
                    cells_of_fit = join(support, far.part(rows_of_far[:OUTSIDE_CELLS]))
                    unseen = outside.part(rows_of_far[OUTSIDE_CELLS:])
                start = time.process_time()  # of one core, whatever else the computer does
                if kind == "refit":
                    head = refit(cells_of_fit, old, card)
                else:
                    head = fit_held_head(old, cells_of_fit)
                seconds = time.process_time() - start
                measured = score(head, old, card, known.part(rest), labels[rest], test, unseen)
                found.setdefault(kind, []).append((*measured[:-1], seconds))
        rows += [format_row(name, str(count), kind, values) for kind, values in found.items()]
        print("\n".join(rows[-len(found) :]), file=sys.stderr, flush=True)
    if refits:
        rows += measure_suggestions(name, known, labels, outside, old, card, test, draws)
    return rows


def head_kinds(refits: bool, outside: Cells) -> list[str]:
    """The heads to fit."""
    kinds = ["held"]
    if refits:
        kinds.append("refit")
    if len(outside.labels) > 2 * OUTSIDE_CELLS:
        kinds.append(WITH_OUTSIDE)
    return kinds


def join(first: CorrectedCells, second: CorrectedCells) -> CorrectedCells:
    """All of both."""
    return CorrectedCells(
        np.concatenate([first.pooled, second.pooled]),
        np.concatenate([first.labels, second.labels]),
    )


def measure_suggestions(
    name: str,
    known: Cells,
    labels: NDArray[np.intp],
    outside: Cells,
    old: OldHead,
    card: Card,
    test: Cells,
    draws: int,
) -> list[str]:
    """Rows of held heads by 25 cells, chosen in three ways."""
    pooled = np.concatenate([known.pooled, outside.pooled])
    every = np.concatenate([labels, np.full(len(outside.labels), old.classes, dtype=np.intp)])
    rows = []
    for way in (AT_RANDOM, K_MEANS, LEAST_SURE):
        found: list[tuple[float, ...]] = []
        for draw in range(draws):
            chosen = choose_cells(way, pooled, old, draw)
            head = fit_held_head(old, CorrectedCells(pooled[chosen], every[chosen]))
            rest = np.setdiff1d(np.arange(len(labels)), chosen)
            unseen = np.setdiff1d(np.arange(len(outside.labels)), chosen - len(labels))
            found.append(
                score(head, old, card, known.part(rest), labels[rest], test, outside.part(unseen))
            )
        rows.append(format_row(name, f"{SUGGESTED} in all", way, found))
    return rows


def choose_cells(
    way: str, pooled: NDArray[np.float32], old: OldHead, seed: int
) -> NDArray[np.intp]:
    """25 cells of all but a tenth that is left out by chance, so that the draws differ."""
    some = np.sort(np.random.default_rng(seed).permutation(len(pooled))[: len(pooled) * 9 // 10])
    if way == K_MEANS:
        centres = KMeans(SUGGESTED, n_init=4, random_state=0).fit(pooled[some]).cluster_centers_
        return some[choose_nearest(pooled[some], centres.astype(np.float32))]
    if way == LEAST_SURE:
        shares = softmax(old.head.logits(pooled[some]), old.temperature)[:, : old.classes]
        return some[np.argsort(shares.max(axis=1), kind="stable")[:SUGGESTED]]
    return np.random.default_rng(seed).permutation(len(pooled))[:SUGGESTED]


def draw_cells(labels: NDArray[np.intp], count: int, seed: int) -> NDArray[np.intp]:
    """Rows of `count` cells of every class."""
    rng = np.random.default_rng([count, seed])
    return np.concatenate(
        [rng.permutation(np.flatnonzero(labels == label))[:count] for label in np.unique(labels)]
    )


def refit(cells: CorrectedCells, old: OldHead, card: Card) -> Head:
    """As `train --from --preset head` did: a free head, some cells to choose its penalty."""
    order = np.arange(len(cells.labels))
    choosing = order % VALIDATION_SHARE == 0 if len(order) >= 8 else order % 2 == 0
    learning = ~choosing
    for label in np.unique(cells.labels):  # every class on both sides
        rows = np.flatnonzero(cells.labels == label)
        if choosing[rows].all() or learning[rows].all():
            choosing[rows[0]], learning[rows[0]] = ~choosing[rows[0]], ~learning[rows[0]]
    parts = [
        Examples(
            np.asarray(cells.pooled[rows], np.float32), cells.labels[rows], np.ones(rows.sum())
        )
        for rows in (learning, choosing)
    ]
    try:
        return fit_head(parts[0], parts[1], old.head.outputs, card.head).head
    except UserError:
        return old.head


def score(
    head: Head,
    old: OldHead,
    card: Card,
    cells: Cells,
    labels: NDArray[np.intp],
    test: Cells,
    outside: Cells,
) -> tuple[float, ...]:
    """Balanced accuracy on the lab (twice) and the old test; unknown kinds; 0."""
    classes = np.array(card.classes)
    right = np.array([int(np.flatnonzero(classes == label)[0]) for label in test.labels])
    found = area = float("nan")
    if len(outside.labels):
        mass, known = (
            softmax(head.logits(each.pooled), old.temperature)[:, old.classes :].sum(axis=1)
            for each in (outside, cells)
        )
        found = float((mass >= card.thresholds.unknown_probability).mean())
        truth = np.repeat([1, 0], [len(mass), len(known)])
        area = float(roc_auc_score(truth, np.concatenate([mass, known])))
    return (
        balanced_accuracy(head, old, cells.pooled, labels),
        balanced_accuracy(head, old, cells.pooled, labels, np.unique(labels)),
        balanced_accuracy(head, old, test.pooled, right),
        area,
        found,
        0.0,
    )


def balanced_accuracy(
    head: Head,
    old: OldHead,
    pooled: NDArray[np.float32],
    labels: NDArray[np.intp],
    among: NDArray[np.intp] | None = None,
) -> float:
    """Mean over the classes that are there of the share found; `among` are those to choose from."""
    choices = np.arange(old.classes) if among is None else among
    best = choices[head.logits(pooled)[:, choices].argmax(axis=1)]
    return float(np.mean([(best[labels == label] == label).mean() for label in np.unique(labels)]))


def format_row(lab: str, count: str, kind: str, values: Sequence[Sequence[float]]) -> str:
    """One line of the table."""
    table = np.array(values, dtype=np.float64)
    mean, worst = table.mean(axis=0), table.min(axis=0)
    unknown = "" if np.isnan(mean[3]) else f"{mean[3]:.2f} ({mean[4]:.2f})"
    shares = " | ".join(f"{mean[at]:.3f} ({worst[at]:.3f})" for at in (0, 1, 2))
    seconds = f"{mean[5]:.2f}" if kind != "old" else ""
    return f"| {lab} | {count} | {kind} | {shares} | {unknown} | {seconds} |"


if __name__ == "__main__":
    main()
