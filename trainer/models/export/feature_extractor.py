"""Feature extractors: networks up to their pooled features, which get new heads without Keras.

A package is one. Of a network with published or random weights, `write_extractor` makes one,
once for all heads that will be fitted on it. Light but for that function: nothing else here
loads a deep-learning framework.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import BYTES_PER_WEIGHT, ensure_space, staging_folder
from trainer.errors import PackageError
from trainer.models.head import LAYERS
from trainer.models.network.weights import group_names, layer_datasets
from trainer.models.package.card import FeatureMapSpec, HeadSpec, ReceptiveFieldGrid
from trainer.models.package.layout import GRAPH, NETWORK, Package
from trainer.models.safe_files.hdf5 import open_hdf5
from trainer.models.safe_files.keras import read_keras_file

if TYPE_CHECKING:
    import keras

DESCRIPTION = "stem.json"


@dataclass(frozen=True)
class FeatureExtractor:
    """A folder with `graph.xml`, `graph.bin` and `model.keras` of one network.

    Attributes:
        folder: where they lie.
        backbone: name of its row in `BACKBONES`.
        input_size: side of its input in pixels.
        head: the layers of the head that it has now.
        digest: SHA-256 of its weights without those of the head: equal for all heads.
        grid: the receptive field grid of its feature map.
        software: versions that it was made with.
        feature_map: how fine its feature map is, and how it is pooled.
    """

    folder: Path
    backbone: str
    input_size: int
    head: HeadSpec
    digest: str
    grid: ReceptiveFieldGrid
    software: Mapping[str, str]
    feature_map: FeatureMapSpec = field(default_factory=FeatureMapSpec)

    @property
    def graph(self) -> Path:
        """The OpenVINO graph."""
        return self.folder / GRAPH

    @property
    def network(self) -> Path:
        """The Keras file."""
        return self.folder / NETWORK


def extractor_of(package: Package, digest: str = "") -> FeatureExtractor:
    """Take a package as a feature extractor.

    Args:
        digest: as `digest_of_weights` gives it for the network, where it is known already.

    Raises:
        PackageError: its network is damaged, or its card has no receptive field grid.
    """
    card = package.card
    if card.grid is None:
        raise PackageError(
            f"The model {card.id} is of an early kind that cannot be given a new head.",
            "Train from weights instead, or with --preset full.",
        )
    return FeatureExtractor(
        package.path,
        card.backbone,
        card.input_size,
        card.head,
        digest or digest_of_weights(package.network, card.feature_map),
        card.grid,
        {name: card.software[name] for name in ("keras", "backend") if name in card.software},
        card.feature_map,
    )


def write_description(extractor: FeatureExtractor) -> None:
    """Write `stem.json` beside the files of a feature extractor."""
    record = asdict(extractor) | {
        "head": extractor.head.model_dump(),
        "grid": extractor.grid.model_dump(),
        "feature_map": extractor.feature_map.model_dump(),
    }
    del record["folder"]
    (extractor.folder / DESCRIPTION).write_text(json.dumps(record, indent=2), encoding="utf-8")


def open_extractor(folder: Path) -> FeatureExtractor | None:
    """Open the feature extractor that `write_description` described; None if there is none."""
    try:
        record = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        head, grid = HeadSpec(**record.pop("head")), ReceptiveFieldGrid(**record.pop("grid"))
        feature_map = FeatureMapSpec(**record.pop("feature_map", {}))
        extractor = FeatureExtractor(
            folder=folder, head=head, grid=grid, feature_map=feature_map, **record
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return extractor if extractor.graph.is_file() and extractor.network.is_file() else None


def digest_of_weights(network: Path, feature_map: FeatureMapSpec | None = None) -> str:
    """Hash the arrays of a `.keras` file in the order of the layers, without the head's: SHA-256.

    A feature map that is not the default's is hashed, too: it has the same weights.

    Raises:
        PackageError: the file is unsafe or damaged.
    """
    stored = read_keras_file(network)
    layers = layer_groups(stored.config)
    digest = hashlib.sha256()
    with open_hdf5(stored.weights, NETWORK) as file:
        for name, group in layers.items():
            for values in () if name in LAYERS else layer_datasets(file, group, NETWORK):
                digest.update(str(values.shape).encode())
                digest.update(values[()].tobytes())
    if feature_map not in (None, FeatureMapSpec()):
        digest.update(feature_map.model_dump_json().encode())
    return digest.hexdigest()


def layer_groups(config: dict[str, object]) -> dict[str, str]:
    """Map layers to groups of the file of weights, by name, from a network's `config.json`.

    Raises:
        PackageError: it describes no functional network.
    """
    try:
        entries = config["config"]["layers"]  # type: ignore[index]
        groups = group_names(entry["class_name"] for entry in entries)
        return {entry["name"]: group for entry, group in zip(entries, groups, strict=True)}
    except (KeyError, TypeError) as error:
        raise PackageError("The architecture of this network cannot be read.") from error


def write_extractor(
    network: keras.Model,
    backbone: str,
    head: HeadSpec,
    folder: Path,
    cells: Callable[[], NDArray[np.generic]],
    feature_map: FeatureMapSpec | None = None,
) -> FeatureExtractor:
    """Write the feature extractor of a network of `build_network`; all of it or nothing.

    Args:
        network: its kernels rounded to float16, see `round_to_float16`.
        folder: where to; a complete one that is there already is left, all else replaced.
        cells: gives some cells, (N, H, W, 3) RGB 0-255, on which graph and network must agree;
            called once the graph is there.
        feature_map: of the network; None for the default.

    Raises:
        PackageError: they do not agree.
        UserError: the disk is full.
    """
    import keras

    from trainer.models.export.acceptance import check_parity
    from trainer.models.export.keras import export_network
    from trainer.models.network.receptive_field import receptive_field_grid

    feature_map = feature_map or FeatureMapSpec()
    needed = BYTES_PER_WEIGHT * network.count_params()
    with ensure_space(folder.parent, needed), staging_folder(folder) as temporary:
        graph = export_network(network, temporary)
        check_parity(network, graph, cells())
        extractor = FeatureExtractor(
            temporary,
            backbone,
            int(network.input_shape[1]),
            head,
            digest_of_weights(temporary / NETWORK, feature_map),
            receptive_field_grid(network),
            {"keras": str(keras.__version__), "backend": str(keras.backend.backend())},
            feature_map,
        )
        write_description(extractor)
        _move_into_place(temporary, folder)
    return replace(extractor, folder=folder)


def _move_into_place(temporary: Path, folder: Path) -> None:
    """Rename a feature extractor to its folder, unless another process was quicker."""
    if open_extractor(folder) is not None:
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        temporary.rename(folder)
    except OSError:
        if open_extractor(folder) is None:
            raise
