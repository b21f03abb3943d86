"""The files of a model package: one folder, with a card that holds the hash of every file.

Light: opening a package loads no deep-learning framework. Writing one is in
`trainer.models.export.package_writer`, with a `NetworkWriter` for the files of the network;
rebuilding its network is in `trainer.models.network.load`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import sha256_of
from trainer.domain import Precision
from trainer.errors import PackageError
from trainer.models.head import Head, load_head
from trainer.models.package.card import Card, ReceptiveFieldGrid, read_card
from trainer.models.package.corrected_cells import CorrectedCellsFile, load_corrected_cells
from trainer.models.package.reference_cells import ReferenceCells, load_reference


@dataclass(frozen=True, eq=False)
class NetworkExport:
    """What is known of a network once its files are written.

    Attributes:
        grid: the receptive field grid of the feature map.
        logits: by precision, (N, C): those of the graph for the cells on which precisions
            are measured, where they are known already.
    """

    grid: ReceptiveFieldGrid
    logits: Mapping[Precision, NDArray[np.float32]] = field(default_factory=dict)


class NetworkWriter(Protocol):
    """Writes the files of the network: of a Keras network, or of a head swap."""

    @property
    def bytes_needed(self) -> int:
        """An upper bound of what is written."""

    @property
    def software(self) -> Mapping[str, str]:
        """Versions of what made the network."""

    def write(self, folder: Path, card: Card, cells: NDArray[np.generic]) -> NetworkExport:
        """Write `model.keras`, the graph and `head.npz`, and check them on the cells."""


CARD = "card.json"
NETWORK = "model.keras"
GRAPH = "graph.xml"
GRAPH_WEIGHTS = "graph.bin"
HEAD = "head.npz"
REFERENCE = "reference.npz"
METRICS = "metrics.json"
HISTORY = "history.csv"
MANIFEST = "manifest.csv"
CARD_TEXT = "MODEL_CARD.md"
ADAPTATION = "adaptation.npz"

FILES = (
    NETWORK,
    GRAPH,
    GRAPH_WEIGHTS,
    HEAD,
    REFERENCE,
    METRICS,
    HISTORY,
    MANIFEST,
    CARD_TEXT,
)
OPTIONAL_FILES = (ADAPTATION,)
"""Those that only some packages hold."""


@dataclass(frozen=True)
class Package:
    """A package whose files agree with its card."""

    path: Path
    card: Card

    @property
    def graph(self) -> Path:
        """The OpenVINO graph; its weights lie beside it."""
        return self.path / GRAPH

    @property
    def network(self) -> Path:
        """The Keras file; only `trainer.models.network.load` reads it."""
        return self.path / NETWORK

    def head(self) -> Head:
        """The layers after the pooled features.

        Raises:
            PackageError: unreadable, or it does not fit the card; the message names the difference.
        """
        head = load_head(self.path / HEAD)
        _check_head(self.card, head)
        return head

    def reference(self) -> ReferenceCells:
        """The training cells to compare with.

        Raises:
            PackageError: unreadable, or it does not fit the card; the message names the difference.
        """
        cells = load_reference(self.path / REFERENCE)
        channels = self.card.channels
        if cells.pooled.shape[1] != channels:
            raise PackageError(
                f"{self.card.backbone} has {channels} features, the reference cells of"
                f" “{self.card.id}” have {cells.pooled.shape[1]}."
            )
        if cells.labels.min() < 0 or cells.labels.max() >= len(self.card.outputs):
            raise PackageError(
                f"The reference cells of “{self.card.id}” name class {int(cells.labels.max())},"
                f" the card has {len(self.card.outputs)}."
            )
        return cells

    def corrected_cells(self) -> CorrectedCellsFile | None:
        """The cells that it was adapted with; None for a model that was trained.

        Raises:
            PackageError: unreadable, missing, or they do not fit the card.
        """
        if self.card.adaptation is None:
            return None
        check_file(self.path, self.card, ADAPTATION)
        cells = load_corrected_cells(self.path / ADAPTATION)
        if cells.head.channels != self.card.channels:
            raise PackageError(
                f"{self.card.backbone} has {self.card.channels} features, the corrected cells of"
                f" “{self.card.id}” have {cells.head.channels}."
            )
        return cells


def open_package(folder: Path) -> Package:
    """Open a package after checking all of it: card, hashes, shapes against classes.

    Raises:
        PackageError: not a package, of a newer format, changed, incomplete, or parts
            that do not belong together; the message names the difference.
    """
    card = read_card(folder / CARD)
    _check_files(folder, card)
    package = Package(folder, card)
    package.head()
    package.reference()
    package.corrected_cells()
    _check_graph(package)
    return package


def check_file(folder: Path, card: Card, name: str) -> None:
    """Check one file of a package against its card, where no more is needed.

    Raises:
        PackageError: it is missing, or is not the one that was written.
    """
    path = folder / name
    if path.is_symlink() or not path.is_file() or name not in card.files:
        raise PackageError(
            f"The model “{card.id}” lacks its file {name}.", "Import or train it again."
        )
    if sha256_of(path) != card.files[name]:
        raise PackageError(
            f"{name} of the model “{card.id}” was changed or damaged after it was written.",
            "Import or train it again.",
        )


def _check_files(folder: Path, card: Card) -> None:
    missing = [name for name in FILES if name not in card.files]
    if missing:
        raise PackageError(f"The card of “{card.id}” does not list {', '.join(missing)}.")
    for name in card.files:
        check_file(folder, card, name)


def _check_head(card: Card, head: Head) -> None:
    if head.outputs != len(card.outputs):
        raise PackageError(
            f"The parts of “{card.id}” do not belong together: the card says"
            f" {len(card.outputs)} classes, the head has {head.outputs}."
        )
    channels = card.channels
    if head.channels != channels:
        raise PackageError(
            f"The parts of “{card.id}” do not belong together: {card.backbone} has {channels}"
            f" features, the head takes {head.channels}."
        )
    hidden = 0 if head.hidden_kernel is None else int(head.hidden_kernel.shape[1])
    if hidden != card.head.hidden or (head.scale is not None) != card.head.batch_norm:
        raise PackageError(
            f"The parts of “{card.id}” do not belong together: the head has a hidden layer of"
            f" {hidden} and {'a' if head.scale is not None else 'no'} batch norm, the card says"
            f" {card.head.hidden} and {'a' if card.head.batch_norm else 'none'}."
        )


def _check_graph(package: Package) -> None:
    """The input of the graph, read from its text without running anything."""
    text = package.graph.read_text(encoding="utf-8", errors="replace")
    match = re.search(r'type="Parameter"[^>]*>\s*<data shape="([^"]*)"', text)
    size = str(package.card.input_size)
    shape = [part.strip() for part in match.group(1).split(",")] if match else []
    if shape[1:] != [size, size, "3"]:
        takes = " x ".join(shape[1:]) or "nothing that can be read"
        raise PackageError(
            f"The parts of “{package.card.id}” do not belong together: the card says images of"
            f" {size} x {size} x 3, the graph takes {takes}."
        )
