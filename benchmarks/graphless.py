"""A package with random weights but for its graph, for measuring where TensorFlow is missing.

Only the CPU reads the graph, and only TensorFlow can write it. This one names its input and
has no operations.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from batch import CLASSES

from trainer.atomic_files import sha256_of
from trainer.models.backbones import find_backbone
from trainer.models.export.keras import save_network
from trainer.models.network.build import head_of
from trainer.models.network.load import build_from_card
from trainer.models.package import layout as names
from trainer.models.package.card import write_card
from trainer.models.package.card_text import model_card_text
from trainer.models.package.reference_cells import ReferenceCells
from trainer.testing import CELL_COUNT, random_card


def write_graphless(network: str, folder: Path) -> None:
    """Write it at the network's own input size into `folder`, which must not exist."""
    size = find_backbone(network).input_size
    card = random_card(network.lower(), network, CLASSES, input_size=size)
    model = build_from_card(card)
    # Its features are random: to compute them takes minutes, and speed depends on no value.
    pooled = np.random.default_rng(0).random(
        (CELL_COUNT, find_backbone(network).channels), np.float32
    )
    folder.mkdir()
    save_network(model, folder / names.NETWORK)
    head_of(model).save(folder / names.HEAD)
    labels = np.arange(CELL_COUNT) % len(CLASSES)
    ReferenceCells(pooled, labels, labels.astype(str)).save(folder / names.REFERENCE)
    texts = {
        names.GRAPH: f'<layer type="Parameter"><data shape="?,{size},{size},3"/></layer>',
        names.CARD_TEXT: model_card_text(card),
    }
    for name in names.FILES:
        if not (folder / name).exists():
            (folder / name).write_text(texts.get(name, "{}") + "\n", encoding="utf-8")
    hashes = {name: sha256_of(folder / name) for name in names.FILES}
    write_card(card.model_copy(update={"files": hashes}), folder / names.CARD)
