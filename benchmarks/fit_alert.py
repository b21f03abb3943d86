"""Give a model that was trained before there were alerts the scores of one.

    python benchmarks/fit_alert.py PACKAGE DATA --alert myeloblast [--write]

DATA is the folder that the names in the package's `manifest.csv` are relative to. The validation
cells of the manifest, found again by their hashes, go through the package's own graph; the scores
are fitted on them as `train` does. So the bundled model got its own. `--write` puts
role and scores into card.json and MODEL_CARD.md; the other files stay as they are.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainer.atomic_files import sha256_of, write_text
from trainer.data.item import Item
from trainer.domain import ClassRole, Precision, SourceProfile, never_stop, no_progress
from trainer.inference.feature_distance import NearestNeighbours
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.jobs.common.labelled.cells import build_labelled_arrays, read_labelled_views
from trainer.jobs.train.calibrate import Calibration, fit_alert
from trainer.jobs.train.state import ModelOutputs
from trainer.models.package.card import Card, write_card
from trainer.models.package.card_text import model_card_text
from trainer.models.package.layout import CARD, CARD_TEXT, MANIFEST, Package, open_package


def main() -> None:
    """Fit the scores, print them, and write them where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("data", type=Path, help="what the manifest's names are relative to")
    parser.add_argument("--alert", action="append", required=True, metavar="CLASS")
    parser.add_argument("--write", action="store_true", help="change the package's card")
    arguments = parser.parse_args()
    package = open_package(arguments.package)
    card = with_alert(package, arguments.data, arguments.alert)
    print(card.thresholds.model_dump_json(indent=2))
    if arguments.write:
        write_changed_card(package, card)
        open_package(arguments.package)


def with_alert(package: Package, data: Path, classes: Sequence[str]) -> Card:
    """Return the package's card with the role and the scores of an alert."""
    card = package.card
    fitted = fit_alert(
        compute_outputs(package, manifest_items(package, data, "val")),
        Calibration(card.temperature, card.thresholds),
        NearestNeighbours.of(package.reference().pooled, card.distance.k),
        len(card.classes),
        [card.classes.index(name) for name in classes],
    )
    changes = {
        "roles": {**card.roles, **dict.fromkeys(classes, ClassRole.ALERT)},
        "thresholds": card.thresholds.model_copy(update={"alert": fitted}),
        "recipe": to_tuples(card.recipe),
    }
    return card.model_copy(update=changes)


def to_tuples(value: Any) -> Any:
    """Return a recipe as a training has it, whose lists are tuples: so the text of it stays."""
    if isinstance(value, dict):
        return {name: to_tuples(each) for name, each in value.items()}
    return tuple(to_tuples(each) for each in value) if isinstance(value, list) else value


def manifest_items(package: Package, data: Path, split: str) -> list[Item]:
    """List the cells of a split of the package's manifest.

    Raises:
        SystemExit: a file is not the one that was.
    """
    with (package.path / MANIFEST).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    for row in rows:
        if sha256_of(data / row["file"]) != row["sha256"]:
            raise SystemExit(f"{row['file']} is not the file of the manifest.")
    return [Item(data / r["file"], r["label"], "test", source=r["source"]) for r in rows]


def compute_outputs(package: Package, items: Sequence[Item]) -> ModelOutputs:
    """Run cells through the graph, each at the scale that the card has of its source."""
    card = package.card
    profiles = {
        each.name: SourceProfile(each.name, each.red_cell_diameter, "measured")
        for each in card.sources
    }
    views, errors = read_labelled_views(
        items,
        profiles,
        card.view.to_view(),
        card.input_size,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    print(f"{len(views)} cells, {len(errors)} of them unreadable")
    cells = build_labelled_arrays(views, "test", card.outputs)
    engine = OpenVinoEngine(package.graph, precision=Precision.F32)
    outputs = [
        engine.submit(cells.views[start : start + engine.batch]).result()
        for start in range(0, len(cells.views), engine.batch)
    ]
    return ModelOutputs(
        cells.labels,
        np.concatenate([each.logits for each in outputs]),
        np.concatenate([each.pooled for each in outputs]),
    )


def write_changed_card(package: Package, card: Card) -> None:
    """Write the card as text and as record, with the hash of the text."""
    write_text(package.path / CARD_TEXT, model_card_text(card))
    files = {**card.files, CARD_TEXT: sha256_of(package.path / CARD_TEXT)}
    write_card(card.model_copy(update={"files": files}), package.path / CARD)


if __name__ == "__main__":
    main()
