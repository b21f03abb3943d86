"""Outputs of the bundled model for the cells of several labs, for the benchmarks of decisions.

The labs are folders of DATA, each with a `manifest.csv` or class folders. Of Munich's and
Barcelona's cells (`seed`) the held-out ones are taken; those of the other labs the model must never
have seen: from the fifth on the bundled one learned from Raabin and BCISC, so give one
made by `train --leave-out` of these. The validation cells are those of the model's own manifest."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from fit_alert import compute_outputs, manifest_items
from numpy.typing import NDArray

from trainer.data.item import Item
from trainer.domain import ClassRole, never_stop, no_progress
from trainer.inference.classifier import Classifier
from trainer.jobs.common.labelled.cells import (
    LabelledView,
    dataset_of,
    measure_sources,
    read_labelled_views,
)
from trainer.jobs.train.state import ModelOutputs
from trainer.locations import resources_folder
from trainer.models.package.card import Card
from trainer.models.package.layout import Package, open_package
from trainer.models.probabilities import softmax
from trainer.training.augmentation import Augmentation, augment
from trainer.training.dataset import CellDataset
from trainer.training.stain_style import StyleBank, measure_styles

BUNDLED_MODEL = next((resources_folder() / "models").glob("*/card.json")).parent
FOREIGN = ("raabin", "bcisc", "bccd_cells")
OWN, VALIDATION = "seed", "validation"
STYLE_CLASS = "seg_neutrophil"
STYLE_ONLY = Augmentation(
    scale=1.0,
    shift=0.0,
    grow=(0.0, 0.0),
    mask_fault=0.0,
    unmasked=0.0,
    style=1.0,
    style_strength=(1.0, 1.0),
    style_cell=1.0,
    style_wander=0.0,
    dye=0.0,
    mixing=0.0,
    hue=0.0,
    saturation=1.0,
    contrast=1.0,
    gamma=1.0,
    brightness=0.0,
    faint=0.0,
    monochrome=0.0,
    texture=0.0,
    uneven=0.0,
    blur=0.0,
    coarse=0.0,
    sharpen=0.0,
    fringe=0.0,
    noise=0.0,
    jpeg=0.0,
)


@dataclass(frozen=True, eq=False)
class LabScores:
    """What a model computes of the cells of one lab.

    Attributes:
        labels: (N,), kinds by name.
        probabilities: (N, C), over all outputs.
        distance: (N,), in units of the limit.
        pooled: float32 (N, K), the network's pooled features.
    """

    labels: NDArray[np.str_]
    probabilities: NDArray[np.float64]
    distance: NDArray[np.float64]
    pooled: NDArray[np.float32]


PARTS = tuple(each.name for each in fields(LabScores))


def read_command_line(documentation: str) -> tuple[Package, dict[str, LabScores]]:
    """Read what a benchmark of labs is given; returns the model and what it computes of them."""
    parser = argparse.ArgumentParser(description=documentation.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, help="the folder that holds seed, raabin, ...")
    parser.add_argument("--model", type=Path, default=BUNDLED_MODEL)
    parser.add_argument("--scores", type=Path, help="file that keeps the outputs of the network")
    arguments = parser.parse_args()
    package = open_package(arguments.model)
    if arguments.scores and arguments.scores.exists():
        return package, load_scores(arguments.scores)
    labs = dict(score_labs(arguments.data, package))
    if arguments.scores:
        save_scores(labs, arguments.scores)
    return package, labs


def score_labs(data: Path, package: Package) -> Iterator[tuple[str, LabScores]]:
    """Score every lab as it is, and the blasts in the style of each foreign lab.

    Args:
        data: the folder of the labs; the model's manifest names files relative to its parent.
    """
    card, classifier = package.card, Classifier.from_package(package, device="cpu")
    items = manifest_items(package, data.resolve().parent, "val")
    outputs = compute_outputs(package, items)
    yield VALIDATION, to_scores([each.label for each in items], outputs, classifier)
    views = {name: read_views(data / name, card) for name in (OWN, *FOREIGN)}
    blasts = [each for each in views[OWN] if each.item.label in alert_classes(card)]
    neutrophils = [
        each
        for each in views[OWN]
        if each.item.label == STYLE_CLASS and each.item.source == blasts[0].item.source
    ]
    for name, found in views.items():
        yield name, score(found, np.stack([each.view for each in found]), classifier)
    for name in FOREIGN:
        goal = [each for each in views[name] if each.item.label == STYLE_CLASS]
        restained = restain(blasts, neutrophils, goal, card)
        yield f"blasts as {name}", score(blasts, restained, classifier)


def read_views(folder: Path, card: Card) -> list[LabelledView]:
    """Read the cells of a lab as the network gets them; held-out ones of the model's own."""
    items = list(read_items(folder))
    profiles = measure_sources(items, no_progress, never_stop)
    views, _ = read_labelled_views(
        items,
        profiles,
        card.view.to_view(),
        card.input_size,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    print(f"{folder.name}: {len(views)} cells", flush=True)
    return views


def read_items(folder: Path) -> Iterator[Item]:
    """List the cells of a folder; of one with splits those of the test split."""
    manifest = folder / "manifest.csv"
    if not manifest.exists():
        for path in sorted(folder.glob("*/*.jpg")):
            yield Item(path, path.parent.name, "train", source=folder.name)
        return
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # "train" keeps the crop, which a change of stain needs.
            if row.get("split", "test") == "test":
                yield Item(folder / row["file"], row["label"], "train", source=row["source"])


def restain(
    blasts: list[LabelledView], start: list[LabelledView], goal: list[LabelledView], card: Card
) -> NDArray[np.uint8]:
    """Return the views of blasts with the style of another lab's cells, uint8 (N, S, S, 3).

    Args:
        start: neutrophils of the lab of the blasts: its style is measured on them.
        goal: neutrophils of the other lab; each blast gets the style of one of them.
    """
    own = to_dataset([*blasts, *start], card)
    styles = StyleBank(
        measure_styles(own, STYLE_CLASS).of_source,
        measure_styles(to_dataset(goal, card), STYLE_CLASS).of_cell,
    )
    rows = range(len(blasts))
    rngs = [np.random.default_rng([0, row]) for row in rows]
    return np.stack([augment(own, row, styles, STYLE_ONLY, rngs[row]) for row in rows])


def to_dataset(views: list[LabelledView], card: Card) -> CellDataset:
    """Return cells as they are augmented."""
    outputs = tuple(sorted({each.item.label for each in views}))
    return dataset_of(views, "train", outputs, card.view.to_view(), card.input_size)


def score(cells: list[LabelledView], views: NDArray[np.uint8], classifier: Classifier) -> LabScores:
    """Run views through the graph."""
    step, engine = classifier.engine.batch, classifier.engine
    outputs = [
        engine.submit(views[start : start + step]).result() for start in range(0, len(views), step)
    ]
    logits = np.concatenate([each.logits for each in outputs])
    pooled = np.concatenate([each.pooled for each in outputs])
    labels = [each.item.label for each in cells]
    return to_scores(
        labels, ModelOutputs(np.zeros(len(cells), np.intp), logits, pooled), classifier
    )


def to_scores(labels: list[str], outputs: ModelOutputs, classifier: Classifier) -> LabScores:
    """Return probabilities and distances of outputs of the graph."""
    distance = classifier.reference.distance(outputs.pooled).astype(np.float64)
    return LabScores(
        np.array(labels),
        softmax(outputs.logits, classifier.temperature),
        distance / classifier.distance_limit,
        outputs.pooled,
    )


def save_scores(labs: Mapping[str, LabScores], path: Path) -> None:
    """Keep the outputs of the network."""
    np.savez(
        path,
        **{f"{name}/{part}": getattr(lab, part) for name, lab in labs.items() for part in PARTS},
    )


def load_scores(path: Path) -> dict[str, LabScores]:
    """Read what `save_scores` kept."""
    with np.load(path, allow_pickle=False) as file:
        names = dict.fromkeys(key.rsplit("/", 1)[0] for key in file.files)
        return {name: LabScores(*(file[f"{name}/{part}"] for part in PARTS)) for name in names}


def alert_classes(card: Card) -> tuple[str, ...]:
    """Return the alert classes; myeloblast for a card from before there were any."""
    return card.classes_with_role(ClassRole.ALERT) or ("myeloblast",)
