"""Give a model that was trained before cards had one the confusion matrix of its test cells.

    python benchmarks/count_confusion.py PACKAGE DATA [--elsewhere TEXT ...] [--write]

DATA is the folder that the names in the package's `manifest.csv` are relative to. The test cells
of the manifest, found again by their hashes, go through the package's own graph and thresholds, as
`train` does it. TEXT is a sentence on what was measured on a source that was not learned from.
`--write` puts both into card.json and MODEL_CARD.md; the other files stay as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fit_alert import compute_outputs, manifest_items, to_tuples, write_changed_card

from trainer.evaluation.selective_metrics import ScoredCells, count_decisions_by_class
from trainer.inference.feature_distance import NearestNeighbours
from trainer.inference.policy import Policy
from trainer.jobs.train.package import confusion_rows_of
from trainer.models.package.evidence import ConfusionRow, ExternalMeasurement
from trainer.models.package.layout import Package, open_package
from trainer.models.probabilities import softmax


def main() -> None:
    """Count, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("data", type=Path, help="what the manifest's names are relative to")
    parser.add_argument("--elsewhere", action="append", default=[], metavar="TEXT")
    parser.add_argument("--write", action="store_true", help="change the package's card")
    arguments = parser.parse_args()
    package = open_package(arguments.package)
    confusion = count_confusion(package, arguments.data)
    for name, row in confusion.items():
        print(name, row.model_dump())
    if arguments.write:
        changes = {
            "confusion": confusion,
            "elsewhere": tuple(ExternalMeasurement(text=text) for text in arguments.elsewhere),
            "recipe": to_tuples(package.card.recipe),
        }
        write_changed_card(package, package.card.model_copy(update=changes))
        open_package(arguments.package)


def count_confusion(package: Package, data: Path) -> dict[str, ConfusionRow]:
    """Count what becomes of the test cells of each class."""
    card = package.card
    outputs = compute_outputs(package, manifest_items(package, data, "test"))
    limits, reference = card.thresholds, package.reference().pooled
    distance = NearestNeighbours.of(reference, card.distance.k).distance(outputs.pooled)
    scored = ScoredCells(
        outputs.labels,
        softmax(outputs.logits, card.temperature),
        distance / (limits.unknown_distance or float("inf")),
    )
    known = len(card.classes)
    decisions = scored.decide(Policy.of(card).thresholds, known)
    return confusion_rows_of(count_decisions_by_class(scored, decisions, known), card.classes)


if __name__ == "__main__":
    main()
