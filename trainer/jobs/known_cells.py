"""The training cells of a model, to be compared with: from its package, without its network."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.inference.feature_distance import Reference
from trainer.jobs.training_pictures import TrainingPictures, known_pictures
from trainer.locations import resources_folder
from trainer.models.package.card import Card
from trainer.models.package.layout import CARD, MANIFEST, REFERENCE, Package, check_file, sha256_of
from trainer.models.package.registry import Registry


@dataclass(frozen=True)
class KnownCell:
    """A training cell, as it is shown.

    Attributes:
        distance: cosine distance in units of the card's limit.
        name: as in the training data.
        source: lab or scanner; empty where the package does not say.
        file: the picture, where it is on this computer; else None.
    """

    label: str
    distance: float
    name: str
    source: str
    file: Path | None


@dataclass(frozen=True, eq=False)
class KnownCells:
    """The reference cells of one model.

    Attributes:
        labels: index of the output of each, (M,).
        names: of each, (M,).
        sources: by name, where the package says.
    """

    card: Card
    reference: Reference
    labels: NDArray[np.integer]
    names: NDArray[np.str_]
    sources: Mapping[str, str]
    pictures: TrainingPictures

    @property
    def limit(self) -> float:
        """The distance that counts as 1.0."""
        return self.card.thresholds.unknown_distance or 1.0

    def nearest(self, pooled: NDArray[np.floating], count: int) -> list[KnownCell]:
        """The `count` training cells most similar to features (K,), nearest first."""
        away = self.reference.distances(pooled[None])[0]
        chosen = np.argsort(away, kind="stable")[:count]
        return [self._cell(int(row), float(away[row])) for row in chosen]

    def _cell(self, row: int, distance: float) -> KnownCell:
        name = str(self.names[row])
        return KnownCell(
            self.card.outputs[int(self.labels[row])],
            distance / self.limit,
            name,
            self.sources.get(name, ""),
            self.pictures.find(name),
        )


def open_known_cells(model: str, model_sha256: str, data: Path) -> KnownCells:
    """The training cells of the model of a run.

    Args:
        model: its id, for the words.
        model_sha256: of its card, by which it is found among the models.
        data: the data folder.

    Raises:
        UserError: the model is not on this computer.
        PackageError: its files were changed or are missing.
    """
    package = _find(model, model_sha256, data)
    for name in (REFERENCE, MANIFEST):
        check_file(package.path, package.card, name)
    cells = package.reference()
    return KnownCells(
        package.card,
        Reference.of(cells.pooled, package.card.distance.k),
        cells.labels,
        cells.images,
        _sources(package.path / MANIFEST),
        known_pictures(data, model_sha256),
    )


def _find(model: str, model_sha256: str, data: Path) -> Package:
    for entry in Registry(data / "models", resources_folder() / "models").entries():
        if entry.card is not None and sha256_of(entry.path / CARD) == model_sha256:
            return Package(entry.path, entry.card)
    raise UserError(
        f"The model {model} is not among the models of this computer.",
        "Import it to see its training cells.",
    )


def _sources(manifest: Path) -> dict[str, str]:
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["file"]: row.get("source") or "" for row in rows if row.get("file")}
