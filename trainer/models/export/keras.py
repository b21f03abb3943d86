"""The files of a package that hold a Keras network: `model.keras`, the graph and the head."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import BYTES_PER_WEIGHT
from trainer.domain import Precision
from trainer.errors import PackageError
from trainer.models.export.acceptance import check_logits, keras_logits
from trainer.models.export.openvino import export_graph
from trainer.models.export.runtime import run_graph
from trainer.models.network.build import head_of
from trainer.models.network.load import build_from_card
from trainer.models.network.receptive_field import receptive_field_grid
from trainer.models.package.card import Card
from trainer.models.package.layout import HEAD, NETWORK, NetworkExport
from trainer.models.safe_files.keras import CONFIG
from trainer.models.safe_files.zip import dated_entry

METADATA = "metadata.json"
SHARED = "shared_object_id"


@dataclass(frozen=True, eq=False)
class KerasNetworkWriter:
    """Writes a trained network into a package."""

    network: keras.Model

    @property
    def bytes_needed(self) -> int:
        """An upper bound of what `write` writes."""
        return int(BYTES_PER_WEIGHT * self.network.count_params())

    @property
    def software(self) -> Mapping[str, str]:
        """Versions of what made the network."""
        return {"keras": str(keras.__version__), "backend": str(keras.backend.backend())}

    def write(self, folder: Path, card: Card, cells: NDArray[np.generic]) -> NetworkExport:
        """Write `model.keras`, `graph.xml`, `graph.bin` and `head.npz`.

        Args:
            cells: held-out cells as the network takes them, (N, H, W, 3).

        Raises:
            PackageError: the network is not the one that the card describes, or its graph
                does not agree with it.
        """
        network = _copy_network(card, self.network)
        logits = run_graph(export_network(network, folder), cells)["logits"]
        check_logits(keras_logits(network, cells), logits)
        head_of(network).save(folder / HEAD)
        return NetworkExport(receptive_field_grid(network), {Precision.F32: logits})


def export_network(network: keras.Model, folder: Path) -> Path:
    """Write the graph and `model.keras`; returns the path of `graph.xml`."""
    graph = export_graph(network, folder)
    save_network(network, folder / NETWORK)
    return graph


def save_network(network: keras.Model, path: Path) -> None:
    """Write a `.keras` file that Keras opens too, compressed.

    Kernels rounded to float16 leave half of every float32 empty, which then takes next
    to no room. The bytes depend on the network alone: no dates, no addresses.
    """
    plain = path.with_name(f"plain-{path.name}")
    network.save(plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(path, "w") as target,
    ):
        for name in source.namelist():
            data = _NORMALIZERS.get(name, bytes)(source.read(name))
            target.writestr(dated_entry(name), data, compresslevel=1)
    plain.unlink()


def _remove_date(metadata: bytes) -> bytes:
    undated = {key: v for key, v in json.loads(metadata).items() if key != "date_saved"}
    return json.dumps(undated, sort_keys=True).encode()


def _renumber_shared_objects(config: bytes) -> bytes:
    """Replace the addresses by which layers share objects in this process by numbers."""
    numbers: dict[int, int] = {}

    def numbered(entry: dict[str, Any]) -> dict[str, Any]:
        if (address := entry.get(SHARED)) is not None:
            entry[SHARED] = numbers.setdefault(address, len(numbers) + 1)
        return entry

    return json.dumps(json.loads(config, object_hook=numbered)).encode()


_NORMALIZERS = {METADATA: _remove_date, CONFIG: _renumber_shared_objects}


def _copy_network(card: Card, network: keras.Model) -> keras.Model:
    """Copy the weights of a network into the one that the card describes.

    So that what is written is what will be rebuilt, without optimiser or training state.
    """
    rebuilt = build_from_card(card)
    expected = [tuple(weight.shape) for weight in rebuilt.weights]
    found = [tuple(weight.shape) for weight in network.weights]
    if expected != found:
        raise PackageError(
            f"The network is not the one that the card of “{card.id}” describes:"
            f" {card.backbone} with {len(card.outputs)} outputs has {len(expected)} arrays of"
            f" weights, this one has {len(found)}, or other shapes."
        )
    rebuilt.set_weights(network.get_weights())
    return rebuilt
