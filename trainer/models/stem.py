"""A stem: a network up to its pooled features, ready to be given a new head without Keras.

A package is one, and so is what `trainer.models.stem_making` keeps of a network with
published or random weights. Light: nothing here reaches a deep-learning framework.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from trainer.errors import PackageError
from trainer.models.card import Grid, HeadSpec
from trainer.models.hdf5 import open_hdf5
from trainer.models.head import LAYERS
from trainer.models.keras_file import check_keras_file, read_weights
from trainer.models.layer_weights import group_names, variables_of
from trainer.models.package import GRAPH, NETWORK, Package

ABOUT = "stem.json"


@dataclass(frozen=True)
class Stem:
    """A folder with `graph.xml`, `graph.bin` and `model.keras` of one network.

    Attributes:
        folder: where they lie.
        backbone: name of its row in `BACKBONES`.
        input_size: side of its input in pixels.
        head: the layers of the head that it has now.
        digest: SHA-256 of its weights without those of the head: equal for all heads.
        grid: where the places of its feature map look.
        software: versions that it was made with.
    """

    folder: Path
    backbone: str
    input_size: int
    head: HeadSpec
    digest: str
    grid: Grid
    software: Mapping[str, str]

    @property
    def graph(self) -> Path:
        """The OpenVINO graph."""
        return self.folder / GRAPH

    @property
    def network(self) -> Path:
        """The Keras file."""
        return self.folder / NETWORK


def stem_of(package: Package, digest: str = "") -> Stem:
    """A package as a stem.

    Args:
        digest: as `digest_of_weights` gives it for the network, where it is known already.

    Raises:
        PackageError: its network is damaged, or its card does not say where its places look.
    """
    card = package.card
    if card.grid is None:
        raise PackageError(
            f"The model {card.id} is of an early kind that cannot be given a new head.",
            "Train from weights instead, or with --preset full.",
        )
    return Stem(
        package.path,
        card.backbone,
        card.input_size,
        card.head,
        digest or digest_of_weights(package.network),
        card.grid,
        {name: card.software[name] for name in ("keras", "backend") if name in card.software},
    )


def write_about(stem: Stem) -> None:
    """Write `stem.json` beside the files of a stem."""
    record = asdict(stem) | {"head": stem.head.model_dump(), "grid": stem.grid.model_dump()}
    del record["folder"]
    (stem.folder / ABOUT).write_text(json.dumps(record, indent=2), encoding="utf-8")


def open_stem(folder: Path) -> Stem | None:
    """The stem in a folder that `write_about` has described; None where there is none."""
    try:
        record = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        head, grid = HeadSpec(**record.pop("head")), Grid(**record.pop("grid"))
        stem = Stem(folder=folder, head=head, grid=grid, **record)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return stem if stem.graph.is_file() and stem.network.is_file() else None


def digest_of_weights(network: Path) -> str:
    """SHA-256 over the arrays of a `.keras` file, in the order of the layers, without the head's.

    Raises:
        PackageError: the file is unsafe or damaged.
    """
    layers = layers_of(check_keras_file(network))
    digest = hashlib.sha256()
    with open_hdf5(read_weights(network), NETWORK) as file:
        for name, group in layers.items():
            for values in () if name in LAYERS else variables_of(file, group, NETWORK):
                digest.update(str(values.shape).encode())
                digest.update(values[()].tobytes())
    return digest.hexdigest()


def layers_of(config: dict[str, object]) -> dict[str, str]:
    """Name of each layer -> its group in the file of weights, from a network's `config.json`.

    Raises:
        PackageError: it describes no functional network.
    """
    try:
        entries = config["config"]["layers"]  # type: ignore[index]
        groups = group_names(entry["class_name"] for entry in entries)
        return {entry["name"]: group for entry, group in zip(entries, groups, strict=True)}
    except (KeyError, TypeError) as error:
        raise PackageError("The architecture of this network cannot be read.") from error
