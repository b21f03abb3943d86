"""Whether the heat maps of a comparison's models say what these look at: of the same test cells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainer.atomic_files import write_text
from trainer.data.item import Item, relative_name
from trainer.data.manifest import Manifest
from trainer.domain import ShouldStop
from trainer.jobs.evaluate_cells import alike_many, see
from trainer.jobs.evaluate_looks import EXPLAINED, Explained, explain
from trainer.jobs.model_opening import open_model
from trainer.jobs.training_data import measure_sources
from trainer.protocol.events import Emit


def heat_of(
    model: str,
    manifest: Manifest,
    items: Sequence[Item],
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
        manifest: of the whole comparison; each source's scale is measured on its held-out images.
        items: test cells, of which `EXPLAINED` at most are looked at, the same for every model.
        kept: `.json` file for what was found.
        seed: which cells these are, and what is left to chance in it.

    Returns:
        None where none of the cells can be read.

    Raises:
        UserError: the disk is full.
        Cancelled: `should_stop` said so.
    """
    chosen = alike_many(items, manifest.classes, EXPLAINED, seed)
    names = [relative_name(item.path, manifest.root) for item in chosen]
    asked = {"cells": names, "seed": seed}
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    if known.get("asked") == asked:
        return Explained(**known["found"]) if known["found"] else None
    opened = open_model(model, data_dir=data_dir, device="cpu", precision="exact", emit=emit)
    held = manifest.split("val") + manifest.split("test")
    seen = see(
        replace(manifest, items=chosen),
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
