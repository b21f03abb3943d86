"""Whether the heat maps of a comparison's models say what these look at: of the same test cells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trainer.data.item import Item, relative_name
from trainer.data.manifest import Manifest
from trainer.domain import ShouldStop
from trainer.jobs.evaluate_cells import see
from trainer.jobs.evaluate_looks import EXPLAINED, Explained, explain
from trainer.jobs.events import Emit
from trainer.jobs.model_opening import open_model
from trainer.jobs.training_data import measure_sources
from trainer.safe_write import write_text


@dataclass(frozen=True)
class Looked:
    """Test cells whose heat maps are measured.

    Attributes:
        manifest: of the whole comparison; each source's scale is measured on its held-out images.
        items: the test cells, the same for every model.
    """

    manifest: Manifest
    items: tuple[Item, ...]


def some_cells(manifest: Manifest, measured: Sequence[Item], seed: int) -> Looked:
    """Alike many test cells of every class, `EXPLAINED` at most, drawn by `seed`.

    Args:
        measured: the test cells that figures are measured on.
    """
    random = np.random.default_rng(seed)
    by_class = [[item for item in measured if item.label == name] for name in manifest.classes]
    held = [group for group in by_class if group]
    share = max(EXPLAINED // max(len(held), 1), 1)
    return Looked(
        manifest,
        tuple(group[at] for group in held for at in random.permutation(len(group))[:share]),
    )


def heat_of(
    model: str,
    looked: Looked,
    kept: Path,
    *,
    seed: int,
    data_dir: str | None,
    emit: Emit,
    should_stop: ShouldStop,
) -> Explained | None:
    """How good a model's heat maps are (see `evaluate_looks.explain`), or as it was found before.

    Args:
        model: id or folder of the model.
        kept: `.json` file for what was found.
        seed: of what is left to chance in it.

    Returns:
        None where none of the cells can be read.

    Raises:
        UserError: the disk is full.
        Cancelled: `should_stop` said so.
    """
    names = [relative_name(item.path, looked.manifest.root) for item in looked.items]
    asked = {"cells": names, "seed": seed}
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    if known.get("asked") == asked:
        return Explained(**known["found"]) if known["found"] else None
    opened = open_model(model, data_dir=data_dir, device="cpu", precision="exact", emit=emit)
    held = looked.manifest.split("val") + looked.manifest.split("test")
    seen = see(
        replace(looked.manifest, items=looked.items),
        opened,
        seed=seed,
        profiles=measure_sources(held, emit, should_stop),
        on_progress=emit,
        should_stop=should_stop,
    )
    found = explain(seen, opened.classifier, opened.view.grey, seed, emit, should_stop)
    record = {"asked": asked, "found": found.to_json() if found else None}
    write_text(kept, json.dumps(record, indent=2) + "\n")
    return found
