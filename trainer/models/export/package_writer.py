"""Write a model package: all of it or nothing, and only if its graph is accepted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.atomic_files import ensure_space, sha256_of, staging_folder, write_together
from trainer.errors import UserError
from trainer.models.export.acceptance import FAST, measure_precisions
from trainer.models.export.head_swap import HeadSwap
from trainer.models.export.runtime import load_openvino
from trainer.models.package import layout as names
from trainer.models.package.card import Card, write_card
from trainer.models.package.card_text import model_card_text
from trainer.models.package.corrected_cells import CorrectedCellsFile
from trainer.models.package.layout import NetworkWriter, Package, open_package
from trainer.models.package.reference_cells import ReferenceCells


@dataclass(frozen=True, eq=False)
class PackageContents:
    """The contents of a package beside its card.

    Attributes:
        network: from `build_network`, trained; its weights are copied. Or a `HeadSwap`.
        cells: held-out cells as the network takes them, (N, H, W, 3) RGB 0-255,
            uint8 or float32, N >= 1: the graph must agree with the network on them, and
            faster precisions are measured on them, unless a head swap has features for that.
        labels: indices of the right outputs of the cells on which faster precisions are
            measured, for the calibration under these; None leaves that unmeasured.
        reference: training cells to compare with.
        metrics: everything that was measured, for `metrics.json`.
        history: one row per epoch, for `history.csv`.
        manifest: the training manifest as CSV text.
        corrected: the cells of an adaptation; None for a model that was trained.
    """

    network: Any
    cells: NDArray[np.generic]
    reference: ReferenceCells
    labels: NDArray[np.integer] | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    manifest: str = "file,label,split\n"
    corrected: CorrectedCellsFile | None = None


def write_package(folder: Path, card: Card, contents: PackageContents) -> Package:
    """Write a package into `folder`, which must not exist yet.

    Everything is first written and checked in a temporary folder beside it. `files`,
    `grid`, `precisions` and `software` of the card are filled in from what was written.

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
    writer = _network_writer(contents.network)
    with ensure_space(folder.parent, writer.bytes_needed), staging_folder(folder) as temporary:
        card = _write_files(temporary, card, writer, contents)
        write_card(card, temporary / names.CARD)
        open_package(temporary)
        _sync_to_disk(temporary)
        temporary.rename(folder)
    return Package(folder, card)


def replace_card(package: Package, card: Card) -> Package:
    """Replace the card of a package, and the text made of it.

    Args:
        card: whose `files` are those of the package.

    Raises:
        UserError: the disk is full; the package is as it was.
    """
    text = model_card_text(card)
    data = (text if text.endswith("\n") else text + "\n").encode("utf-8", "backslashreplace")
    files = {**card.files, names.CARD_TEXT: hashlib.sha256(data).hexdigest()}
    card = card.model_copy(update={"files": files})
    encoded = (card.model_dump_json(indent=2) + "\n").encode("utf-8")
    write_together(package.path, {names.CARD_TEXT: data, names.CARD: encoded})
    return replace(package, card=card)


def software_versions(writer: NetworkWriter) -> dict[str, str]:
    """Versions of the software that the metrics of a model depend on."""
    return {
        "leukogui": trainer.__version__,
        "python": platform.python_version(),
        **writer.software,
        "openvino": str(load_openvino().__version__),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }


def _network_writer(network: Any) -> NetworkWriter:
    if isinstance(network, HeadSwap):
        return network
    from trainer.models.export.keras import KerasNetworkWriter

    return KerasNetworkWriter(network)


def _write_files(
    folder: Path, card: Card, writer: NetworkWriter, contents: PackageContents
) -> Card:
    """Write all files but the card; returns the card completed from them."""
    written = writer.write(folder, card, contents.cells)
    gates = measure_precisions(
        folder / names.GRAPH,
        FAST,
        contents.cells,
        contents.labels,
        card.temperature,
        written.logits,
    )
    contents.reference.save(folder / names.REFERENCE)
    _write_text(folder / names.METRICS, json.dumps(contents.metrics, indent=2, sort_keys=True))
    _write_text(folder / names.HISTORY, _format_csv(contents.history))
    _write_text(folder / names.MANIFEST, contents.manifest)
    card = card.model_copy(
        update={
            "grid": written.grid,
            "precisions": gates,
            "software": {**card.software, **software_versions(writer)},
        }
    )
    _write_text(folder / names.CARD_TEXT, model_card_text(card))
    written_files = list(names.FILES)
    if contents.corrected is not None:
        contents.corrected.save(folder / names.ADAPTATION)
        written_files.append(names.ADAPTATION)
    return card.model_copy(
        update={"files": {name: sha256_of(folder / name) for name in written_files}}
    )


def _sync_to_disk(folder: Path) -> None:
    """Make sure that the files are on the disk before they get their name."""
    for path in folder.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def _write_text(path: Path, text: str) -> None:
    whole = text if text.endswith("\n") else text + "\n"
    # On Linux a file's name can hold bytes that are no text; they are spelled out.
    path.write_text(whole, encoding="utf-8", errors="backslashreplace", newline="\n")


def _format_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["epoch"]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
