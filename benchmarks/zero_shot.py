"""Measure what adapting to a folder without any label does: the reason why nothing does so.

    python benchmarks/zero_shot.py DATA [--model PACKAGE] [--scores FILE.npz]

Three ways, each with the cells of one folder: the mean of the features moved to that of known
cells (plain alignment), the same with every predicted class weighing alike (balanced alignment),
and the shares of the classes estimated by expectation-maximisation (Saerens et al., "Adjusting the
outputs of a classifier to new a priori probabilities", Neural Computation 14 (2002) 21-41). The
folders: all known cells of a lab that the model never saw, those of one class, and all of them
with five of Munich's blasts in that lab's stain. DATA and `--scores` are as of `alert.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from alert import print_header, print_row
from lab_scores import FOREIGN, VALIDATION, LabScores, read_command_line
from numpy.typing import NDArray

from trainer.models.head import Head
from trainer.models.probabilities import softmax

BLASTS, DRAWS = 5, 20
EM_STEPS = 200

Probabilities = NDArray[np.float64]
Predict = Callable[[NDArray[np.float32]], Probabilities]


class ZeroShot:
    """A model and the ways to adapt it to the features of a folder.

    Args:
        known: features and class of validation cells of the model's classes.
    """

    def __init__(
        self,
        head: Head,
        temperature: float,
        classes: int,
        known: tuple[NDArray[np.float32], list[int]],
    ) -> None:
        self._head, self._temperature, self._classes = head, temperature, classes
        pooled, labels = known
        self._mean = pooled.mean(axis=0)
        rows = np.array(labels)
        self._means = np.stack([pooled[rows == index].mean(axis=0) for index in range(classes)])

    def unadapted(self, pooled: NDArray[np.float32]) -> Probabilities:
        """Return the probabilities of the classes, (N, K)."""
        logits = self._head.logits(pooled)[:, : self._classes]
        return np.asarray(softmax(logits, self._temperature), dtype=np.float64)

    def plain_alignment(self, pooled: NDArray[np.float32]) -> Probabilities:
        """Move the mean of the folder to that of the known cells."""
        return self.unadapted(pooled + self._mean - pooled.mean(axis=0))

    def balanced_alignment(self, pooled: NDArray[np.float32]) -> Probabilities:
        """Move the folder by the mean shift of its predicted classes, each weighing alike."""
        predicted = self.unadapted(pooled).argmax(axis=1)
        shifts = [
            self._means[index] - pooled[predicted == index].mean(axis=0)
            for index in np.unique(predicted)
        ]
        return self.unadapted(pooled + np.mean(shifts, axis=0, dtype=np.float32))

    def prior_em(self, pooled: NDArray[np.float32]) -> Probabilities:
        """Weigh the classes by their shares of the folder, estimated together."""
        found = self.unadapted(pooled)
        shares = np.full(self._classes, 1 / self._classes)
        for _ in range(EM_STEPS):
            weighted = found * shares
            posterior = weighted / weighted.sum(axis=1, keepdims=True)
            shares = posterior.mean(axis=0)
        return posterior


def main() -> None:
    """Print the table."""
    package, labs = read_command_line(__doc__)
    card = package.card
    model = ZeroShot(
        package.head(),
        card.temperature,
        len(card.classes),
        known_cells(labs[VALIDATION], card.classes),
    )
    ways = (model.unadapted, model.plain_alignment, model.balanced_alignment, model.prior_em)
    print_header("folder", "recall", *(way.__name__.replace("_", " ") for way in ways))
    blast = card.classes.index("myeloblast")
    for name in FOREIGN:
        pooled, labels = known_cells(labs[name], card.classes)
        blasts = labs[f"blasts as {name}"].pooled
        print_row(
            name, "mean of the classes", *(f"{recall(way, pooled, labels):.3f}" for way in ways)
        )
        for index, cells in classes_of(pooled, labels):
            shares = [f"{recall(way, cells, [index] * len(cells)):.3f}" for way in ways]
            print_row(f"{name}, {card.classes[index]} alone", card.classes[index], *shares)
        shares = [f"{recall(way, blasts, [blast] * len(blasts)):.3f}" for way in ways]
        print_row(f"{name}, blasts alone", "myeloblast", *shares)
        shares = [f"{few_blasts(way, pooled, blasts, blast):.3f}" for way in ways]
        print_row(f"{name} and {BLASTS} blasts", "myeloblast", *shares)


def known_cells(lab: LabScores, classes: tuple[str, ...]) -> tuple[NDArray[np.float32], list[int]]:
    """Return features and class of the cells whose class the model has."""
    rows = np.isin(lab.labels, classes)
    return lab.pooled[rows], [classes.index(name) for name in lab.labels[rows]]


def classes_of(
    pooled: NDArray[np.float32], labels: list[int]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield the cells of each class with twenty of them or more."""
    rows = np.array(labels)
    for index in np.unique(rows):
        if (rows == index).sum() >= 20:
            yield int(index), pooled[rows == index]


def recall(predict: Predict, pooled: NDArray[np.float32], labels: list[int]) -> float:
    """Return the mean over the classes of the share that is found."""
    rows, predicted = np.array(labels), predict(pooled).argmax(axis=1)
    return float(np.mean([(predicted[rows == each] == each).mean() for each in np.unique(rows)]))


def few_blasts(
    predict: Predict, pooled: NDArray[np.float32], blasts: NDArray[np.float32], blast: int
) -> float:
    """Return the share of a few blasts that is found among many other cells; mean of draws."""
    found = []
    for draw in range(DRAWS):
        rows = np.random.default_rng(draw).permutation(len(blasts))[:BLASTS]
        together = np.concatenate([blasts[rows], pooled])
        found.append((predict(together)[:BLASTS].argmax(axis=1) == blast).mean())
    return float(np.mean(found))


if __name__ == "__main__":
    main()
