"""Write a model package: all of it or nothing, and only if its graph tells the truth."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import shutil
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.domain import Precision
from trainer.errors import PackageError, UserError
from trainer.models import package as names
from trainer.models.card import Card, write_card
from trainer.models.disk import writing
from trainer.models.export import export_graph
from trainer.models.gates import check_parity, measure_precisions
from trainer.models.geometry import grid_of
from trainer.models.loading import build_from_card
from trainer.models.model_card_text import model_card_text
from trainer.models.network import head_of
from trainer.models.openvino_runtime import load_openvino
from trainer.models.package import Package, open_package, sha256_of
from trainer.models.reference import ReferenceCells

# The network twice (as written, and compressed) and the graph, all at float32.
BYTES_PER_WEIGHT = 12
FAST = (Precision.BF16, Precision.F16)


@dataclass(frozen=True, eq=False)
class Contents:
    """What goes into a package beside its card.

    Attributes:
        network: from `build_network`, trained; its weights are copied.
        cells: held-out cells as the network is shown them, (N, H, W, 3) RGB 0-255,
            uint8 or float32, N >= 1: the graph must agree with the network on them, and
            faster precisions are measured on them.
        labels: (N,) indices of their right outputs, for the calibration under faster
            precisions; None leaves that unmeasured.
        reference: training cells to compare with.
        metrics: everything that was measured, for `metrics.json`.
        history: one row per epoch, for `history.csv`.
        manifest: the training manifest as CSV text.
    """

    network: keras.Model
    cells: NDArray[np.generic]
    reference: ReferenceCells
    labels: NDArray[np.integer] | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    manifest: str = "file,label,split\n"


def write_package(folder: Path, card: Card, contents: Contents) -> Package:
    """Write a package into `folder`, which must not exist yet.

    Everything is first written and checked in a temporary folder beside it. `files`,
    `grid`, `precisions` and `software` of the card are filled in from what is found.

    Raises:
        PackageError: the network is not the one that the card describes, or its graph
            does not agree with it; nothing is left behind.
        UserError: the folder exists, or the disk is full.
    """
    if folder.exists():
        raise UserError(
            f"There is already a model “{folder.name}” in {folder.parent}.",
            "Give the new one another name.",
        )
    network = _copied(card, contents.network)
    needed = BYTES_PER_WEIGHT * network.count_params()
    with writing(folder.parent, needed), _beside(folder) as temporary:
        card = _fill(temporary, card, network, contents)
        write_card(card, temporary / names.CARD)
        open_package(temporary)
        _flush(temporary)
        temporary.rename(folder)
    return Package(folder, card)


def software_versions() -> dict[str, str]:
    """Versions of what takes part in the figures of a model."""
    return {
        "leukogui": trainer.__version__,
        "python": platform.python_version(),
        "keras": str(keras.__version__),
        "backend": str(keras.backend.backend()),
        "openvino": str(load_openvino().__version__),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }


def _copied(card: Card, network: keras.Model) -> keras.Model:
    """The network that the card describes, with the weights of the one given.

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


def _fill(folder: Path, card: Card, network: keras.Model, contents: Contents) -> Card:
    """Write all files but the card; the card with what was found out on the way."""
    graph = export_graph(network, folder)
    check_parity(network, graph, contents.cells)
    gates = measure_precisions(graph, FAST, contents.cells, contents.labels, card.temperature)
    save_network(network, folder / names.NETWORK)
    head_of(network).save(folder / names.HEAD)
    contents.reference.save(folder / names.REFERENCE)
    _write_text(folder / names.METRICS, json.dumps(contents.metrics, indent=2, sort_keys=True))
    _write_text(folder / names.HISTORY, _csv(contents.history))
    _write_text(folder / names.MANIFEST, contents.manifest)
    card = card.model_copy(
        update={
            "grid": grid_of(network),
            "precisions": gates,
            "software": {**card.software, **software_versions()},
        }
    )
    _write_text(folder / names.CARD_TEXT, model_card_text(card))
    return card.model_copy(
        update={"files": {name: sha256_of(folder / name) for name in names.FILES}}
    )


def save_network(network: keras.Model, path: Path) -> None:
    """Write a `.keras` file that Keras opens too, compressed.

    Kernels rounded to float16 leave half of every float32 empty, which then takes next
    to no room.
    """
    plain = path.with_name(f"plain-{path.name}")
    network.save(plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    plain.unlink()


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder`, gone afterwards unless it was renamed."""
    temporary = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.partial")
    temporary.mkdir()
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Make sure that the files are on the disk before they get their name."""
    for path in folder.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def _write_text(path: Path, text: str) -> None:
    path.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8", newline="\n")


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["epoch"]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
