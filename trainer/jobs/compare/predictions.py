"""What every model of a comparison said of the same cells; kept, so that it is asked once.

Whether the heat maps of a comparison's models say what these look at: of the same test cells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_text, write_with
from trainer.data.item import Item, relative_name
from trainer.data.manifest import Manifest
from trainer.domain import ShouldStop
from trainer.errors import UserError
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.imaging.preprocess import ImageTask, ViewParameters, preprocess
from trainer.jobs.common.explanation_metrics import (
    FAITHFULNESS_CELLS,
    FaithfulnessResult,
    measure_faithfulness,
)
from trainer.jobs.common.labelled_cells import measure_sources, refuse_unreadable
from trainer.jobs.common.opened_model import open_model
from trainer.jobs.common.scored_cells import (
    LabelledPredictions,
    predict_labelled_cells,
    sample_balanced,
)
from trainer.models.package.card import Card, HeadSpec
from trainer.models.probabilities import softmax
from trainer.models.safe_files.npz import read_arrays, write_arrays
from trainer.protocol.events import Emit, JobWarning
from trainer.training.head_fit import Examples, fit_head


def measure_model_faithfulness(
    model: str,
    manifest: Manifest,
    items: Sequence[Item],
    file: Path,
    *,
    seed: int,
    data_dir: str | None,
    emit: Emit,
    should_stop: ShouldStop,
) -> FaithfulnessResult | None:
    """How good a model's heat maps are (see `evaluate_looks.explain`), or as it was found before.

    Args:
        model: id or folder of the model.
        manifest: of the whole comparison; each source's scale is measured on its held-out images.
        items: test cells, of which `FAITHFULNESS_CELLS` at most are looked at, the same for every
            model.
        file: `.json` file for what was found.
        seed: which cells these are, and what is left to chance in it.

    Returns:
        None where none of the cells can be read.

    Raises:
        UserError: the disk is full.
        Cancelled: `should_stop` said so.
    """
    chosen = sample_balanced(items, manifest.classes, FAITHFULNESS_CELLS, seed)
    names = [relative_name(item.path, manifest.root) for item in chosen]
    asked = {"cells": names, "seed": seed}
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if known.get("asked") == asked:
        return FaithfulnessResult(**known["found"]) if known["found"] else None
    opened = open_model(model, data_dir=data_dir, device="cpu", precision="exact", emit=emit)
    held = manifest.split("val") + manifest.split("test")
    seen = predict_labelled_cells(
        replace(manifest, items=chosen),
        opened,
        seed=seed,
        profiles=measure_sources(held, emit, should_stop),
        on_progress=emit,
        should_stop=should_stop,
    )
    found = measure_faithfulness(
        seen, opened.classifier, opened.card.view.grey, seed, emit, should_stop
    )
    record = {"asked": asked, "found": found.to_json() if found else None}
    write_text(file, json.dumps(record, indent=2) + "\n")
    return found


PIXEL_PROBE_SIDE = 16


@dataclass(frozen=True, eq=False)
class SplitPredictions:
    """Of one model: validation cells and test cells, each as `ScoredCells`.

    Whatever the order of the model's own outputs, here it is that of the manifest's classes.

    Attributes:
        names: of the test cells, in order.
    """

    val: ScoredCells
    test: ScoredCells
    names: tuple[str, ...]


def predict_splits(
    name: str,
    manifest: Manifest,
    file: Path,
    left_out: frozenset[str],
    *,
    data_dir: str | None,
    emit: Emit,
    should_stop: ShouldStop,
) -> SplitPredictions:
    """Ask a model for all validation and test cells, or read what it said before.

    Args:
        name: id or folder of the model.
        file: `.npz` file for its answers.
        left_out: names of test cells that nothing is measured on.

    Raises:
        UserError: more than a tenth of the images cannot be read, or the disk is full.
    """
    known = read_arrays(file) if file.is_file() else {}
    if "outputs" not in known:  # files of older versions do not tell the order of the outputs
        opened = open_model(name, data_dir=data_dir, device="cpu", precision="exact", emit=emit)
        held = manifest.split("val") + manifest.split("test")
        seen = predict_labelled_cells(
            replace(manifest, items=held),
            opened,
            seed=0,
            on_progress=emit,
            should_stop=should_stop,
        )
        refuse_unreadable(seen.faults, len(held))
        for fault in seen.faults:
            emit(JobWarning(f"Left out: {fault}"))
        known = _arrays_of(seen, opened.card.outputs, manifest.root)
        write_with(file, lambda temporary: write_arrays(temporary, known))
    return _predictions_of_arrays(known, manifest.classes, left_out)


def _arrays_of(
    cells: LabelledPredictions, outputs: Sequence[str], root: Path
) -> dict[str, NDArray[np.generic]]:
    groups = cells.scored.groups
    return {
        "outputs": np.array(outputs),
        "labels": cells.scored.labels,
        "probabilities": cells.scored.probabilities,
        "distance": np.asarray(cells.scored.distance, np.float64),
        "names": np.array([relative_name(item.path, root) for item in cells.items]),
        "splits": np.array([item.split for item in cells.items]),
        "groups": np.array([""] * len(cells.items)) if groups is None else groups,
    }


def _predictions_of_arrays(
    arrays: Mapping[str, NDArray[np.generic]], classes: Sequence[str], left_out: frozenset[str]
) -> SplitPredictions:
    # All are kept, for the next call may take other models.
    groups = arrays["groups"] if arrays["groups"].astype(bool).any() else None
    own = [str(name) for name in arrays["outputs"]]
    place = np.array([classes.index(name) for name in own], dtype=np.intp)
    whole = ScoredCells(
        place[arrays["labels"].astype(np.intp)],
        arrays["probabilities"].astype(np.float64)[:, np.argsort(place)],
        arrays["distance"].astype(np.float64),
        groups,
    )
    test = arrays["splits"] == "test"
    fresh = test & [str(name) not in left_out for name in arrays["names"]]
    names = tuple(str(name) for name in arrays["names"][fresh])
    return SplitPredictions(whole.part(~test), whole.part(fresh), names)


def refuse_other_classes(card: Card, manifest: Manifest) -> None:
    """Refuse a model that the data are not for.

    Raises:
        UserError: its classes are not those of the data.
    """
    if set(card.outputs) != set(manifest.classes):
        raise UserError(
            f"The model {card.id} is for {', '.join(card.outputs)}.",
            f"The data are for {', '.join(manifest.classes)}: these cannot be compared.",
        )


def fit_pixel_probe(
    manifest: Manifest, card: Card, emit: Emit, should_stop: ShouldStop
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """A probe without any network: a linear model of the view at 16 x 16 px.

    What it reaches, a network has to beat before its depth can be said to do anything.

    Returns:
        probabilities (N, C) over the classes of the manifest, and names, of the test cells.
    """
    view = card.view.to_view()
    profiles = measure_sources(manifest.items, emit, should_stop)
    parts: dict[str, tuple[list[NDArray[np.float32]], list[int], list[str]]] = {
        split: ([], [], []) for split in ("train", "val", "test")
    }
    for item in manifest.items:
        lens = ViewParameters(view, PIXEL_PROBE_SIDE, profiles[item.source])
        prepared = preprocess(ImageTask(item.path.name, item.path), lens)
        if prepared.view is not None and item.split in parts:
            pixels, labels, names = parts[item.split]
            pixels.append(np.float32(1 / 255) * prepared.view.ravel())
            labels.append(manifest.classes.index(item.label))
            names.append(relative_name(item.path, manifest.root))
    train, val = (_build_examples(*parts[split][:2]) for split in ("train", "val"))
    fit = fit_head(train, val, len(manifest.classes), HeadSpec(), should_stop=should_stop)
    test = _build_examples(*parts["test"][:2])
    return softmax(fit.head.logits(test.pooled)), tuple(parts["test"][2])


def _build_examples(pixels: list[NDArray[np.float32]], labels: list[int]) -> Examples:
    label = np.array(labels, dtype=np.intp)
    weight = 1 / np.maximum(np.bincount(label), 1)[label]
    return Examples(np.stack(pixels), label, weight)
